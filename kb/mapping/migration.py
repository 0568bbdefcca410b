"""A saved mapping and a protocol that has changed since: what can be carried over, and what a person must decide."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.mapping.mapping import Mapping
from kb.protocols.columns import RecordColumns


@dataclass(frozen=True)
class Migrated:
    """The mapping for the protocol's version now, and in sentences what it leaves open.

    `mapping` and `record` are None where the protocol no longer has the record type.
    """

    mapping: Mapping | None
    record: RecordColumns | None
    to_decide: tuple[str, ...] = ()


def migrate(mapping: Mapping, records: Sequence[RecordColumns], version: str) -> Migrated:
    """Carries the mapping over to the record types that the protocol has in this version.

    Columns are known by their ids, so that one that is worded anew stays. One that is gone leaves its heading
    undecided, with what the mapping said of it; one that a record must have and the mapping doesn't fill is named
    where the version has changed.
    """
    record = next((each for each in records if each.id == mapping.record), None)
    name = f"{mapping.protocol} {version}"
    if record is None:
        text = f"{name} has no record type {mapping.record}: choose one of {', '.join(each.id for each in records)}."
        return Migrated(None, None, (text,))
    known = {column.id for column in record.columns}
    gone = {column for column in _used(mapping) if column and column not in known}
    to_decide = [_gone(name, mapping, column) for column in sorted(gone)]
    kept = replace(
        mapping,
        version=version,
        columns={heading: column for heading, column in mapping.columns.items() if column not in gone},
        constants={column: value for column, value in mapping.constants.items() if column not in gone},
        values={column: value for column, value in mapping.values.items() if column not in gone},
        dates={column: value for column, value in mapping.dates.items() if column not in gone},
    )
    if version != mapping.version:
        filled = {*kept.columns.values(), *kept.constants}
        to_decide += [
            f"{name} asks for “{column.heading}”, which no column of the sheet is: say which, or what every row says."
            for column in record.columns
            if column.field.obligation == "Must" and not column.leading and column.id not in filled
        ]
    return Migrated(kept, record, tuple(to_decide))


def _used(mapping: Mapping) -> set[str]:
    return {*mapping.columns.values(), *mapping.constants, *mapping.values, *mapping.dates}


def _gone(name: str, mapping: Mapping, column: str) -> str:
    headings = [f"“{heading}”" for heading, each in mapping.columns.items() if each == column]
    if headings:
        return f"{name} no longer has the field {column}: decide anew what {' and '.join(headings)} is."
    return f"{name} no longer has the field {column}, of which the mapping says something: that is left out."
