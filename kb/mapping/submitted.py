"""What a file of a submission is: RDF, a question, a table of docs/tables.md, or a sheet with headings of its own."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from kb.errors import BadInput
from kb.intake.heading import IDENTIFIER, column, record_kinds
from kb.intake.question import SUFFIX as QUESTION
from kb.intake.rdf import FORMATS
from kb.intake.table import SUFFIX as TABLE
from kb.mapping.mapping import Mapping

_CONSTANTS = "constants"
_JSON = (".json",)
_HEAD = 64_000


def is_sheet(path: Path, mappings: Sequence[Mapping] = ()) -> bool:
    """Whether a mapping is needed to read it: neither RDF, nor a question, nor a table of docs/tables.md.

    Such a table is called after a kind of record and has a column headed Identifier and the vocabulary's labels. A
    file in JSON is RDF where it has `@context`, `@graph` or `@id`. Where one of the mappings is for its headings it
    is a sheet, whatever it is called.
    """
    suffix = path.suffix.lower()
    if suffix in _JSON:
        return not _is_jsonld(path)
    if suffix in FORMATS or suffix == QUESTION:
        return False
    if suffix != TABLE:
        return True
    headings = _headings(path)
    if any(each.columns and set(each.columns) <= set(headings) for each in mappings):
        return True
    return not (_is_table_name(path) and _labels(headings))


def _is_table_name(path: Path) -> bool:
    return path.stem == _CONSTANTS or path.stem in record_kinds()


def _labels(headings: list[str]) -> bool:
    """Whether most of the headings are of docs/tables.md, so that a mistake in one is said as of such a table."""
    if not headings or (IDENTIFIER not in headings and len(headings) > 3):
        return False
    known = sum(_is_label(heading) for heading in headings)
    return 2 * known >= len(headings)


def _is_label(heading: str) -> bool:
    try:
        column(heading)
    except BadInput:
        return False
    return True


def _headings(path: Path) -> list[str]:
    """Those in the first line that is not blank; empty where the file has none that can be read as CSV."""
    try:
        with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
            text = file.read(_HEAD)
        rows = csv.reader(line for line in text.splitlines() if line.strip())
        return [cell.strip() for cell in next(rows, [])]
    except (OSError, csv.Error):
        return []


def _is_jsonld(path: Path) -> bool:
    """By its keys; what is no JSON at all is left to the reader of RDF, which says what is wrong with it."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return True
    first = found[0] if isinstance(found, list) and found else found
    return not isinstance(first, dict) or any(key.startswith("@") for key in first) or not first
