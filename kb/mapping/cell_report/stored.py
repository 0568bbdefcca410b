"""A CellReport as one file: `cells.jsonl.gz`, lines of JSON, the same bytes for the same report.

The first line holds the overview, so that a page needs no more of it; then come a line for each group, the results of
the check with their cells, and the rows of the sheets as they were read.
"""

import gzip
import json
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from kb.errors import ReleaseDamaged
from kb.mapping.cell_report.completeness import Completeness
from kb.mapping.cell_report.findings import Cell, CellReport, Group, Row, Rule, Sheet, Value
from kb.mapping.cell_report.located import stretches
from kb.mapping.cell_report.overview import Overview, Said, Told, overview
from kb.protocols.report import Result, Severity

NAME = "cells.jsonl.gz"
"""Of the file within the folder of a submission or a release."""

FORM = 1
"""Of the file; it goes up when what is written changes its meaning."""

COMPRESSION = 4
"""gzip level: what repeats is near, so that more gains little."""

KEPT = 10_000
"""Forms of results that are kept: what registers' own texts are part of is without number."""

TOGETHER = 1000
"""Lines that are compressed at a time."""

_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def store(report: CellReport, path: Path) -> Overview:
    """Writes the file and answers the overview that it holds."""
    told = overview(report)
    with path.open("wb") as raw, gzip.GzipFile("", "wb", COMPRESSION, raw, mtime=0) as packed:
        lines = _lines(report, told)
        while some := list(islice(lines, TOGETHER)):
            packed.write("\n".join([*some, ""]).encode())
    return told


def _lines(report: CellReport, told: Overview) -> Iterator[str]:
    yield _written({"form": FORM, "overview": asdict(told), "rules": [asdict(rule) for rule in report.rules],
                    "groups": len(report.groups)})
    for group in report.groups:
        place = (group.rule, group.sheet, group.column, group.heading)
        yield _written([*place, group.values, _steps(group.rows), list(group.said)])
    yield from _results(report.located)
    yield _written(None)
    for rows in report.contents:
        yield from map(_written, rows)


def _results(located: Iterable[tuple[Result, tuple[Cell, ...]]]) -> Iterator[str]:
    """Each result; what it shares with others is written once, before the first of them.

    There may be millions, of things about which the same is said: so what is written is kept, with gaps for the thing
    and its rows.
    """
    kinds: dict[tuple[str | None, ...], int] = {}
    known: dict[tuple[object, ...] | None, str] = {}
    for each in stretches(located):
        form = known.get(each.alike)
        if form is None:
            for result in each.results:
                if (kind := _kind(result)) not in kinds:
                    kinds[kind] = len(kinds)
                    yield _written({"kind": kind})
            form = "\n".join(
                f"[{kinds[_kind(result)]},%(focus)s,{_gapless(_written(result.value))},[{_where(cells)}]]"
                for result, cells in zip(each.results, each.cells, strict=True)
            )
            if each.alike and len(known) < KEPT:
                known[each.alike] = form
        rows = {str(cell.row): each.row + cell.row for cells in each.cells for cell in cells}
        yield form % {"focus": _written(each.focus), **rows}


def _kind(result: Result) -> tuple[str | None, ...]:
    return result.path, result.severity, result.component, result.shape, result.message


def _where(cells: Sequence[Cell]) -> str:
    return ",".join([f"[{sheet},%({row})d,{_gapless(_column(*column))}]" for sheet, row, *column in cells])


def _gapless(written: str) -> str:
    return written.replace("%", "%%")


@lru_cache(maxsize=1024)
def _column(column: int | None, heading: str, written: str) -> str:
    return _written([column, heading, written])[1:-1]


def _steps(rows: "array[int]") -> list[int]:
    """Each number as what it is more than the one before."""
    return [row - before for before, row in zip([0, *rows], rows, strict=False)]


def read_overview(path: Path) -> Overview:
    """What pages need, from the first line alone; raises ReleaseDamaged."""
    with _opened(path) as lines:
        return _overview(_header(lines)["overview"])


def read(path: Path) -> CellReport:
    """The whole; results and rows are read from the file anew each time that they are gone through."""
    with _opened(path) as lines:
        header = _header(lines)
        groups = tuple(_group(json.loads(line)) for line in islice(lines, header["groups"]))
    told = _overview(header["overview"])
    return CellReport(
        conforms=told.conforms,
        sheets=told.sheets,
        rules=tuple(Rule(**each) for each in header["rules"]),
        groups=groups,
        located=_StoredResults(path),
        contents=[_StoredRows(path, number) for number in range(len(told.sheets))],
        completeness=told.fields,
    )


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield lines
    except (OSError, EOFError, zlib.error, ValueError, LookupError, TypeError) as error:
        raise ReleaseDamaged(f"{path}: {error}; check the files that were sent again") from error


def _header(lines: TextIO) -> Any:
    header = json.loads(next(lines, "null"))
    if header["form"] != FORM:
        raise ValueError(f"is of form {header['form']}, not {FORM}")
    return header


def _overview(content: dict[str, Any]) -> Overview:
    told = (each | {"values": tuple(Said(**value) for value in each["values"])} for each in content["told"])
    return Overview(
        conforms=content["conforms"],
        counts=content["counts"],
        sheets=tuple(_sheet(each) for each in content["sheets"]),
        told=tuple(Told(**each) for each in told),
        fields=tuple(Completeness(**each) for each in content["fields"]),
    )


def _sheet(content: dict[str, Any]) -> Sheet:
    return Sheet(**content | {"headings": tuple(content["headings"]), "positions": tuple(content["positions"])})


def _group(content: list[Any]) -> Group:
    rule, sheet, column, heading, values, steps, said = content
    rows, last = array("i"), 0
    for step in steps:
        last += step
        rows.append(last)
    return Group(rule, sheet, column, heading, [Value(*value) for value in values], rows, array("i", said))


@dataclass(frozen=True)
class _StoredResults:
    """The results with their cells, as the file has them."""

    path: Path

    def __iter__(self) -> Iterator[tuple[Result, tuple[Cell, ...]]]:
        kinds: list[list[str]] = []
        with _opened(self.path) as lines:
            for line in islice(lines, _header(lines)["groups"], None):
                content = json.loads(line)
                if content is None:
                    return
                if isinstance(content, dict):
                    kinds.append(content["kind"])
                    continue
                kind, focus, value, cells = content
                path, severity, component, shape, message = kinds[kind]
                result = Result(focus, path, value, Severity(severity), component, shape, message)
                yield result, tuple(Cell(*cell) for cell in cells)


@dataclass(frozen=True)
class _StoredRows:
    """The rows of one sheet, as the file has them."""

    path: Path
    sheet: int

    def __iter__(self) -> Iterator[Row]:
        with _opened(self.path) as lines:
            header = _header(lines)
            counts = [sheet["count"] for sheet in header["overview"]["sheets"]]
            for line in lines:
                if line == "null\n":
                    break
            first = sum(counts[: self.sheet])
            for line in islice(lines, first, first + counts[self.sheet]):
                number, cells = json.loads(line)
                yield number, tuple(cells)
