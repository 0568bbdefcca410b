"""A difference written out: the sentence that says it all, the list that says what changed, and JSON for programs."""

from collections.abc import Iterator
from typing import Any

from pyoxigraph import NamedNode

from kb.ask.difference_words import ORDER, Counts, DifferenceInWords, FieldInWords, RecordInWords, Referred, kind
from kb.store.record_changes import How
from kb.store.sorted_lines import Term

HEADINGS: dict[How, str] = {
    "added": "Added",
    "changed": "Changed",
    "moved": "Under a new identifier",
    "removed": "Removed",
}

KINDS = 6
"""Kinds of record that a sentence counts apart for each kind of change."""

REFERRERS = 20
"""Things that are named of those that refer to one that goes; the others are counted."""

_VERBS: dict[How, str] = {"added": "adds", "changed": "changes", "removed": "removes"}


def sentence(found: DifferenceInWords) -> str:
    """`adds 12 assets, changes 3 services, removes 1 partner that 4 others refer to`; without a full stop."""
    parts = [counted(found.counts, found.referred)] if found.counts else []
    if found.missing:
        parts.append(_missing(len(found.missing)))
    return ", ".join(parts) or "changes nothing"


def counted(counts: Counts, referred: Referred | None = None) -> str:
    """The sentence from how many records of which class change how; `referred` as in DifferenceInWords."""
    return ", ".join(part for how in ORDER for part in _clause(counts, referred or {}, how)) or "changes nothing"


def text(found: DifferenceInWords) -> str:
    """The sentence, and below it record by record what changed, for a terminal; it ends without a line break."""
    said = sentence(found)
    return "\n".join([f"{said[0].upper()}{said[1:]}.", *_lines(found)])


def json(found: DifferenceInWords) -> dict[str, Any]:
    """The difference for programs: names beside IRIs; `records` are the first of each kind of change."""
    return {
        "sentence": sentence(found),
        "triples": {"added": found.added, "removed": found.removed},
        "counts": [{"how": how, "class": class_, "records": count} for (how, class_), count in found.counts.items()],
        "records": [_record(found, each) for each in found.records],
        "missing": [
            {"record": link.iri, "name": found.labels.name(link.iri), "property": link.property, "target": link.target}
            for link in found.missing
        ],
    }


def _clause(counts: Counts, referred: Referred, how: How) -> Iterator[str]:
    found = sorted(
        ((class_, count) for (each, class_), count in counts.items() if each == how),
        key=lambda item: (-item[1], kind(*item)),
    )
    if not found:
        return
    if how == "moved":
        for class_, count in found:
            what = "a new identifier" if count == 1 else "new identifiers"
            yield f"gives {kind(class_, count)} {what}{_referred(referred, how, class_, count)}"
        return
    things = [kind(class_, count) + _referred(referred, how, class_, count) for class_, count in found[:KINDS]]
    if others := sum(count for _, count in found[KINDS:]):
        things.append(f"{others:,} other {'record' if others == 1 else 'records'}")
    joined = " and ".join([", ".join(things[:-1]), things[-1]]) if len(things) > 1 else things[0]
    yield f"{_VERBS[how]} {joined}"


def _referred(referred: Referred, how: How, class_: str, count: int) -> str:
    if (how, class_) not in referred:
        return ""
    records, others = referred[how, class_]
    who = "1 other refers" if others == 1 else f"{others:,} others refer"
    if how == "moved":
        return f" ({who} to {'the old one' if count == 1 else f'{records:,} of the old ones'})"
    return f" that {who} to" if records == count else f" ({who} to {records:,} of them)"


def _lines(found: DifferenceInWords) -> Iterator[str]:
    for how in ORDER:
        records = found.of(how)
        if records:
            yield f"\n{HEADINGS[how]}"
        for each in records:
            before = f", before {each.change.before}" if each.change.before else ""
            yield f"  {each.name} <{each.change.iri}>{before}"
            yield from (f"    {line}" for line in _changed(found, each))
        if (more := found.count(how) - len(records)) > 0:
            yield f"  and {more:,} more"
    if found.missing:
        yield "\nLinks to records that do not exist"
        for link in found.missing:
            yield f"  {found.labels.name(link.iri)} <{link.iri}> leads to <{link.target}>"


def _changed(found: DifferenceInWords, record: RecordInWords) -> Iterator[str]:
    for each in record.fields:
        yield f"{each.name}: {_values(found, each.removed)} → {_values(found, each.added)}"
    for referrer in record.referrers[:REFERRERS]:
        yield f"referred to by {found.labels.name(referrer.iri)} <{referrer.iri}> in <{referrer.graph}>"
    if (more := len(record.referrers) - REFERRERS) > 0:
        yield f"and {more:,} more refer to it"


def _values(found: DifferenceInWords, values: tuple[Term, ...]) -> str:
    return "; ".join(map(found.value, values)) or "nothing"


def _record(found: DifferenceInWords, each: RecordInWords) -> dict[str, Any]:
    return {
        "how": each.change.how,
        "iri": each.change.iri,
        "name": each.name,
        "class": each.change.class_,
        "before": each.change.before,
        "fields": [_field(found, changed) for changed in each.fields],
        "referred": len(each.referrers),
        "referrers": [
            {"iri": by.iri, "name": found.labels.name(by.iri), "graph": by.graph} for by in each.referrers[:REFERRERS]
        ],
    }


def _field(found: DifferenceInWords, each: FieldInWords) -> dict[str, Any]:
    def terms(values: tuple[Term, ...]) -> list[dict[str, str]]:
        named = ({"name": found.value(value)} if isinstance(value, NamedNode) else {} for value in values)
        return [{"value": value.value} | name for value, name in zip(values, named, strict=True)]

    return {
        "name": each.name,
        "path": list(each.path),
        "removed": terms(each.removed),
        "added": terms(each.added),
    }


def _missing(count: int) -> str:
    one, several = "has 1 link to a record that does not exist", f"has {count:,} links to records that do not exist"
    return one if count == 1 else several
