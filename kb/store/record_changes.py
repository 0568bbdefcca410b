"""Which records a change of a graph adds, changes, removes or names anew; read from the difference of its lines.

A record is a thing with a page of its own. What belongs to it (its address, an assessment, a blank node) is a part of
it: where only a part changes, the record does. Only subjects that the difference touches are looked up.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from kb.names import NAMES
from kb.namespaces import GENID, expand
from kb.protocols.containing import contained_classes
from kb.store import sorted_lines
from kb.store.difference import Difference, difference
from kb.store.sorted_lines import Term
from kb.vocabulary import RDF_TYPE, ancestors, term

How = Literal["added", "changed", "moved", "removed"]

_KEYS = tuple(map(expand, ("ww:uprn", "dcterms:identifier", "skos:notation")))
"""Properties whose values tell one record from all others of its class, as far as data keeps to it."""

REPLACES = expand("dcterms:replaces")
_REPLACED = "0 replaced"
_TELLING = frozenset(f"<{iri}>".encode() for iri in (REPLACES, *_KEYS, *NAMES))
_Key = tuple[str, ...]

_TYPE_IRI = str(RDF_TYPE).encode()
_TYPE = b" %b " % _TYPE_IRI
_GENID = GENID.encode()
_DEPTH = 5
"""Parts within parts that are followed up to their record."""


@dataclass(frozen=True)
class RecordChange:
    """What becomes of one record; `class_` is "" where it states none, `before` the IRI it had, where that is new."""

    iri: str
    class_: str
    how: How
    before: str | None = None


def record_changes(
    before: Sequence[bytes], after: Sequence[bytes], change: Difference | None = None
) -> list[RecordChange]:
    """The records that differ between two contents of a graph (sorted N-Triples lines), by class and IRI.

    `change` spares finding the difference again.
    """
    change = change or difference(before, after)
    touched = {sorted_lines.subject_of(line) for lines in (change.removed, change.added) for line in lines}
    records = sorted(set(records_of(sorted(touched), before, after).values()))
    found = [_change(record, before, after) for record in records]
    return sorted(_moved(found, before, after), key=lambda each: (each.class_, each.iri))


def class_of(lines: Sequence[bytes]) -> str:
    """The class that says most of the subject of these lines: with a page of its own, and below the others."""
    stated = (line for line in lines if _TYPE in line and line.split(b" ", 2)[1] == _TYPE_IRI)
    return _most_specific(tuple(sorted_lines.iri_of(sorted_lines.object_of(line)) for line in stated))


def is_part(subject: bytes, lines: Sequence[bytes]) -> bool:
    """Whether a subject with these lines belongs to another thing."""
    if _GENID in subject or b"#" in subject:
        return True
    return class_of(lines) in contained_classes()


@cache
def _most_specific(classes: tuple[str, ...]) -> str:
    def rank(iri: str) -> tuple[bool, bool, int, str]:
        known = term(iri)
        return known is not None and bool(known.iri_type), known is not None, len(ancestors(iri)), iri

    return max(classes, key=rank, default="")


def records_of(touched: Iterable[bytes], before: Sequence[bytes], after: Sequence[bytes]) -> dict[bytes, bytes]:
    """Touched subject → the record that it is or belongs to; what belongs to nothing here is a record itself."""
    owners = {subject: subject for subject in touched}
    climbing = {
        subject for subject in owners if is_part(subject, _about(subject, before, after))
    }
    leads: dict[bytes, bytes] = {subject: subject for subject in climbing}
    """Where the climb from a part has come."""
    for _ in range(_DEPTH):
        if not climbing:
            break
        wanted = {leads[subject] for subject in climbing}
        above: dict[bytes, bytes] = {}
        for lines in (after, before):
            for owner, part in sorted_lines.linking(lines, wanted - above.keys()):
                if owner != part:
                    above.setdefault(part, owner)
        climbed = {subject for subject in climbing if leads[subject] in above}
        leads.update((subject, above[leads[subject]]) for subject in climbed)
        climbing = {each for each in climbed if is_part(leads[each], _about(leads[each], before, after))}
    return owners | leads


def _about(subject: bytes, before: Sequence[bytes], after: Sequence[bytes]) -> Sequence[bytes]:
    return sorted_lines.about(after, subject) or sorted_lines.about(before, subject)


def _change(record: bytes, before: Sequence[bytes], after: Sequence[bytes]) -> RecordChange:
    was, becomes = sorted_lines.holds(before, record), sorted_lines.about(after, record)
    how: How = "changed" if was and becomes else "added" if becomes else "removed"
    return RecordChange(sorted_lines.iri_of(record), class_of(_about(record, before, after)), how)


def _moved(
    found: Sequence[RecordChange], before: Sequence[bytes], after: Sequence[bytes]
) -> Iterator[RecordChange]:
    """The changes, with what is removed under one IRI and added under another as one."""
    gone, new = _by_key(found, "removed", before), _by_key(found, "added", after)
    pairs: dict[str, RecordChange] = {}
    taken: set[str] = set()
    for key in sorted(gone.keys() & new.keys()):
        (old, *others), (now, *more) = gone[key], new[key]
        if not others and not more and old.iri not in taken and now.iri not in pairs:
            pairs[now.iri] = RecordChange(now.iri, now.class_, "moved", old.iri)
            taken.add(old.iri)
    for each in found:
        if each.iri not in taken:
            yield pairs.get(each.iri, each)


def _by_key(found: Sequence[RecordChange], how: How, lines: Sequence[bytes]) -> dict[_Key, list[RecordChange]]:
    """What tells a record from others → the records; what the publisher says sorts first, then keys, then names."""
    keyed: dict[_Key, list[RecordChange]] = defaultdict(list)
    if not {"added", "removed"} <= {each.how for each in found}:
        return keyed
    records = {each.iri: each for each in found if each.how == how}
    telling = [line for iri in records for line in _telling(sorted_lines.about(lines, sorted_lines.written(iri)))]
    for iri, property, value in sorted_lines.triples(telling):
        key = _key(records[iri], property, value)
        if records[iri] not in keyed[key]:
            keyed[key].append(records[iri])
    if how == "removed":
        keyed.update(((_REPLACED, iri), [record]) for iri, record in records.items())
    return keyed


def _telling(lines: Sequence[bytes]) -> Iterator[bytes]:
    return (line for line in lines if line.split(b" ", 2)[1] in _TELLING)


def _key(record: RecordChange, property: str, value: Term) -> _Key:
    if property == REPLACES:
        return _REPLACED, value.value
    if property in _KEYS:
        return "1 key", record.class_, property, value.value
    return "2 name", record.class_, value.value
