"""The home page: what is here, in numbers from the data, and the three ways in."""

from dataclasses import dataclass

from flask import Blueprint, Response

from kb.ask import lists, overview
from kb.ask.labels import labels_of
from kb.ask.summaries import Term
from kb.ask.vocabulary import GRADES, INTERVENTIONS, concepts, levels
from kb.namespaces import expand
from web.documents import page
from web.listing import MONETARY_STATEMENT, amount
from web.reading import snapshot

blueprint = Blueprint("home", __name__)

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "What was tried",
        ("ww:Programme", "ww:Pilot", "ww:Workstream", "ww:Intervention", "ww:Implementation", "ww:CaseStudy"),
    ),
    (
        "What came of it",
        ("ww:MonetaryStatement", "ww:Finding", "ww:LessonLearned", "ww:Barrier", "ww:CustomerInsight"),
    ),
    (
        "Where and by whom",
        ("ww:Place", "org:FormalOrganization", "ww:Partnership", "ww:Gateway", "ww:AccessPoint", "ww:Asset"),
    ),
    (
        "How we know",
        ("ww:Source", "ww:Evaluation", "ww:Synthesis", "ww:Question", "ww:DataProtocol", "skos:ConceptScheme"),
    ),
)
"""The kinds that the home page shows, under the question that each answers."""

START = ("ww:Pilot", "ww:CaseStudy", "ww:Finding", "ww:MonetaryStatement", "ww:LessonLearned")
"""Kinds that a newcomer is led to first."""

EXAMPLES = 3
"""Statements of money that the home page shows."""


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
    store = snapshot().store
    kinds = {kind.iri: kind for kind in overview.kinds(store) if kind.things}
    groups = [(title, [kinds[iri] for name in names if (iri := expand(name)) in kinds]) for title, names in GROUPS]
    latest = overview.latest(store, 5)
    properties = (*lists.AMOUNT, *lists.columns(MONETARY_STATEMENT), "ww:estimateStatus", "ww:contradicts")
    shown = lists.cells(store, lists.largest_savings(store, EXAMPLES), properties)
    documents = [source.value for thing in shown.values() for source in thing.all("prov:hadPrimarySource")]
    cited = lists.cells(store, documents, lists.CITATION)
    examples = [
        Example(
            thing.iri,
            amount(thing),
            bases=thing.all("ww:periodBasis"),
            sources=thing.all("prov:hadPrimarySource"),
            publishers=[
                publisher
                for source in thing.all("prov:hadPrimarySource")
                if source.value in cited
                for publisher in cited[source.value].all("dcterms:publisher")
            ],
            grades=thing.all("ww:grade"),
            statuses=thing.all("ww:estimateStatus"),
            contradicted=bool(thing.all("ww:contradicts")),
        )
        for thing in shown.values()
    ]
    things = (*shown.values(), *cited.values())
    wanted = {iri for thing in things for iri in (thing.iri, *thing.links())}
    taxonomy = [
        (branch.concept.iri, [below.concept.iri for below in branch.narrower])
        for branch in concepts(store, INTERVENTIONS)
    ]
    wanted |= {iri for group, types in taxonomy for iri in (group, *types)}
    wanted |= {iri for graph in latest if graph.dataset for iri in (graph.name, *graph.dataset.links())}
    return page(
        "home.html",
        start=[kinds[iri] for name in START if (iri := expand(name)) in kinds],
        groups=[(title, found) for title, found in groups if found],
        taxonomy=taxonomy,
        latest=latest,
        examples=examples,
        levels=levels(store, GRADES),
        labels=labels_of(store, wanted),
    )
