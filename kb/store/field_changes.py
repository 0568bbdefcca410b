"""What changed within a record: values by the way of properties that leads to them, parts of it included."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kb.namespaces import GENID
from kb.protocols.containing import contained_classes, containing
from kb.store import sorted_lines
from kb.store.record_changes import class_of
from kb.store.sorted_lines import Term
from kb.vocabulary import RDF_TYPE

Path = tuple[str, ...]
"""The properties from a record to a value, through the parts between."""

_DEPTH = 5


@dataclass(frozen=True)
class FieldChange:
    """One field of a record: the values that go and those that come; both are sorted."""

    path: Path
    removed: tuple[Term, ...]
    added: tuple[Term, ...]


def field_changes(before: Sequence[bytes], after: Sequence[bytes], was: str, is_now: str) -> list[FieldChange]:
    """What differs between the record `was` in `before` and `is_now` in `after`, field by field.

    How a part is named does not count, so that a blank node named by its content is the same part with another value.
    """
    old, new = Counter(fields_of(before, was)), Counter(fields_of(after, is_now))
    removed, added = _by_path(old - new), _by_path(new - old)
    return [
        FieldChange(path, tuple(removed.get(path, ())), tuple(added.get(path, ())))
        for path in sorted(removed.keys() | added.keys())
    ]


def fields_of(lines: Sequence[bytes], record: str) -> Iterator[tuple[Path, Term]]:
    """Every value of a record and of its parts with the way to it, from the sorted N-Triples lines of its graph."""
    yield from _walk(lines, record, record, (), frozenset((record,)))


def _walk(
    lines: Sequence[bytes], record: str, iri: str, way: Path, seen: frozenset[str]
) -> Iterator[tuple[Path, Term]]:
    for _, property, value in sorted_lines.triples(sorted_lines.about(lines, sorted_lines.written(iri))):
        if way and property == RDF_TYPE.value:
            continue  # the way to the part tells what it is
        path = (*way, property)
        if isinstance(value, NamedNode) and value.value not in seen and len(path) < _DEPTH:
            part = sorted_lines.about(lines, sorted_lines.written(value.value))
            if part and _belongs(value.value, record, property, part):
                yield from _walk(lines, record, value.value, path, seen | {value.value})
                continue
        yield path, value


def _belongs(iri: str, record: str, property: str, lines: Sequence[bytes]) -> bool:
    if GENID in iri or iri.startswith(f"{record}#"):
        return True
    return property in containing() or class_of(lines) in contained_classes()


def _by_path(counted: Counter[tuple[Path, Term]]) -> dict[Path, list[Term]]:
    found: dict[Path, list[Term]] = {}
    for path, value in sorted(counted.elements(), key=str):
        found.setdefault(path, []).append(value)
    return found
