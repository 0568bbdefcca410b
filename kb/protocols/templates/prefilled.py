"""What is published already, as rows of a template: to be corrected and sent again.

What a row cannot say is told, never dropped in silence: sent again, the sheet would take it away.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kb.namespaces import expand
from kb.protocols.columns import Column, RecordColumns, numbered
from kb.protocols.templates.writing import DIVIDER, codes, kind

Term = NamedNode | BlankNode | Literal
About = dict[str, list[Term]]
"""Predicate → objects, of one subject."""

_TYPE, _DERIVED = expand("rdf:type"), expand("ww:identifierDerived")
_MADE = frozenset((_TYPE, expand("skos:prefLabel")))
"""What the way of a sheet makes of itself for a thing within a record."""


@dataclass
class Prefilled:
    """The rows: id of a column → what its cell says; and what they leave out: a predicate with the number of values."""

    rows: list[dict[str, str]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def prefilled(record: RecordColumns, triples: Iterable[Triple | Quad], *, labels: bool = True) -> Prefilled:
    """The records of this type among the triples, in the order in which these come.

    With `labels` a code is written by its label, as a workbook has it, else by the last part of its IRI.
    """
    said = _subjects(triples)
    found = Prefilled()
    for iri, about in said.items():
        if NamedNode(record.class_) in about.get(_TYPE, ()):
            found.rows.append(_Row(record, said, labels, found.left_out).of(iri, about))
    found.left_out = +found.left_out
    return found


def _subjects(triples: Iterable[Triple | Quad]) -> dict[str, About]:
    said: dict[str, About] = {}
    for each in triples:
        if isinstance(each.object, NamedNode | BlankNode | Literal) and isinstance(each.subject, NamedNode | BlankNode):
            said.setdefault(each.subject.value, {}).setdefault(each.predicate.value, []).append(each.object)
    return said


class _Row:
    """One record as a row."""

    def __init__(self, record: RecordColumns, said: Mapping[str, About], labels: bool, left_out: Counter[str]) -> None:
        self.record, self.said, self.labels, self.left_out = record, said, labels, left_out
        self.columns = [each for each in record.columns if not each.part]
        self.leading = dict.fromkeys(each.leading for each in self.columns if each.leading)
        self.cells: dict[str, str] = {}

    def of(self, iri: str, about: About) -> dict[str, str]:
        """The cells that are filled."""
        self._put(about, [each for each in self.columns if each.leading is None], {_TYPE, *self.leading, _DERIVED})
        for leading in self.leading:
            values = about.get(leading, [])
            # The first of a kind has the shortest address.
            iris = sorted((each.value for each in values if each.value in self.said), key=lambda iri: (len(iri), iri))
            things = [self.said[iri] for iri in iris]
            self.left_out[leading] += len(values) - len(things)
            self._things(things, [each for each in self.columns if each.leading == leading])
        self.cells.setdefault(self.record.key.id, iri.rpartition("/")[2])
        return self.cells

    def _things(self, things: Sequence[About], columns: Sequence[Column]) -> None:
        """Those with columns of their own in these, as far as they share the other columns; the others one by one."""
        plain = [each for each in columns if not each.fixed]
        single = {each.thing for each in columns if each.fixed}
        general = [each for each in plain if single and single <= set(each.holds_for)]

        def says(thing: About) -> tuple[str, ...]:
            return tuple(self._text(each, thing)[0] for each in general)

        often = Counter(says(thing) for thing in things)
        shared: dict[str, str] = {}
        others: list[About] = []
        for thing in sorted(things, key=lambda each: -often[says(each)]):
            column = next((each for each in columns if each.fixed and _is(thing, each)), None)
            sharing = [each for each in plain if column and column.thing in each.holds_for]
            common = {each.id: self._text(each, thing)[0] for each in sharing}
            apart = any(shared.get(id, text) != text for id, text in common.items())
            if column is None or apart or column.id in self.cells:
                others.append(thing)
                continue
            shared |= common
            taken = [column, *(each for each in plain if each.id in common)]
            self._put(thing, taken, {*_MADE, *(predicate for predicate, _ in column.fixed)})
        for number, thing in enumerate(others, 2 if shared else 1):
            numbered_ones = [numbered(each, number) if number > 1 else each for each in plain]
            self._put(thing, [each for each in numbered_ones if each], set(_MADE))

    def _put(self, about: About, columns: Sequence[Column], held: set[str]) -> None:
        """Fills the cells of these columns, and counts what they leave out; `held` is said in another way."""
        for column in columns:
            text, written = self._text(column, about)
            if text:
                self.cells[column.id] = text
            self.left_out[column.path] += len(about.get(column.path, ())) - written
        paths = held | {column.path for column in columns}
        self.left_out.update({path: len(values) for path, values in about.items() if path not in paths})

    def _text(self, column: Column, about: About) -> tuple[str, int]:
        """What the cell says, and how many values that are."""
        values = sorted(about.get(column.path, ()), key=_english_first)
        texts = [self._written(column, each) for each in values]
        if column.repeats and kind(column) in ("code", "link"):
            return DIVIDER.join(texts), len(texts)
        return (texts[0], 1) if texts else ("", 0)

    def _written(self, column: Column, value: Term) -> str:
        if kind(column) == "yes-no":
            return "yes" if value.value in ("true", "1") else "no"
        if isinstance(value, NamedNode):
            for scheme in column.code_lists:
                for code in codes(scheme.iri):
                    if code.iri == value.value:
                        return code.label if self.labels else value.value.rpartition("/")[2]
        return value.value


def _is(thing: About, column: Column) -> bool:
    """Whether the thing is the one that the column makes, and has a value for it."""
    fixed = all(NamedNode(iri) in thing.get(predicate, ()) for predicate, iri in column.fixed)
    return fixed and column.path in thing


def _english_first(value: Term) -> tuple[bool, str]:
    return isinstance(value, Literal) and value.language not in (None, "en", "en-gb"), value.value
