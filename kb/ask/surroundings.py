"""What is recorded around a place, a body, a building, a service, a lesson or a source: groups of things of one class.

Each kind has a query file of its own (`place-surroundings.rq`, …) that gives rows of (section, item), one more than
MOST of each section, so that a large section leaves room for the others. It asks for no class, since the engine would
go through all things of it: classes are told from what is read of each. The buildings of a place or a body are too many
to be read: the tables made at publication count them (web.class_pages.estate).
"""

from dataclasses import dataclass
from itertools import islice

from pyoxigraph import DefaultGraph, NamedNode

from kb.ask import lists
from kb.ask.account import order_of
from kb.ask.lists import Table
from kb.ask.summaries import Summary, rows
from kb.ask.vocabulary import GRADES, levels
from kb.namespaces import expand
from kb.store.readable import Store
from kb.vocabulary import ancestors, term

MOST = 200
"""Things of one section that are told."""

LOOKED_THROUGH = 5000
"""Records that lie in a place among which its access points are looked for."""

_ACCESS = ("access-point", "gateway")

_WORK = ("dcterms:description", "ww:implements", "ww:stage")
_MONEY = ("ww:moneyKind", "ww:concerns", "ww:estimateStatus", "prov:hadPrimarySource", "ww:grade")
_RESULT = ("ww:ofIntervention", "ww:outcome", "ww:desirability", "ww:grade")
_SAID = ("ww:statement", "ww:grade")

TABLES: dict[str, dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "place": {
        "programmes": ("led", "ww:Pilot", ("ww:underProgramme", "ww:start", "ww:theme")),
        "work": ("work", "ww:Implementation", _WORK),
        "cases": ("cases", "ww:CaseStudy", ("dcterms:abstract",)),
        "results": ("context", "ww:Finding", _RESULT),
        "money": ("money", "ww:MonetaryStatement", _MONEY),
        "lessons": ("context", "ww:LessonLearned", (*_SAID, "ww:lessonTheme")),
        "barriers": ("context", "ww:Barrier", _SAID),
        "services": ("services", "ww:AccessPoint", ("dcterms:description", "ww:start")),
        "bodies": ("bodies", "org:FormalOrganization", ("ww:organisationType", "ww:start", "ww:end")),
        "within": ("within", "ww:Place", ("ww:placeType", "ww:start", "ww:end")),
        "beside": ("beside", "ww:Place", ("ww:placeType",)),
    },
    "organisation": {
        "pilots": ("led", "ww:Pilot", ("ww:pilotPlace", "ww:start")),
        "work": ("led", "ww:Implementation", ("dcterms:description", "ww:inPlace", "ww:stage")),
        "partnerships": ("partnerships", "org:Membership", ("org:organization", "org:role", "ww:commitmentLevel")),
        "services": ("services", "ww:AccessPoint", ("dcterms:description", "ww:locatedIn", "ww:start")),
        "money": ("money", "ww:MonetaryStatement", _MONEY),
        "studies": ("studies", "ww:Evaluation", ("ww:evaluates", "ww:studyDesign")),
        "adoptions": ("adoptions", "ww:Adoption", ("ww:adopts", "ww:adoptionStatus")),
        "posts": ("posts", "org:Post", ("dcterms:description",)),
        "datasets": ("published", "dcat:Dataset", ("dcterms:modified",)),
        "sources": ("published", "ww:Source", ("dcterms:issued", "dcterms:description")),
    },
    "partnership": {
        "members": ("members", "org:Membership", ("org:member", "org:role", "ww:commitmentLevel", "ww:note")),
        "claims": ("claims", "ww:Claim", _SAID),
    },
    "asset": {
        "points": ("points", "ww:AccessPoint", ("dcterms:description", "ww:delivers", "ww:start", "ww:end")),
        "work": ("work", "ww:Implementation", ("dcterms:description", "ww:stage")),
        "same": ("same", "ww:Asset", ("ww:reportedBy", "dcterms:identifier")),
        "money": ("money", "ww:MonetaryStatement", _MONEY),
    },
    "service": {
        "points": ("points", "ww:AccessPoint", ("dcterms:description", "ww:locatedIn", "ww:start", "ww:end")),
        "assets": ("assets", "ww:Asset", ("ww:reportedBy", "ww:locatedIn")),
        "work": ("work", "ww:Implementation", ("dcterms:description", "ww:inPlace", "ww:stage")),
        "money": ("money", "ww:MonetaryStatement", _MONEY),
        "claims": ("claims", "ww:Claim", _SAID),
    },
    "lesson": {
        "supports": ("supports", "ww:Finding", ("ww:statement", "ww:desirability", "ww:grade")),
        "agree": ("agree", "ww:Claim", ("ww:statement", "ww:context", "ww:grade")),
        "differ": ("differ", "ww:Claim", ("ww:statement", "ww:context", "ww:grade")),
        "theme": ("theme", "ww:LessonLearned", ("ww:statement", "ww:context", "ww:lessonTheme", "ww:grade")),
        "cases": ("cases", "ww:CaseStudy", ("dcterms:abstract",)),
        "adoptions": ("adoptions", "ww:Adoption", ("ww:adopter", "ww:adoptionStatus")),
    },
    "source": {
        "results": ("read", "ww:Finding", _RESULT),
        "studies": ("read", "ww:Evaluation", ("ww:evaluates", "ww:studyDesign")),
        "money": ("read", "ww:MonetaryStatement", ("ww:moneyKind", "ww:concerns", "ww:estimateStatus", "ww:grade")),
        "lessons": ("read", "ww:LessonLearned", (*_SAID, "ww:lessonTheme")),
        "claims": ("read", "ww:Claim", _SAID),
        "others": ("others", "ww:Source", ("dcterms:publisher", "dcterms:issued")),
    },
}
"""Kind of thing → table → section of the query, class of its things, and columns (prefix:local).

A thing stands in the first table of its section whose class it has.
"""

