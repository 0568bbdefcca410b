"""Every result of a check comes to the cell of a sheet, and what is said there is what its reader needs."""

from functools import cache
from pathlib import Path

import pytest
from shape_cases import read_case
from written_sheet import WrittenSheets, written

from kb.mapping.cell_report.findings import NOWHERE, CellReport
from kb.mapping.cell_report.found import cell_report
from kb.protocols import catalogue, check
from kb.protocols.report import Report

PROTOCOLS = [each.id for each in catalogue.protocols()]
CASES = Path(__file__).parent / "shapes"


@cache
def cases(protocol: str) -> tuple[Report, WrittenSheets]:
    """All cases of a protocol, checked as one submission, and written down as sheets."""
    lines = sorted({line for path in sorted((CASES / protocol).glob("*.ttl")) for line in read_case(path).lines})
    return check.check(lines, protocols=[protocol]), written(protocol, lines)


@cache
def reported(protocol: str) -> CellReport:
    report, sheets = cases(protocol)
    return cell_report(report, sheets, (), sheets.sources)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_result_of_the_cases_has_its_cell(protocol: str) -> None:
    found = reported(protocol)
    nowhere = [result for result, cells in found.located if any(cell.sheet == NOWHERE for cell in cells)]
    assert nowhere == []
    assert len(list(found.located)) == len(cases(protocol)[0].results) > 0
