"""Every type of page, in one place: what the browser tests walk, the pictures show, and the bench measures.

Whoever adds a page adds a row. A page that needs what does not ship (a register of buildings, say) names the site that
has it; the sites are fixtures of tests/test_page_types.py.
"""

from dataclasses import dataclass

SHIPPED, INVENTED, ESTATES = "shipped", "invented", "estates"
"""The knowledge that ships; the facts of tests/pages_site.py; invented registers of buildings (question_sites.py)."""


@dataclass(frozen=True)
class PageType:
    """A page like many others: a name (of its picture too), an address that shows it, and the site that must be there.

    `heading` is what the page's h1 must begin with, so that an address that leads elsewhere is found out.
    """

    name: str
    address: str
    heading: str
    site: str = SHIPPED
    enhanced: bool = False
    """Whether a script makes more of it, as the query editor; without one it must still do its errand."""


W = "https%3A%2F%2Fw3id.org%2Fwhatworks%2Fid%2F"
"""Start of the IRIs of things that ship, as an address has it."""

ADVICE = (f"{W}intervention%2Fwelfare-advice-in-gp-practices", f"{W}intervention%2Fwelfare-rights-advice-at-home")
BODIES = tuple(
    f"https%3A%2F%2Fdata.example.org%2Fid%2Forganisation%2F{name}"
    for name in ("northshire-county-council", "hillford-borough-council")
)

PAGE_TYPES: tuple[PageType, ...] = (
    PageType("home", "/", "What works"),
    PageType("search", "/search?q=merge+customer+service+points", "Search"),
    PageType("search-narrowed", "/search?q=reofending&kind=Finding&effect=none&sort=strongest", "Search"),
    PageType("search-nothing", "/search?q=street+lighting&place=kent&kind=Pilot", "Search"),
    PageType("search-start", "/search", "Search"),
    # What was tried, and with what result
    PageType("interventions", "/interventions", "Interventions"),
    PageType("interventions-for-an-outcome", "/interventions?outcome=reoffending", "What was tried for reoffending"),
    PageType("intervention-type", "/concept/intervention/estate-rationalisation?like=kent", "Estate rationalisation"),
    PageType("intervention-group", "/concept/intervention/crime-and-justice", "Crime and justice"),
    PageType("intervention", "/doc/intervention/single-asset-management-strategy", "One strategy for the buildings"),
    PageType("intervention-part", "/concept/intervention/estate-rationalisation?show=money", "Estate rationalisation"),
    PageType("evidence-map", "/evidence-map", "Evidence map"),
    PageType("evidence-map-closer", "/evidence-map?group=crime-and-justice&domain=safety-and-crime", "Evidence map"),
    PageType("evidence", "/evidence-map/cell?intervention=crime-and-justice&outcome=reoffending", "Crime and justice"),
    PageType("places", "/places", "Places"),
    PageType("lesson-themes", "/lessons", "Lessons"),
    PageType("lessons", "/lessons?theme=data", "Lessons: data"),
    PageType("money", "/money", "Public money counted"),
    PageType("money-of-a-place", f"/money?place={W}place%2Fkent", "Public money counted in Kent"),
    PageType("compare", "/compare", "Compare"),
    PageType("compare-places", f"/compare?of={W}place%2Fkent&of={W}place%2Fmedway", "Compare"),
    PageType("compare-interventions", f"/compare?of={ADVICE[0]}&of={ADVICE[1]}", "Compare"),
    PageType("buildings", "/buildings", "Buildings", ESTATES),
    PageType("buildings-absent", "/buildings", "Buildings"),
    PageType("buildings-sharing", "/buildings/sharing?within=500", "Buildings that could be shared", ESTATES),
    PageType("buildings-merging", f"/buildings/merging?body={BODIES[0]}&body={BODIES[1]}", "Registers", ESTATES),
    PageType("briefing", f"/briefing?uri={W}pilot%2Fkent", "Kent Total Place pilot"),
    # Things
    PageType("programme", "/doc/programme/total-place", "Total Place"),
    PageType("pilot", "/doc/pilot/kent", "Kent Total Place pilot"),
    PageType("case-study", "/doc/case-study/croydon-child-family-place", "Croydon"),
    PageType("workstream", "/doc/workstream/single-asset-management-strategy", "Single Asset Management Strategy"),
    PageType("place", "/doc/place/kent", "Kent"),
    PageType("organisation", "/doc/organisation/kent-county-council", "Kent County Council"),
    PageType("partnership", "/doc/partnership/kent-pilot", "Partners of the Kent"),
    PageType("service-point", "/doc/gateway/ashford-gateway-plus", "Ashford Gateway Plus"),
    PageType("lesson", "/doc/lesson/common-data-set-first", "Get a common data set first"),
    PageType("finding", "/doc/finding/a01", "Welfare advice at the surgery"),
    PageType("study", "/doc/evaluation/wood17", "Controlled study of welfare advice"),
    PageType("money-statement", "/doc/money/kent-asset-receipts-ppuk", "Kent's asset strategy"),
    PageType("source", "/doc/source/kent-asset-deck", "Single Asset Management"),
    PageType("asset", "/doc/asset/customs-house", "Customs house", INVENTED),
    PageType("asset-near-others", "/doc/asset/trust-office", "Trust Office", ESTATES),
    PageType("all-of-a-part", "/doc/programme/total-place?all=lessons", "Total Place"),
    # Lists
    PageType("kinds", "/classes", "Browse what is here"),
    PageType("list", "/class/LessonLearned", "Lessons"),
    # Questions
    PageType("questions", "/questions", "Questions that you can ask"),
    PageType("question", "/questions/recurring-lessons", "Which lessons"),
    PageType("sparql", "/sparql", "Ask a SPARQL query", enhanced=True),
    # Data
    PageType("datasets", "/datasets", "Datasets"),
    PageType("dataset", "/datasets/whatworks/kent", "The Kent pilot"),
    PageType("release", "/datasets/whatworks/kent/1", "Release 1 of The Kent pilot"),
    PageType("changes", "/changes", "Changes"),
    PageType("comparability", "/compare/data?protocol=dp-05", "Compare the data of areas"),
    PageType("vocabulary", "/def", "Vocabulary"),
    PageType("term", "/def/moneyKind", "Kind of money"),
    PageType("code-lists", "/concept/", "Code lists"),
    PageType("code-list", "/concept/outcome-domain", "Outcome domains"),
    PageType("code", "/concept/evidence-strength/asserted", "Asserted"),
    PageType("protocols", "/protocols", "Data protocols"),
    PageType("protocol", "/protocols/dp-01", "Operational buildings register"),
    PageType("entry-form", "/protocols/dp-03/lesson-learned/new", "Lessons learned Lesson"),
    PageType("snapshots", "/snapshots", "Snapshots"),
    # About the site
    PageType("accessibility", "/accessibility", "Accessibility statement"),
    PageType("contribute", f"/contribute?about={W}pilot%2Fkent", "Something wrong or missing?"),
    PageType("contribute-adoption", f"/contribute?kind=adoption&about={W}pilot%2Fkent", "We did this too"),
    PageType("sign-in", "/sign-in", "Sign in to publish"),
)
