"""The account of a programme, pilot, piece of work, case, intervention or study: the same questions for each.

What was the problem, what was done, by whom and where, for what money, with what results and lessons, and who says so?
It gathers what the records around a thing say: of a pilot also what its workstreams say, of an intervention what is
recorded of those below it and of every place that tried it. A section in which nothing is recorded is there, empty.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Store

from kb.ask import lists
from kb.ask.summaries import Summary, nodes, rows
from kb.namespaces import expand
from kb.vocabulary import Term, term

_CLASSES = ("Programme", "Pilot", "Workstream", "Implementation", "CaseStudy", "Intervention", "Evaluation")
ACCOUNTED = frozenset(expand(f"ww:{name}") for name in _CLASSES)
"""The classes whose pages give an account."""

LONGEST = 100
"""Rows of one table; a longer one says how many there are."""

_FINDING = ("ww:ofIntervention", "ww:outcome", "ww:effectDirection", "ww:desirability", "ww:context")
_TOLD: dict[str, dict[str, tuple[str, ...]]] = {
    "problem": {},
    "work": {
        "ww:Workstream": ("dcterms:description", "ww:inPlace", "ww:stage"),
        "ww:Implementation": ("dcterms:description", "ww:inPlace", "ww:stage"),
        "ww:Intervention": ("dcterms:description", "skos:definition"),
    },
    "bodies": {
        "org:Membership": ("org:role", "ww:note"),
        "org:FormalOrganization": ("ww:organisationType",),
    },
    "places": {"ww:Place": ("ww:placeType", "geo:sfWithin", "ww:succeededBy")},
    "money": {"ww:MonetaryStatement": lists.COLUMNS["ww:MonetaryStatement"]},
    "results": {
        "ww:Finding": (*_FINDING, "prov:hadPrimarySource", "ww:grade"),
        "ww:Synthesis": ("ww:outcome", "ww:effectDirection", "ww:desirability", "prov:hadPrimarySource", "ww:grade"),
        "ww:Evaluation": ("ww:studyDesign", "ww:evaluator", "ww:reportedIn"),
    },
    "lessons": {
        "ww:LessonLearned": lists.COLUMNS["ww:LessonLearned"],
        "ww:Barrier": lists.COLUMNS["ww:Barrier"],
    },
    "claims": {
        "ww:CustomerInsight": ("ww:statement", "prov:hadPrimarySource", "ww:grade"),
        "ww:CultureFinding": ("ww:statement", "prov:hadPrimarySource", "ww:grade"),
        "ww:Claim": ("ww:statement", "prov:hadPrimarySource", "ww:grade"),
    },
}
"""Section → class → the columns of its table, in the order in which they stand on a page."""

_TEXTS = {
    "problem": ("ww:challenge", "ww:rationale"),
    "work": ("ww:solution", "ww:procedure"),
}
"""Section → the properties whose texts are told in full."""


@dataclass(frozen=True)
class Rows:
    """Things of one class, at most LONGEST of `count`, and the columns (prefix:local) that tell of them."""

    kind: Term
    things: tuple[Summary, ...]
    columns: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class Section:
    """`texts` are told in full, each with the record that it stands in; `others` are things that neither tells of.

    All are empty where nothing is recorded.
    """

    key: str
    texts: tuple[tuple[Summary, Literal], ...]
    tables: tuple[Rows, ...]
    others: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing is recorded."""
        return not self.texts and not self.tables and not self.others


@dataclass(frozen=True)
class Account:
    """The sections in the order of a page, and the documents in which all of it was read."""

    sections: tuple[Section, ...]
    sources: tuple[Summary, ...]

    def shown(self) -> Iterator[str]:
        """Every IRI that the page shows for it."""
        for section in self.sections:
            for record, _ in section.texts:
                yield record.iri
            yield from section.others
            for table in section.tables:
                for thing in table.things:
                    yield thing.iri
                    yield from thing.links()
        for source in self.sources:
            yield source.iri
            yield from source.links()


def account(store: Store, iri: str, types: tuple[str, ...]) -> Account | None:
    """The account of the thing; None where its classes give none."""
    if ACCOUNTED.isdisjoint(types):
        return None
    parts = [iri] + [part.value for (part,) in rows(store, "account-scope", thing=NamedNode(iri))]
    items: dict[str, list[str]] = {key: [] for key in _TOLD}
    for section, item in rows(store, "account-items", part=nodes(parts)):
        if isinstance(item, NamedNode):
            items[section.value].append(item.value)
    known = _summaries(store, sorted({item for found in items.values() for item in found}))
    items["lessons"] += [item for item in items["claims"] if _is_told("lessons", known[item])]
    items["claims"] = [item for item in items["claims"] if _is_told("claims", known[item])]
    sections = tuple(_section(key, iri, items[key], known) for key in _TOLD)
    read = sorted({iri, *(item for found in items.values() for item in found)})
    sources = [source.value for (source,) in rows(store, "account-sources", item=nodes(read))]
    cited = lists.cells(store, sources, ("dcterms:title", "foaf:page", *lists.CITATION))
    return Account(sections, tuple(cited[source] for source in sources))


def _summaries(store: Store, items: list[str]) -> dict[str, Summary]:
    columns = {name for kinds in _TOLD.values() for told in kinds.values() for name in told}
    texts = {name for names in _TEXTS.values() for name in names}
    wanted = columns | texts | {"rdf:type", "skos:prefLabel", "dcterms:title"} | set(lists.AMOUNT)
    return lists.cells(store, items, sorted(wanted))


def _is_told(key: str, thing: Summary) -> bool:
    """Whether the section has a table for things of this class."""
    return any(NamedNode(expand(kind)) in thing.all("rdf:type") for kind in _TOLD[key])


def _section(key: str, iri: str, items: list[str], known: dict[str, Summary]) -> Section:
    texts = tuple(
        (known[item], value)
        for item in items
        for name in _TEXTS.get(key, ())
        for value in known[item].all(name)
        if isinstance(value, Literal)
    )
    tables = tuple(_rows(kind, columns, iri, items, known) for kind, columns in _TOLD[key].items())
    told = {iri, *(record.iri for record, _ in texts)}
    others = [item for item in items if item not in told and not _is_told(key, known[item])]
    return Section(key, texts, tuple(table for table in tables if table.count), tuple(dict.fromkeys(others)))


def _rows(kind: str, columns: tuple[str, ...], iri: str, items: list[str], known: dict[str, Summary]) -> Rows:
    class_ = term(expand(kind))
    assert class_ is not None, kind
    node = NamedNode(class_.iri)
    found = [known[item] for item in dict.fromkeys(items) if item != iri and node in known[item].all("rdf:type")]
    found.sort(key=lambda thing: (thing.first("skos:prefLabel", "dcterms:title") or thing.iri).lower())
    return Rows(class_, tuple(found[:LONGEST]), columns, len(found))
