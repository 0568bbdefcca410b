"""The home page: search first, then the ways in by question, theme, place and kind of work, and what is new."""

from dataclasses import dataclass

from flask import Blueprint, Response

from kb.ask import lists, overview
from kb.ask.labels import labels_of
from kb.ask.questions import questions
from kb.ask.resource import exists
from kb.ask.search import results
from kb.ask.search.asked import asked
from kb.ask.summaries import Summary, Term
from kb.ask.vocabulary import GRADES, INTERVENTIONS, concepts, levels
from kb.errors import SearchAbsent
from kb.namespaces import HOME, concept, expand
from kb.store.snapshots import Snapshot
from kb.vocabulary import codes, terms
from web.documents import page
from web.listing import MONETARY_STATEMENT, amount
from web.reading import snapshot

blueprint = Blueprint("home", __name__)

START = ("ww:Pilot", "ww:CaseStudy", "ww:Finding", "ww:MonetaryStatement", "ww:LessonLearned")
"""Kinds that a newcomer is led to first."""

QUESTIONS = (
    *("claimed-savings", "nulls-and-harms-by-theme", "recurring-lessons", "who-holds-the-duties-now"),
)
"""Questions that somebody may begin with."""

ERRANDS = {
    "merging": ("/concept/intervention/one-stop-front-office", f"{HOME}/concept/intervention/one-stop-front-office"),
    "sharing": ("/buildings/sharing", None),
    "reoffending": ("/interventions?outcome=reoffending", f"{HOME}/concept/outcome/reoffending"),
}
"""What somebody may come for: where it is, and what the snapshot must hold for it to be answered."""

EXAMPLES = 3
"""Statements of money that the home page shows."""

LATEST = 3
"""Datasets that were released last."""

PLACES = 16
"""Places of pilots."""


@dataclass(frozen=True)
class Example:
    """A statement of money: its amount, per what, how it was come by, who says so, and the grade of its evidence."""

    iri: str
    amount: str
    bases: list[Term]
    sources: list[Term]
    publishers: list[Term]
    grades: list[Term]
    statuses: list[Term]
    contradicted: bool


@blueprint.get("/")
def home() -> Response:
    """What the current snapshot holds."""
    read = snapshot()
    store = read.store
    kinds, themes, places = _counted(read)
    latest = overview.latest(store, LATEST)
    shown, cited = _savings(read)
    groups = [branch.concept.iri for branch in concepts(store, INTERVENTIONS)]
    wanted = {iri for thing in (*shown, *cited.values()) for iri in (thing.iri, *thing.links())}
    wanted |= {*groups, *themes, *places}
    wanted |= {iri for graph in latest if graph.dataset for iri in (graph.name, *graph.dataset.links())}
    known = {each.id: each for each in questions()}
    return page(
        "home.html",
        errands={key: href for key, (href, needed) in ERRANDS.items() if needed is None or exists(store, needed)},
        questions=[known[id] for id in QUESTIONS if id in known],
        question_count=len(known),
        start=[kinds[iri] for name in START if (iri := expand(name)) in kinds],
        themes=themes,
        places=places,
        groups=groups,
        latest=latest,
        examples=[_example(thing, cited) for thing in shown],
        levels=levels(store, GRADES),
        labels=labels_of(store, wanted),
    )


def _counted(read: Snapshot) -> tuple[dict[str, overview.Kind], dict[str, int], list[str]]:
    """Kinds with how many things there are, themes with how many pages, and the places of pilots.

    From the search index, since to count a large register takes longer than a page may; where there is none themes have
    no counts, and no places are named.
    """
    try:
        counts = results.counted(read)
        pilots = results.found(read, asked("", {"kind": ["Pilot"]}, "name"), PLACES, facets=False).results
    except SearchAbsent:
        kinds = {kind.iri: kind for kind in overview.kinds(read.store) if kind.things}
        return kinds, {concept("theme", code): 0 for code in codes("theme")}, []
    held = ((class_, counts["kind"].get(class_.iri, 0)) for class_ in terms() if class_.plural)
    kinds = {class_.iri: overview.Kind(class_, things) for class_, things in held if things}
    places = dict.fromkeys(place for pilot in pilots for place in pilot.places)
    return kinds, counts["theme"], list(places)[:PLACES]


def _savings(read: Snapshot) -> tuple[list[Summary], dict[str, Summary]]:
    """The largest savings, and the sources that they cite."""
    store = read.store
    properties = (*lists.AMOUNT, *lists.columns(MONETARY_STATEMENT), "ww:estimateStatus", "ww:contradicts")
    shown = list(lists.cells(store, lists.largest_savings(store, EXAMPLES), properties).values())
    documents = [source.value for thing in shown for source in thing.all("prov:hadPrimarySource")]
    return shown, lists.cells(store, documents, lists.CITATION)


def _example(thing: Summary, cited: dict[str, Summary]) -> Example:
    sources = thing.all("prov:hadPrimarySource")
    said_by = [cited[each.value].all("dcterms:publisher") for each in sources if each.value in cited]
    return Example(
        thing.iri,
        amount(thing),
        bases=thing.all("ww:periodBasis"),
        sources=sources,
        publishers=[publisher for publishers in said_by for publisher in publishers],
        grades=thing.all("ww:grade"),
        statuses=thing.all("ww:estimateStatus"),
        contradicted=bool(thing.all("ww:contradicts")),
    )
