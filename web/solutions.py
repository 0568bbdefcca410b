"""The answer to a SELECT as a table for a reader: heads in words, and room for columns that hold prose."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode

from kb.ask.labels import Labels
from web.values import NUMBERS

PROSE = 60
"""Characters of a cell from which its column gets the width of a paragraph."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_")


@dataclass(frozen=True)
class Column:
    """A variable, in words, and whether it holds prose, or numbers alone."""

    variable: str
    head: str
    prose: bool
    number: bool


def columns(variables: Sequence[str], rows: Sequence[Mapping[str, Any]], labels: Labels) -> list[Column]:
    """The columns of the rows, which are in the form of SPARQL 1.1 Query Results JSON.

    Those of records, links under a variable of one letter, come first, so that they stand on the first screen.
    """
    records = [name for name in variables if len(name) == 1 and _are_links(name, rows)]
    return [
        Column(
            name,
            _head(name, records),
            prose=any(len(_shown(row[name], labels)) >= PROSE for row in rows if name in row),
            number=all(row[name].get("datatype") in NUMBERS for row in rows if name in row),
        )
        for name in sorted(variables, key=lambda name: name not in records)
    ]


def heading(variable: str) -> str:
    """`pilotName` → Pilot name; capitals that stand together stay, as in `UPRN`."""
    words = [word if len(word) > 1 and word.isupper() else word.lower() for word in _HUMP.sub(" ", variable).split()]
    return " ".join([words[0][0].upper() + words[0][1:], *words[1:]]) if words else variable


def iris(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Every IRI in the rows, which may hold some that are not well formed."""
    return {
        cell["value"] for row in rows for cell in row.values() if cell["type"] == "uri" and _is_iri(cell["value"])
    }


def _are_links(variable: str, rows: Iterable[Mapping[str, Any]]) -> bool:
    return all(row[variable]["type"] == "uri" for row in rows if variable in row)


def _head(variable: str, records: Sequence[str]) -> str:
    words = heading(variable)
    if variable not in records:
        return words
    return f"Record {words}" if len(records) > 1 else "Record"


def _shown(cell: Mapping[str, Any], labels: Labels) -> str:
    return labels.name(cell["value"]) if cell["type"] == "uri" else str(cell["value"])


def _is_iri(text: str) -> bool:
    try:
        return bool(NamedNode(text).value)
    except ValueError:
        return False
