"""A received table (docs/tables.md) without a record, or without some of its cells; where that is not sure, nothing."""

import csv
import io
import re
from pathlib import Path
from urllib.parse import quote

from kb.intake.heading import IDENTIFIER
from kb.store.withdrawal.scope import Scope
from kb.vocabulary import terms

_PLACE = re.compile(r"^[0-9]+-")
"""What the archive puts before the name of a file."""


def blanked(path: Path, scope: Scope) -> str | None:
    """The text of the table without the rows or cells of the record; None for what is not such a table.

    Whoever calls this looks afterwards whether anything that goes is still in it.
    """
    if scope.record is None:
        return None
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True))
    except (ValueError, csv.Error):
        return None
    headings = [cell.strip() for cell in rows[0]] if rows else []
    if IDENTIFIER not in headings:
        return None
    place = headings.index(IDENTIFIER)
    kind = _PLACE.sub("", path.name).removesuffix(".csv")
    record = scope.record[1:-1].decode()
    predicates = {each[1:-1].decode() for each in scope.fields}
    columns = [at for at, heading in enumerate(headings) if _property(heading) in predicates]
    if predicates and not columns:
        return None
    kept = [rows[0]]
    for row in rows[1:]:
        if len(row) > place and record.endswith(f"/id/{kind}/{quote(row[place].strip(), safe='')}"):
            if not predicates:
                continue
            row = ["" if at in columns else cell for at, cell in enumerate(row)]
        kept.append(row)
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n" if "\r\n" in text else "\n").writerows(kept)
    return out.getvalue()


def _property(heading: str) -> str:
    """The property that heads a column, or that leads to the inner thing of a column; "" for no known one."""
    name = re.sub(r" [0-9]+$", "", heading.partition(":")[0])
    return next((term.iri for term in terms() if term.label == name and term.kind != "class"), "")
