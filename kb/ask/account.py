"""The account of a programme, pilot, piece of work, case, intervention or study: the same questions for each.

What was the problem, what was done, by whom and where, for what money, with what results and lessons, what would it
need elsewhere, and who says so? It gathers what the records around a thing say: of a pilot also what its workstreams
say, of an intervention what is recorded of those below it and of every place that tried it. A section in which nothing
is recorded is there, empty.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from kb.ask import lists
from kb.ask.exact import exact
from kb.ask.lists import Table
from kb.ask.memory import once
from kb.ask.sections import BESIDE, TABLES, TEXTS, UNREAD
from kb.ask.summaries import Summary, nodes, rows
from kb.ask.vocabulary import GRADES, INTERVENTIONS, levels
from kb.namespaces import HOME, expand
from kb.store.readable import Store
from kb.vocabulary import term

_CLASSES = ("Programme", "Pilot", "Workstream", "Implementation", "CaseStudy", "Intervention", "Evaluation")
ACCOUNTED = frozenset(expand(f"ww:{name}") for name in _CLASSES)
"""The classes whose pages give an account; so do the groups of the taxonomy of interventions."""


LONGEST = 100
"""Rows of one table that a page shows; a longer one says how many there are."""

KEPT = 50
"""Accounts that are kept in memory for a snapshot: a page and its parts are asked for one after the other."""

_SUPERSEDED = NamedNode(f"{HOME}/concept/record-status/superseded")
_NO_RESULT = NamedNode(f"{HOME}/concept/desirability/not-applicable")


@dataclass(frozen=True)
class Text:
    """A text told in full: the property that it is the value of, and the record that it stands in."""

    property: str
    text: Literal
    record: str


@dataclass(frozen=True)
class Section:
    """`others` are things that stand in no text and no table. All are empty where nothing is recorded."""

    key: str
    texts: tuple[Text, ...]
    tables: tuple[Table, ...]
    others: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing is recorded."""
        return not self.texts and not self.tables and not self.others

    def things(self, *classes: str) -> list[Summary]:
        """The things in the tables of these classes (prefix:local), those that are superseded left out."""
        wanted = {expand(name) for name in classes}
        found = (thing for table in self.tables if table.kind.iri in wanted for thing in table.things)
        return [thing for thing in found if _SUPERSEDED not in thing.all("adms:status")]


@dataclass(frozen=True)
class Account:
    """The sections in the order of a page, and the documents in which it was read."""

    sections: tuple[Section, ...]
    sources: tuple[Summary, ...]

    @cached_property
    def shown(self) -> frozenset[str]:
        """Every IRI that the page shows for it."""
        return frozenset(self._shown())

    def _shown(self) -> Iterator[str]:
        for section in self.sections:
            yield from (text.record for text in section.texts)
            yield from section.others
            for table in section.tables:
                for thing in table.things[:LONGEST]:
                    yield thing.iri
                    yield from thing.links()
        for source in self.sources:
            yield source.iri
            yield from source.links()


def account(store: Store, about: Summary, types: Sequence[str]) -> Account | None:
    """The account of the thing of which `about` tells; None where its classes give none."""
    if ACCOUNTED.isdisjoint(types) and NamedNode(INTERVENTIONS) not in about.all("skos:inScheme"):
        return None
    return once(store, "accounts", about.iri, lambda: _account(store, about), KEPT)


def _account(store: Store, about: Summary) -> Account:
    items = _items(store, about.iri)
    known = _summaries(store, sorted({item for found in items.values() for item in found}))
    said = (item for item in items["claims"] if _in_table("lessons", known[item]))
    items["lessons"] = list(dict.fromkeys((*items["lessons"], *said)))
    items["claims"] = [item for item in items["claims"] if _in_table("claims", known[item])]
    grades = levels(store, GRADES)
    sections = tuple(_section(key, about.iri, items[key], known, grades) for key in TABLES)
    read = {about.iri, *(item for key, found in items.items() if key not in UNREAD for item in found)}
    sources = _sources(store, read)
    cited = lists.cells(store, sources, lists.CITATION)
    return Account(sections, tuple(cited[source] for source in sources))


def _items(store: Store, iri: str) -> dict[str, list[str]]:
    """Section → the things of which it may tell."""
    parts = [iri, *(part.value for (part,) in rows(store, "account-scope", thing=NamedNode(iri)))]
    items: dict[str, dict[str, None]] = {key: {} for key in TABLES}
    for section, item in rows(store, "account-items", part=nodes(parts)):
        if isinstance(item, NamedNode):
            items[section.value][item.value] = None
    return {key: list(found) for key, found in items.items()}


def _sources(store: Store, read: Iterable[str]) -> list[str]:
    return [source.value for (source,) in rows(store, "account-sources", item=nodes(sorted(read)))]


def _summaries(store: Store, items: list[str]) -> dict[str, Summary]:
    columns = {name for kinds in TABLES.values() for told in kinds.values() for name in told}
    texts = {name for names in TEXTS.values() for name in names}
    return lists.cells(store, items, sorted(columns | texts | set(BESIDE)))


def _in_table(key: str, thing: Summary) -> bool:
    """Whether the section has a table for things of this class."""
    return any(NamedNode(expand(kind)) in thing.all("rdf:type") for kind in TABLES[key])


def _section(key: str, iri: str, items: list[str], known: dict[str, Summary], grades: dict[str, int]) -> Section:
    texts = tuple(
        Text(name, value, item)
        for item in items
        for name in TEXTS.get(key, ())
        for value in known[item].all(name)
        if isinstance(value, Literal)
    )
    tables = (_table(kind, columns, iri, items, known, grades) for kind, columns in TABLES[key].items())
    told = {iri, *(text.record for text in texts)}
    others = tuple(item for item in items if item not in told and not _in_table(key, known[item]))
    return Section(key, texts, tuple(table for table in tables if table.count), others)


def _table(
    kind: str,
    columns: tuple[str, ...],
    iri: str,
    items: list[str],
    known: dict[str, Summary],
    grades: dict[str, int],
) -> Table:
    class_ = term(expand(kind))
    assert class_ is not None, kind
    node = NamedNode(class_.iri)
    found = [known[item] for item in items if item != iri and node in known[item].all("rdf:type")]
    found.sort(key=lambda thing: order_of(thing, grades))
    return Table(class_, tuple(found), columns, len(found))


def order_of(thing: Summary, grades: dict[str, int]) -> tuple[bool, bool, int, float, str]:
    """What is superseded comes last, then what measured no effect; else the best supported, largest sum, name first."""
    level = max((grades.get(grade.value, -1) for grade in thing.all("ww:grade")), default=-1)
    name = thing.first("skos:prefLabel", "dcterms:title") or thing.iri
    superseded = _SUPERSEDED in thing.all("adms:status")
    amounts = (node.value for name in ("ww:amount", "ww:amountHigh", "ww:amountLow") for node in thing.all(name))
    largest = max((float(exact(amount) or 0) for amount in amounts), default=0.0)
    return superseded, _NO_RESULT in thing.all("ww:desirability"), -level, -largest, name.lower()