_BESIDE = (*lists.AMOUNT, "ww:start", "ww:end", "ww:contradicts", "adms:status", "ww:desirability", "ww:grade")
_NAMES = ("rdf:type", "skos:prefLabel", "dcterms:title")


@dataclass(frozen=True)
class Surroundings:
    """The tables with all their things, the best supported first.

    `cut`: keys of the tables, also of empty ones, whose section has more things than the MOST that were read.
    """

    tables: dict[str, Table]
    cut: frozenset[str]

    def things(self, key: str) -> list[Summary]:
        """The things of one section."""
        return list(self.tables[key].things) if key in self.tables else []


def surroundings(store: Store, kind: str, iri: str) -> Surroundings:
    """What is recorded around a thing; `kind` is a key of TABLES."""
    found: dict[str, list[str]] = {}
    for section, item in rows(store, f"{kind}-surroundings", thing=NamedNode(iri)):
        if isinstance(item, NamedNode) and item.value != iri:
            found.setdefault(section.value, []).append(item.value)
    large = {section for section, items in found.items() if len(items) > MOST}
    found = {section: items[:MOST] for section, items in found.items()}
    if kind == "place":
        found["services"] = access_points(store, iri)
    told = TABLES[kind]
    properties = {name for *_, columns in told.values() for name in columns} | {*_BESIDE, *_NAMES}
    known = lists.cells(store, sorted({item for items in found.values() for item in items}), sorted(properties))
    grades = levels(store, GRADES)
    tables: dict[str, Table] = {}
    placed: set[tuple[str, str]] = set()
    for key, (section, class_, columns) in told.items():
        wanted = expand(class_)
        items = [each for each in dict.fromkeys(found.get(section, ())) if (section, each) not in placed]
        things = [known[each] for each in items if wanted in _classes(known[each])]
        placed |= {(section, thing.iri) for thing in things}
        named = term(wanted)
        assert named is not None, class_
        if things:
            things.sort(key=lambda each: order_of(each, grades))
            tables[key] = Table(named, tuple(things), columns, len(things))
    return Surroundings(tables, frozenset(key for key, (section, *_) in told.items() if section in large))


def alone(store: Store, about: Summary, linked: int) -> bool:
    """Whether nothing can be recorded around a building, which is so of most and told sooner than by the query.

    `linked` is how many links lead to it. It names no other record, and no other has its UPRN.
    """
    if linked or about.all("prov:alternateOf"):
        return False
    property = NamedNode(expand("ww:uprn"))
    found = (islice(store.quads_for_pattern(None, property, uprn, DefaultGraph()), 2) for uprn in about.all("ww:uprn"))
    return all(len(list(each)) < 2 for each in found)


def access_points(store: Store, place: str) -> list[str]:
    """The access points that lie in a place, told from its buildings by the type in their IRIs.

    Those of the first LOOKED_THROUGH records that lie there: to ask each building for its class takes too long.
    """
    node, property = NamedNode(place), NamedNode(expand("ww:locatedIn"))
    quads = islice(store.quads_for_pattern(None, property, node, DefaultGraph()), LOOKED_THROUGH)
    found = (quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode))
    return sorted(iri for iri in found if any(f"/id/{type_}/" in iri for type_ in _ACCESS))


def _classes(thing: Summary) -> set[str]:
    return {above for node in thing.all("rdf:type") for above in ancestors(node.value)}
