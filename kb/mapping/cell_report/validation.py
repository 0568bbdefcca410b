"""The machine's voice: an sh:ValidationReport (SHACL §3.6) whose results say in which cell each stands, and JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from io import BytesIO
from typing import IO, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, serialize

from kb.mapping.cell_report.findings import NOWHERE, Cell, CellReport, Finding, Word
from kb.mapping.cell_report.overview import Overview, overview
from kb.namespaces import PREFIXES, expand
from kb.protocols.report import SH, Severity, properties

SEVERITIES: dict[Word, Severity] = {
    "must": Severity.VIOLATION, "should": Severity.WARNING, "may": Severity.INFO, "note": Severity.INFO,
}  # fmt: skip
USED = {prefix: PREFIXES[prefix] for prefix in ("rdf", "sh", "ww", "wws", "xsd")}

_TYPE = NamedNode(expand("rdf:type"))
Node = NamedNode | BlankNode | Literal


def write_rdf(report: CellReport, target: IO[bytes], format: RdfFormat = RdfFormat.TURTLE) -> None:
    """Writes the report as RDF, result by result; the same report always gives the same bytes.

    All results of the check are in it, each with its cells (`ww:cell`), and as `ww:cellProblem` what could not be read
    and so was never checked. `sh:conforms` is by this project's rule: a warning doesn't count against it.
    """
    if format == RdfFormat.TURTLE:
        serialize(_quads(report), _InOrder(target), format=format, prefixes=USED)
    else:
        serialize(_quads(report), target, format=format)


class _InOrder(BytesIO):
    """Puts the prefixes of Turtle in order, since the serialiser begins with them in any; passes on the rest."""

    def __init__(self, target: IO[bytes]) -> None:
        super().__init__()
        self.target, self.begun = target, False

    def write(self, data: Any) -> int:
        """Holds back what comes before the first line that is no prefix."""
        if self.begun:
            return self.target.write(data)
        written = super().write(data)
        if b"\n_:" in self.getvalue():
            lines = self.getvalue().splitlines(keepends=True)
            head = sum(line.startswith(b"@prefix") for line in lines)
            self.target.write(b"".join([*sorted(lines[:head]), b"\n", *lines[head:]]))
            self.begun = True
        return written


def _quads(report: CellReport) -> Iterator[Quad]:
    root, cells = BlankNode("report"), _Cells(report)
    yield Quad(root, _TYPE, NamedNode(SH + "ValidationReport"))
    yield Quad(root, NamedNode(SH + "conforms"), Literal(report.conforms))
    for number, (result, places) in enumerate(report.located, 1):
        node = BlankNode(f"result{number}")
        yield Quad(root, NamedNode(SH + "result"), node)
        yield Quad(node, _TYPE, NamedNode(SH + "ValidationResult"))
        for name, value in properties(result):
            yield Quad(node, NamedNode(SH + name), value)
        for place in places:
            if place.sheet != NOWHERE:
                yield from cells.quads(node, place)
    unread = [group for group in report.groups if not report.rules[group.rule].shape]
    numbers = (group.sheet for group in unread for _ in range(len(group)))
    for number, (sheet, finding) in enumerate(zip(numbers, report.findings(unread), strict=True), 1):
        node = BlankNode(f"problem{number}")
        yield Quad(root, NamedNode(expand("ww:cellProblem")), node)
        yield Quad(node, _TYPE, NamedNode(expand("ww:CellProblem")))
        yield Quad(node, NamedNode(SH + "resultSeverity"), NamedNode(SH + SEVERITIES[finding.rule.level].value))
        yield Quad(node, NamedNode(SH + "resultMessage"), Literal(finding.sentence))
        if finding.value.suggestion:
            yield Quad(node, NamedNode(expand("ww:suggestion")), Literal(finding.value.suggestion))
        if sheet != NOWHERE:
            place = Cell(sheet, finding.row or NOWHERE, finding.column, finding.heading, finding.value.written)
            yield from cells.quads(node, place)


class _Cells:
    """Writes cells, each under a name of its own."""

    def __init__(self, report: CellReport) -> None:
        self.report, self.number = report, 0

    def quads(self, subject: BlankNode, cell: Cell) -> Iterator[Quad]:
        self.number += 1
        node = BlankNode(f"cell{self.number}")
        yield Quad(subject, NamedNode(expand("ww:cell")), node)
        sheet = self.report.sheets[cell.sheet]
        said: list[tuple[str, Node | None]] = [
            ("rdf:type", NamedNode(expand("ww:Cell"))),
            ("ww:fileName", Literal(sheet.file)),
            ("ww:sheetName", Literal(sheet.name) if sheet.name else None),
            ("ww:rowNumber", Literal(cell.row) if cell.row != NOWHERE else None),
            ("ww:columnNumber", Literal(cell.column) if cell.column else None),
            ("ww:columnHeading", Literal(cell.heading) if cell.heading else None),
            ("ww:writtenValue", Literal(cell.written) if cell.written else None),
        ]
        for name, value in said:
            if value is not None:
                yield Quad(node, NamedNode(expand(name)), value)


def json_lines(report: CellReport) -> Iterator[str]:
    """The report as one JSON document, in parts: the overview, and every finding with its cell."""
    head = json.dumps(head_json(overview(report)), ensure_ascii=False, indent=1)
    yield head.removesuffix("\n}") + ',\n "findings": ['
    comma = "\n"
    for finding in report.findings():
        yield comma + json.dumps(_finding(finding), ensure_ascii=False)
        comma = ",\n"
    yield "\n ]\n}\n"


def head_json(found: Overview) -> dict[str, Any]:
    """What the report says before its findings: verdict, counts, sheets, completeness."""
    return {
        "conforms": found.conforms,
        "counts": dict(found.counts),
        "sheets": [{"file": each.file, "sheet": each.name, "rows": each.count} for each in found.sheets],
        "completeness": found.completeness,
        "fields": [asdict(each) for each in found.fields],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    sheet, rule = finding.sheet, finding.rule
    cell = f"{finding.letter}{finding.row}" if finding.letter and finding.row else None
    return {
        "level": rule.level,
        "file": sheet.file if sheet else None,
        "sheet": sheet.name if sheet else None,
        "row": finding.row,
        "column": finding.letter or None,
        "cell": cell,
        "heading": finding.heading,
        "field": rule.field,
        "value": finding.value.written,
        "sentence": finding.sentence,
        "suggestion": finding.value.suggestion,
        "shape": rule.shape or None,
    }
