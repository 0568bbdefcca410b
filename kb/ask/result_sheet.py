"""Solutions as CSV that is safe to open in a spreadsheet.

As SPARQL 1.1 Query Results CSV has them (§3), but that a text which a spreadsheet would run begins with an apostrophe.
"""

import csv
from io import StringIO
from itertools import islice
from typing import Any

from pyoxigraph import BlankNode, QuerySolutions

from kb.formula import safe_cell

_ROWS = 1000
"""Rows that are written at a time."""


def write_sheet(results: QuerySolutions, output: Any) -> None:
    """Writes them to a binary file (UTF-8, RFC 4180), with a row of names first; what is unbound is empty.

    Raises what the evaluation raises, with the row at which it does.
    """
    solutions = iter(results)
    rows: list[list[str]] = [[variable.value for variable in results.variables]]
    while rows:
        text = StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        output.write(text.getvalue().encode())
        rows = [[_cell(term) for term in solution] for solution in islice(solutions, _ROWS)]


def _cell(term: Any) -> str:
    if term is None:
        return ""
    return f"_:{term.value}" if isinstance(term, BlankNode) else safe_cell(str(term.value))
