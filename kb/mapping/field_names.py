"""How near a heading comes to the name of a column: the template's, the vocabulary's, and those that councils use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import JaroWinkler
from rapidfuzz.fuzz import token_sort_ratio
from rapidfuzz.process import extract

from kb.mapping.words import readings, rows, with_record, words
from kb.protocols.columns import Column, RecordColumns, record_columns
from kb.vocabulary import term

EXACT = 1.0
NAMED = 0.96
KNOWN = 0.95
"""A synonym; those further down the table of synonyms are a little less sure, where a field has several."""
LABEL = 0.94
_STEP = 0.002
_ALIKE = 87
"""Of 100; below this two names are not alike. Found on headings with spelling mistakes."""
_KEYS = ("identifier", "code", "number", "reference")
_CLOSE = 0.93
"""Of 1; two words that are as alike are one, misspelt."""
_COVERED = 0.5
"""The share of the longer name's words that the shorter one must cover."""


@dataclass(frozen=True)
class Nearness:
    """How sure a name alone makes, from 0 to 1, and why in words."""

    confidence: float
    reason: str


@dataclass(frozen=True)
class _Name:
    column: str
    words: tuple[str, ...]
    confidence: float
    reason: str

    @property
    def shown(self) -> str:
        return " ".join(word.strip("{}") for word in self.words)


class FieldNames:
    """The names of the columns of one record type, with what finds those that a heading comes near to."""

    def __init__(self, record: RecordColumns) -> None:
        self.record = record
        self.names = [name for column in record.columns for name in _names(record, column)]
        self.joined = [" ".join(name.words) for name in self.names]
        self.run_together: dict[str, list[int]] = {}
        for number, name in enumerate(self.names):
            self.run_together.setdefault("".join(name.words), []).append(number)
        self.holding: dict[str, list[int]] = {}
        for number, name in enumerate(self.names):
            for word in dict.fromkeys(name.words):
                self.holding.setdefault(word, []).append(number)
        self.vocabulary = list(self.holding)

    def nearness(self, heading: str) -> dict[str, Nearness]:
        """Column id → how near the heading comes to it; columns that it doesn't come near are left out."""
        if column := self.record.headed(heading):
            return {column.id: Nearness(EXACT, "it is the heading of the template")}
        near: dict[str, Nearness] = {}
        for found in readings(heading):
            for shape in dict.fromkeys((found, with_record(found, self.record.id))):
                for name, each in [*self._alike(shape), *self._sharing(shape), *self._by_key(shape)]:
                    if name.column not in near or near[name.column].confidence < each.confidence:
                        near[name.column] = each
        return near

    def _by_key(self, found: tuple[str, ...]) -> Iterator[tuple[_Name, Nearness]]:
        """Names of a link whose thing is given by its key: `force_id` is a force."""
        if len(found) > 1 and found[-1] in _KEYS:
            for name in self.names:
                if name.words == found[:-1] and self.record.column(name.column).links_to:
                    yield name, Nearness(name.confidence - 0.1, f"it is the key of a “{name.shown}”")

    def _alike(self, found: tuple[str, ...]) -> Iterator[tuple[_Name, Nearness]]:
        """Names that a spelling mistake keeps apart; in short words another letter is another word."""
        text = " ".join(found)
        for _, ratio, number in extract(text, self.joined, scorer=token_sort_ratio, score_cutoff=_ALIKE, limit=None):
            name = self.names[number]
            if all(len(word) > 3 for word in set(found) ^ set(name.words)):
                yield name, Nearness(0.9 * ratio / 100, f"it is spelt nearly like “{name.shown}”")

    def _sharing(self, found: tuple[str, ...]) -> Iterator[tuple[_Name, Nearness]]:
        """Names with the same words, or of which one holds all words of the other and few more."""
        text = "".join(found)
        common = dict.fromkeys(self.run_together.get(text, ()), len(set(found)))
        for word in dict.fromkeys(found):
            known = {word, *_close(word, self.vocabulary)}
            for number in {each for one in known for each in self.holding.get(one, ())}:
                common[number] = common.get(number, 0) + 1
        for number, shared in common.items():
            name = self.names[number]
            ours, theirs = len(set(found)), len(set(name.words))
            share = shared / max(ours, theirs)
            if found == name.words:
                yield name, Nearness(name.confidence, name.reason)
            elif set(found) == set(name.words) or text == "".join(name.words):
                yield name, Nearness(name.confidence - 0.02, name.reason)
            elif share >= _COVERED and shared >= min(ours, theirs):
                yield name, Nearness(0.45 + 0.45 * share, f"its words are nearly those of “{name.shown}”")


@cache
def field_names(protocol: str, record: str) -> FieldNames:
    """All names of the columns of a record type of the protocol."""
    return FieldNames(next(each for each in record_columns(protocol) if each.id == record))


def field_of(record: RecordColumns, column: Column) -> str:
    """What the tables of words call the column: its id without the record type."""
    shape, _, field = column.id.partition("-")
    return field or shape


def _names(record: RecordColumns, column: Column) -> Iterator[_Name]:
    yield _Name(column.id, words(column.heading), NAMED, f"it reads like the template's “{column.heading}”")
    if not column.part and not column.fixed and (label := _label(column)):
        yield _Name(column.id, words(label), LABEL, f"it is the vocabulary's word for this, “{label}”")
    for rank, (heading, source) in enumerate(_synonyms().get(field_of(record, column), ())):
        yield _Name(column.id, words(heading), KNOWN - rank * _STEP, f"it is a name for it ({source})")


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


def _close(word: str, vocabulary: list[str]) -> list[str]:
    if len(word) < 5:
        return []
    near = extract(word, vocabulary, scorer=JaroWinkler.normalized_similarity, score_cutoff=_CLOSE, limit=None)
    return [other for other, _, _ in near if len(other) > 4]
