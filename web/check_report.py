"""The report of a check in its three voices, from the file that holds it (kb.mapping.cell_report.stored).

Who may read it is for those who call: they give the file, what it is the report of, and the address at which it is.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

from flask import Flask, Response, render_template
from pyoxigraph import RdfFormat

from kb.errors import TooBusy
from kb.mapping.cell_report.completeness import RULE
from kb.mapping.cell_report.stored import read, read_overview
from kb.mapping.cell_report.summary import Point, summary
from kb.mapping.cell_report.text import text
from kb.mapping.cell_report.validation import json_lines, write_rdf
from kb.mapping.cell_report.workbook import write_workbook
from web import sending, turns
from web.asking import client
from web.negotiation import CSV, HTML, JSON_LD, TURTLE, Format, choose
from web.representation import respond
from web.trend import trend_line

JSON = Format("json", "application/json", "JSON")
TEXT = Format("txt", "text/plain", "Text")
WORKBOOK = Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel")
SVG = Format("svg", "image/svg+xml", "SVG")

REPORT = (JSON, TURTLE, JSON_LD, TEXT, HTML)
SUMMARY = (JSON, CSV, HTML)

IN_MEMORY = 8 * 1024 * 1024
"""Bytes of an answer that are kept in memory before it is sent; more goes into a file without a name."""

AT_ONCE, PER_CLIENT = 2, 1
"""Whole reports that are made at a time in each worker, and for one client: 100,000 rows take half a minute."""

COMPLETE = 0.8
"""Completeness from which a badge is green."""

_PIECE = 64 * 1024


def install(app: Flask) -> None:
    """Gives the application its count of reports that are being made."""
    turns.install(app, "reports", "reports are being made", AT_ONCE, PER_CLIENT)


@dataclass(frozen=True)
class Subject:
    """What was checked: `title` for people, `address` of its report, `steps` that lead to it (text and href).

    `about` is the address at which something can be said of the dataset itself; empty where nothing can.
    """

    title: str
    address: str
    steps: Sequence[dict[str, str]] = ()
    about: str = ""

    def formats(self, offered: Iterable[Format], of: str = "") -> list[tuple[Format, str]]:
        """Each format with the address at which it is."""
        return [(each, f"{self.address}{of}?format={each.suffix}") for each in offered]


def report(path: Path, subject: Subject, mending: dict[str, str] | None = None) -> Response:
    """The report as a page for whoever sent the sheet, as JSON, as text, or as an sh:ValidationReport, by Accept.

    `mending` is what the form for a mended file is filled with, where one can be sent.
    """
    format = choose(REPORT)
    formats = subject.formats(REPORT)
    if format is HTML:
        page = render_template(
            "check-report.html", found=read_overview(path), subject=subject, formats=_rows(formats), mending=mending
        )
        return respond(page, HTML, formats=formats, validated=False)
    if format is TEXT:
        return respond(text(read_overview(path)), TEXT, formats=formats, validated=False)
    with _made() as file:
        if format is JSON:
            file.writelines(part.encode() for part in json_lines(read(path)))
        else:
            write_rdf(read(path), file, RdfFormat.TURTLE if format is TURTLE else RdfFormat.JSON_LD)
    return _sent(file, format, formats)


def workbook(path: Path, subject: Subject) -> Response:
    """The same sheets back as .xlsx, with their cells marked."""
    with _made() as file:
        write_workbook(read(path), file)
    response = _sent(file, WORKBOOK, ())
    name = "".join(each if each.isalnum() else "-" for each in subject.title.lower()).strip("-") or "sheet"
    response.headers.set("Content-Disposition", "attachment", filename=f"{name[:60]}-checked.xlsx")
    return response


def manager(path: Path, subject: Subject, trend: Sequence[Point] = ()) -> Response:
    """Counts, completeness and their trend, as a page, as JSON or as CSV, by Accept."""
    format = choose(SUMMARY)
    formats = subject.formats(SUMMARY, "/summary")
    found = summary(read_overview(path), trend)
    if format is JSON:
        body = json.dumps(found.json(), ensure_ascii=False, indent=1) + "\n"
    elif format is CSV:
        body = found.csv()
    else:
        body = render_template("check-summary.html", found=found, subject=subject, formats=_rows(formats), rule=RULE,
                               line=trend_line(found.trend))  # fmt: skip
    return respond(body, format, formats=formats, validated=False)


def badge(name: str, conforms: bool, share: float | None) -> Response:
    """A drawing of a line of text, to be shown on other sites: what was checked, and how complete it is (0 to 1)."""
    words = "does not conform" if not conforms else "conforms" if share is None else f"{share:.0%} complete"
    colour = "#8a1f11" if not conforms else "#0f5132" if share is None or share >= COMPLETE else "#5c4700"
    body = render_template("badge.svg", name=name, words=words, colour=colour, widths=(_wide(name), _wide(words)))
    return respond(body, SVG)


def _wide(words: str) -> int:
    """Pixels that the words take at 11 px, with some on both sides; the drawing makes them fit."""
    return round(6.6 * len(words)) + 12


def _rows(formats: Iterable[tuple[Format, str]]) -> list[tuple[str, str, str]]:
    return [(each.title, each.media_type, address) for each, address in formats if each is not HTML]


@contextmanager
def _made() -> Iterator[IO[bytes]]:
    """A file for an answer that takes long to make; it is closed where that fails. Raises TooBusy."""
    with turns.of("reports").taken(client()):
        file = _file()
        try:
            yield file
        except BaseException:
            file.close()
            raise


def _file() -> IO[bytes]:
    return SpooledTemporaryFile(IN_MEMORY)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


def _sent(file: IO[bytes], format: Format, formats: Sequence[tuple[Format, str]]) -> Response:
    """An answer sent in pieces, which counts among the large ones. Raises TooBusy."""
    response = respond(_pieces(file), format, formats=formats, validated=False)
    response.call_on_close(file.close)
    try:
        sending.count(response, client())
    except TooBusy:
        file.close()
        raise
    return response
