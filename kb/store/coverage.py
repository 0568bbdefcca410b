"""Which measures the records of a graph fill, and on which basis: counted once, when a release is archived."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any

from kb.protocols.catalogue import protocols
from kb.protocols.measures import BASES, DATES, Measure, measures
from kb.store import sorted_lines
from kb.vocabulary import RDF_TYPE, ancestors

LEAST = 0.05
"""Share of the filled records from which on a code list or a basis counts as used."""

_TYPE = str(RDF_TYPE).encode()
_BASES = {f"<{iri}>".encode(): iri for iri in BASES}
_DATES = frozenset(f"<{iri}>".encode() for iri in DATES)

_YEAR = re.compile(rb"(?:1[89]|20|21)[0-9]{2}")
"""Of a date as it is written, or in the IRI of a period."""

Said = dict[bytes, list[bytes]]
"""Property → objects of one thing, as they are written."""


@dataclass
class _Tally:
    filled: int = 0
    lists: Counter[str] = field(default_factory=Counter)
    bases: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    years: list[int] = field(default_factory=lambda: [9999, 0])


@dataclass(frozen=True)
class _Plan:
    """The measures of one record type by the properties that lead to their values."""

    type: str
    direct: dict[bytes, list[Measure]]
    inner: dict[bytes, dict[bytes, list[Measure]]]


def count_coverage(lines: Sequence[bytes]) -> dict[str, dict[str, Any]]:
    """Key of a measure → its counts, for those that some record fills; of sorted, unique N-Triples lines.

    `records` of the type, how many are `filled`, and what at least LEAST of these use: `lists` (code lists), `bases`
    (property → values), `years` (first and last).
    """
    records: Counter[str] = Counter()
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for _, about in groupby(lines, sorted_lines.subject_of):
        said = _said(about)
        for plan in _plans(tuple(said.get(_TYPE, ()))):
            records[plan.type] += 1
            _count(plan, said, lines, tallies)
    return {
        key: _counts(tally, records[key.rpartition("/")[0]]) for key, tally in sorted(tallies.items())
    }


def _said(lines: Iterator[bytes]) -> Said:
    said: Said = {}
    for line in lines:
        _, predicate, rest = line.split(b" ", 2)
        said.setdefault(predicate, []).append(rest[:-2])
    return said


def _count(plan: _Plan, said: Said, lines: Sequence[bytes], tallies: Mapping[str, _Tally]) -> None:
    filled: set[str] = set()
    for predicate, values in said.items():
        for measure in plan.direct.get(predicate, ()):
            _note(measure, values, said, tallies[measure.key], filled)
        if within := plan.inner.get(predicate):
            for part in values:
                inner = _said(iter(sorted_lines.about(lines, part)))
                for path, found in inner.items():
                    for measure in within.get(path, ()):
                        if all(_written(iri) in inner.get(_written(fixed), ()) for fixed, iri in measure.matches):
                            _note(measure, found, inner, tallies[measure.key], filled)
    for key in filled:
        tallies[key].filled += 1


def _note(measure: Measure, values: Sequence[bytes], holder: Said, tally: _Tally, filled: set[str]) -> None:
    filled.add(measure.key)
    for value in values:
        if value.startswith(b"<") and measure.column.field.code_list is not None:
            scheme = sorted_lines.iri_of(value).rpartition("/")[0]
            if "://" in scheme:  # what an unchecked dataset has here need be no code: `javascript:x` is of no list
                tally.lists[scheme] += 1
    for predicate, said in holder.items():
        if predicate in _BASES and measure.column.path != _BASES[predicate]:
            tally.bases[_BASES[predicate]].update(map(_plain, said))
        elif predicate in _DATES and measure.is_figure:
            years = [int(year) for value in said for year in _YEAR.findall(value)[:1]]
            tally.years[:] = [min([tally.years[0], *years]), max([tally.years[1], *years])]


@cache
def _plans(types: tuple[bytes, ...]) -> tuple[_Plan, ...]:
    classes = {above for type in types for above in ancestors(sorted_lines.iri_of(type))}
    known = {sorted_lines.iri_of(type) for type in types}
    found: dict[str, _Plan] = {}
    for protocol in protocols():
        for measure in measures(protocol.id):
            if measure.record.class_ in classes and _is_nearest(measure, known):
                type = measure.key.rpartition("/")[0]
                plan = found.setdefault(type, _Plan(type, {}, {}))
                path, leading = _written(measure.column.path), measure.column.leading
                where = plan.inner.setdefault(_written(leading), {}) if leading else plan.direct
                where.setdefault(path, []).append(measure)
    return tuple(found.values())


def _is_nearest(measure: Measure, classes: set[str]) -> bool:
    """Whether no record type of the protocol is nearer to the classes: a site is counted as a site, not as an asset."""
    lineage = {above for class_ in classes for above in ancestors(class_)}
    others = {each.record.class_ for each in measures(measure.protocol)} & lineage - {measure.record.class_}
    return not any(measure.record.class_ in ancestors(other) for other in others)


def _counts(tally: _Tally, records: int) -> dict[str, Any]:
    def used(counter: Counter[str]) -> list[str]:
        return sorted(value for value, count in counter.items() if count >= LEAST * counter.total())

    counts: dict[str, Any] = {"records": records, "filled": tally.filled}
    if tally.lists:
        counts["lists"] = used(tally.lists)
    if tally.bases:
        counts["bases"] = {property: used(values) for property, values in sorted(tally.bases.items())}
    if tally.years[1]:
        counts["years"] = tally.years
    return counts


@cache
def _written(iri: str) -> bytes:
    return sorted_lines.written(iri)


def _plain(value: bytes) -> str:
    """An IRI, or the text of a literal."""
    return sorted_lines.iri_of(value) if value.startswith(b"<") else value.split(b'"')[1].decode()
