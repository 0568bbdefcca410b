"""How near a heading comes to the name of a column: the template's, the vocabulary's, and those that councils use."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import JaroWinkler
from rapidfuzz.fuzz import token_sort_ratio

from kb.mapping.words import rows, with_record, words
from kb.protocols.columns import Column, RecordColumns
from kb.vocabulary import term

EXACT = 1.0
NAMED = 0.96
KNOWN = 0.95
"""A synonym; those further down the table of synonyms are a little less sure, where a field has several."""
LABEL = 0.94
_STEP = 0.002
_ALIKE = 87
"""Of 100; below this two names are not alike. Found on headings with spelling mistakes."""
_COVERED = 0.5
"""The share of the longer name's words that the shorter one must cover."""


@dataclass(frozen=True)
class Nearness:
    """How sure a name alone makes, from 0 to 1, and why in words."""

    confidence: float
    reason: str


@dataclass(frozen=True)
class _Name:
    words: tuple[str, ...]
    confidence: float
    reason: str


@dataclass(frozen=True)
class FieldNames:
    """The names of the columns of one record type."""

    record: RecordColumns
    names: Mapping[str, tuple[_Name, ...]]

    def nearness(self, heading: str) -> dict[str, Nearness]:
        """Column id → how near the heading comes to it; columns that it doesn't come near are left out."""
        if column := self.record.headed(heading):
            return {column.id: Nearness(EXACT, "it is the heading of the template")}
        found = words(heading)
        shapes = tuple(dict.fromkeys((found, with_record(found, self.record.id))))
        near: dict[str, Nearness] = {}
        for id, names in self.names.items():
            best = max((_compared(shape, name) for shape in shapes for name in names), key=lambda each: each.confidence)
            if best.confidence:
                near[id] = best
        return near


@cache
def field_names(protocol: str, record: RecordColumns) -> FieldNames:
    """All names of the columns of a record type of the protocol."""
    return FieldNames(record, {column.id: tuple(_names(record, column)) for column in record.columns})


def field_of(record: RecordColumns, column: Column) -> str:
    """What the tables of words call the column: its id without the record type."""
    shape, _, field = column.id.partition("-")
    return field or shape


def _names(record: RecordColumns, column: Column) -> list[_Name]:
    found = [_Name(words(column.heading), NAMED, f"it reads like the template's “{column.heading}”")]
    if not column.part and (label := _label(column)):
        found.append(_Name(words(label), LABEL, f"it is the vocabulary's word for this, “{label}”"))
    for rank, (heading, source) in enumerate(_synonyms().get(field_of(record, column), ())):
        found.append(_Name(words(heading), KNOWN - rank * _STEP, f"it is a name for it ({source})"))
    return found


def _label(column: Column) -> str:
    property = term(column.path)
    outer = term(column.leading) if column.leading else None
    return f"{outer.label} {property.label}" if property and outer else property.label if property else ""


@cache
def _synonyms() -> Mapping[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows("synonyms.csv"):
        found.setdefault(row["field"], []).append((row["heading"], row["source"]))
    return found


def _compared(found: tuple[str, ...], name: _Name) -> Nearness:
    if found == name.words:
        return Nearness(name.confidence, name.reason)
    if set(found) == set(name.words):
        return Nearness(name.confidence - 0.02, name.reason)
    return max(_alike(found, name), _covering(found, name), key=lambda each: each.confidence)


def _alike(found: tuple[str, ...], name: _Name) -> Nearness:
    """Names that a spelling mistake keeps apart."""
    ratio = token_sort_ratio(" ".join(found), " ".join(name.words))
    if ratio < _ALIKE or any(len(word) < 4 for word in set(found) ^ set(name.words)):
        return Nearness(0, "")
    return Nearness(0.9 * ratio / 100, f"it is spelt nearly like “{_shown(name)}”")


def _covering(found: tuple[str, ...], name: _Name) -> Nearness:
    """Names of which one holds most words of the other."""
    ours, theirs = set(found), set(name.words)
    common = sum(1 for word in ours if word in theirs or any(_close(word, other) for other in theirs))
    share = common / max(len(ours), len(theirs))
    if share < _COVERED or common < min(len(ours), len(theirs)):
        return Nearness(0, "")
    return Nearness(0.45 + 0.45 * share, f"its words are nearly those of “{_shown(name)}”")


def _shown(name: _Name) -> str:
    return " ".join(word.strip("{}") for word in name.words)


def _close(word: str, other: str) -> bool:
    return min(len(word), len(other)) > 4 and JaroWinkler.similarity(word, other) > 0.93
