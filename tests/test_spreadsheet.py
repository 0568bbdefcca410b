"""Files of all kinds that become grids, or are refused in words: cases in tests/intake/spreadsheets."""

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from absent import absent
from kb.config import load
from kb.errors import BadInput
from kb.intake.spreadsheet.limits import Limits, limits_of
from kb.intake.spreadsheet.read import read_grids
from kb.intake.spreadsheet.workbook import number
from spreadsheet_cases import CASES, case, content, said

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
LIMITS = Limits(seconds=50)


def read(folder: Path, described: dict) -> list:
    path = folder / described["file"]
    path.write_bytes(content(described))
    return read_grids(path, replace(LIMITS, **described.get("limits", {})))


@pytest.mark.parametrize("path", sorted(CASES.glob("read/*.toml")), ids=lambda path: path.stem)
def test_what_is_read(path: Path, tmp_path: Path) -> None:
    described = case(path)
    found = [said(grid, all_rows=True) for grid in read(tmp_path, described)]
    expected = [{"file": described["file"], "sheet": "", "notes": [], **each} for each in described["grids"]]
    assert found == expected


@pytest.mark.parametrize("path", sorted(CASES.glob("refused/*.toml")), ids=lambda path: path.stem)
def test_what_is_refused_is_refused_in_one_line(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    described = case(path)
    empty = tmp_path / "temporary"
    empty.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(empty))
    with pytest.raises(BadInput) as refused:
        read(tmp_path, described)
    assert str(refused.value) == described["refused"]
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize("path", sorted(CASES.glob("published/*.toml")), ids=lambda path: path.stem)
def test_what_public_bodies_have_published(path: Path) -> None:
    described = case(path)
    source = DATA / described["source"]
    if not source.exists():
        absent(f"the file {described['source']} of shared/data, beside this checkout,")
    if refused := described.get("refused"):
        with pytest.raises(BadInput) as error:
            read_grids(source, LIMITS)
        assert str(error.value) == refused
    else:
        assert [said(grid, all_rows=False) for grid in read_grids(source, LIMITS)] == described["grids"]


def test_every_published_table_has_a_case() -> None:
    if not DATA.exists():
        absent("the published data, shared/data beside this checkout,")
    ends = {".csv", ".tsv", ".xlsx", ".xls", ".ods", ".geojson", ".zip", ".json"}
    tables = {str(path.relative_to(DATA)) for path in DATA.rglob("*") if path.suffix in ends}
    assert tables <= {case(path)["source"] for path in CASES.glob("published/*.toml")}
