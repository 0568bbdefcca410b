"""A mapping as CSV on the Web metadata: what each column of a publisher's sheet means, for tools that know CSVW."""

import json
from typing import Any

from kb.errors import BadInput
from kb.mapping.mapping import Mapping
from kb.mapping.plan import kind_of
from kb.mapping.words import words
from kb.namespaces import PREFIXES, thing
from kb.protocols.catalogue import protocol
from kb.protocols.columns import Column, RecordColumns, record_columns

_XSD = PREFIXES["xsd"]


def csvw(mapping: Mapping, file: str, base: str, headings: list[str] | None = None) -> str:
    """The metadata (Model for Tabular Data, W3C, 2015) of a CSV file that is read by this mapping, as JSON.

    `headings` are all of the file, in its order, by default those that the mapping knows. A column that is not
    published, or of which nothing is decided, is suppressed. Raises BadInput where the protocol has no such record.
    """
    record = next((each for each in record_columns(mapping.protocol) if each.id == mapping.record), None)
    if record is None:
        raise BadInput(f"{mapping.protocol} has no record type {mapping.record}; confirm the mapping anew")
    known = {column.id: column for column in record.columns}
    said = headings if headings is not None else list(mapping.columns)
    columns = [_column(heading, known.get(mapping.columns.get(heading, ""))) for heading in said]
    content: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": file,
        "dcterms:conformsTo": {"@id": protocol(mapping.protocol).iri},
        "tableSchema": {
            "aboutUrl": _about(mapping, record, base),
            "columns": _distinct([*columns, *_said_once(mapping, known)]),
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _about(mapping: Mapping, record: RecordColumns, base: str) -> str:
    """The address of a record, by its key, where the sheet has one: nearly so, since keys are slugged in addresses."""
    key = next((heading for heading, column in mapping.columns.items() if column == record.key.id), None)
    slug = f"{{{_name(key)}}}" if key else "{_row}"
    return thing(base, kind_of(record), "") + slug


def _column(heading: str, column: Column | None) -> dict[str, Any]:
    found: dict[str, Any] = {"titles": heading, "name": _name(heading)}
    if column is None:
        return found | {"suppressOutput": True}
    found |= {"dcterms:description": column.description, "propertyUrl": column.path}
    if column.leading:
        found["aboutUrl"] = f"#{column.thing.replace('/', '-')}-{{_row}}"
    if column.field.datatype and column.field.datatype.startswith(_XSD) and not column.part:
        found["datatype"] = column.field.datatype.removeprefix(_XSD)
    if column.field.code_list:
        found["dcterms:source"] = {"@id": column.field.code_list.iri}
    if column.field.obligation == "Must":
        found["required"] = True
    return found


def _said_once(mapping: Mapping, known: dict[str, Column]) -> list[dict[str, Any]]:
    return [
        {"name": _name(id), "virtual": True, "propertyUrl": known[id].path, "default": value}
        for id, value in mapping.constants.items()
        if id in known and id not in mapping.columns.values()
    ]


def _distinct(columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Names of columns must differ (Metadata Vocabulary for Tabular Data §5.6)."""
    seen: dict[str, int] = {}
    for column in columns:
        number = seen[column["name"]] = seen.get(column["name"], 0) + 1
        if number > 1:
            column["name"] += f"_{number}"
    return columns


def _name(heading: str) -> str:
    """A name of letters, digits and underscores, as RFC 6570 variables are."""
    return "_".join(words(heading)).strip("_{}") or "column"
