"""The template of a protocol as CSV: a table for each record type, and the metadata that describes them (CSVW).

Codes are written by their last segment, since what stands in a CSV file has no drop-down. W3C Recommendations
"Metadata Vocabulary for Tabular Data" and "Model for Tabular Data" of 17 December 2015.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from kb.errors import NotFound
from kb.formula import safe
from kb.namespaces import PREFIXES
from kb.protocols import catalogue
from kb.protocols.background import Background, background, local_name
from kb.protocols.columns import Column, RecordColumns, record_columns
from kb.protocols.templates.about import LICENCE
from kb.protocols.templates.writing import DIVIDER, YES_NO, how, kind

METADATA_TYPE = "application/csvm+json"
"""Metadata Vocabulary for Tabular Data §7."""

_DATATYPES = {
    "number": "decimal",
    "whole": "integer",
    "date": "date",
    "yes-no": {"base": "boolean", "format": "|".join(YES_NO)},
}


def slug(record: RecordColumns) -> str:
    """What the record type is called in addresses and names of files: `lesson-learned`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", record.id.removesuffix("Shape")).lower()


def record_named(protocol_id: str, name: str, *, shapes: Path | None = None) -> RecordColumns:
    """The record type of a protocol with that name in addresses; raises NotFound."""
    records = {slug(each): each for each in record_columns(protocol_id, shapes=shapes)}
    if name not in records:
        raise NotFound(f"{protocol_id} has no record type {name!r}; it has {', '.join(records)}")
    return records[name]


def file_name(protocol_id: str, record: RecordColumns) -> str:
    """`dp-03-lesson-learned.csv`."""
    return f"{protocol_id}-{slug(record)}.csv"


def table(record: RecordColumns, rows: Iterable[Mapping[str, str]] = (), *, filled: bool = False) -> str:
    """The headings, and below them the records (id of a column → what its cell says), as RFC 4180 has it.

    With `filled`, only the columns in which any record says something.
    """
    rows = list(rows)
    known = [column.id for column in record.columns]
    further = sorted({id for row in rows for id in row} - set(known))
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    used = {id for row in rows for id, cell in row.items() if cell} if filled else {*known, *further}
    columns = [each for each in (*record.columns, *map(record.column, further)) if each.id in used]
    writer.writerow([column.heading for column in columns])
    writer.writerows([safe(row.get(column.id, "")) for column in columns] for row in rows)
    return text.getvalue()


def metadata(protocol_id: str, *, shapes: Path | None = None, ontology: Path | None = None) -> dict[str, Any]:
    """A CSVW table group that describes the tables of the protocol; its addresses are relative to its own.

    Raises NotFound.
    """
    protocol = catalogue.protocol(protocol_id, shapes)
    known = background(ontology)
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": protocol.title,
        "dc:description": protocol.description,
        "dc:license": {"@id": LICENCE},
        "dc:conformsTo": {"@id": protocol.iri},
        "schema:version": protocol.version,
        "tables": [
            _table(file_name(protocol.id, record), record, known)
            for record in record_columns(protocol.id, shapes=shapes, ontology=ontology)
        ],
    }


def _table(url: str, record: RecordColumns, known: Background) -> dict[str, Any]:
    subject = f"#{{{name(record.key)}}}"
    type_ = {
        "name": "type", "virtual": True, "aboutUrl": subject, "propertyUrl": "rdf:type", "valueUrl": record.class_,
    }  # fmt: skip
    return {
        "url": url,
        "dc:title": record.record.name,
        "tableSchema": {
            "aboutUrl": subject,
            "columns": [*(_column(column, record, known) for column in record.columns), type_],
        },
    }


def name(column: Column) -> str:
    """The id as a CSVW column may be named: letters, digits and underscores."""
    return re.sub(r"[^A-Za-z0-9]", "_", column.id)


def _column(column: Column, record: RecordColumns, known: Background) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": name(column),
        "titles": column.heading,
        "dc:description": f"{column.obligation}. {column.description} {_how(column, known)}".strip(),
        "required": is_required(column),
        "datatype": _datatype(column),
    }
    if column.part:
        said["suppressOutput"] = True  # a third of a point is no value of its property
    else:
        said["propertyUrl"] = column.path
    if column.leading:
        said["aboutUrl"] = f"#{{{name(record.key)}}}-{local_name(column.thing)}"
    if column.field.datatype == PREFIXES["rdf"] + "langString":
        said["lang"] = "en"
    if column.repeats and kind(column) in ("code", "link"):
        said["separator"] = DIVIDER
    elif kind(column) == "link":
        said["valueUrl"] = f"{{+{name(column)}}}"
    elif kind(column) == "code" and len(column.code_lists) == 1:
        said["valueUrl"] = f"{column.code_lists[0].iri}/{{{name(column)}}}"
    return said


def is_required(column: Column) -> bool:
    """Whether every row must fill the cell: asked of the record itself, and not only by a rule with a choice."""
    always = column.field.min_count and (column.outer is None or column.outer.min_count)
    return column.obligation == "Must" and bool(always) and not column.part


def _how(column: Column, known: Background) -> str:
    if not column.code_lists:
        return how(column, known)
    lists = " or ".join(f"“{each.name}” ({each.iri})" for each in column.code_lists)
    return f"A code of the list {lists}, by the last part of its address."


def _datatype(column: Column) -> Any:
    sort = kind(column)
    if sort in _DATATYPES:
        return _DATATYPES[sort]
    if column.field.pattern and sort in ("text", "part-date"):
        return {"base": "string", "format": column.field.pattern}
    if sort == "link":
        return "anyURI" if column.repeats else "string"
    return "string"
