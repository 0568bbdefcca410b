"""Files of all kinds that become grids, or are refused in words: cases in tests/intake/spreadsheets."""

import io
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from absent import absent
from spreadsheet_cases import CASES, case, content, said

from kb.config import load
from kb.errors import BadInput
from kb.intake.spreadsheet.limits import Limits, limits_of
from kb.intake.spreadsheet.read import read_grids
from kb.intake.spreadsheet.workbook import number

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


def zipped(**members: bytes) -> bytearray:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in members.items():
            archive.writestr(name, inside)
    return bytearray(out.getvalue())


def refusal(path: Path, limits: Limits = LIMITS) -> str:
    with pytest.raises(BadInput) as refused:
        read_grids(path, limits)
    return str(refused.value)


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    archive = zipped(assets=b"Name,Cost\nShed,5\n")
    archive[6] |= 1
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "a.zip"
    path.write_bytes(archive)
    assert refusal(path) == "a.zip: is encrypted with a password: pack it without one"


def test_an_archive_that_lies_about_sizes_is_no_way_around_the_limit(tmp_path: Path) -> None:
    """Ten megabytes that say they are ten bytes."""
    archive = zipped(assets=b"Name,Cost\n" + b"Shed,5\n" * 1_500_000)
    for begin, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = archive.index(begin) + at
        archive[place : place + 4] = (10).to_bytes(4, "little")
    path = tmp_path / "a.zip"
    path.write_bytes(archive)
    said = "a.zip, assets: is damaged or packed in a way that is not read: send it again"
    assert refusal(path, replace(LIMITS, unpacked_mb=1)) == said


def test_an_archive_of_very_many_files_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(**{f"{n}.csv": b"Name\nShed\n" for n in range(51)}))
    assert refusal(path) == "a.zip: holds 51 files, and 50 are read at once: send fewer"
    path.write_bytes(zipped(**{f"{n}.csv": b"" for n in range(2001)}))
    assert refusal(path) == "a.zip: holds 2,001 files, and 2,000 are taken: send fewer"


def test_a_workbook_of_very_many_sheets_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content({"sheets": {f"S{n}": {"rows": []} for n in range(251)}}))
    assert refusal(path) == "a.xlsx: has 251 sheets, and 250 are read: send it in parts"


def test_a_name_as_sent_has_no_folders(tmp_path: Path) -> None:
    path = tmp_path / "f3a9"
    path.write_bytes(b"Name,Cost\nShed,5\n")
    (grid,) = read_grids(path, LIMITS, name="..\\C:/up/assets.csv")
    assert grid.file == "assets.csv"


def test_rows_are_a_sequence_that_can_be_read_again() -> None:
    """They lie in the file that the child wrote, and are decoded each time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        path.write_bytes(b"Name,,Cost\n" + b"".join(b"Shed %d,,%d\n" % (n, n) for n in range(1000)))
        (grid,) = read_grids(path, LIMITS)
    assert grid.positions == (1, 3)
    assert len(grid.rows) == 1000
    assert grid.rows[-1] == (1001, ("Shed 999", "999"))
    assert grid.rows[1:3] == [(3, ("Shed 1", "1")), (4, ("Shed 2", "2"))]
    assert list(grid.rows) == list(grid.rows)
    with pytest.raises(IndexError):
        grid.rows[1000]


def test_a_program_of_the_sender_is_not_run(tmp_path: Path) -> None:
    """Formulas are never worked out: what is read is what was saved with them."""
    path = tmp_path / "a.xlsx"
    described = {"sheets": {"A": {"rows": [["Name", "Cost"], ["Shed", '=WEBSERVICE("http://127.0.0.1:9/")']]}}}
    path.write_bytes(content(described))
    (grid,) = read_grids(path, LIMITS)
    assert list(grid.rows) == [(2, ("Shed", ""))]


def test_limits_are_those_of_the_settings() -> None:
    settings = load({"WHATWORKS_UPLOAD_MB": "7", "WHATWORKS_UPLOAD_CELLS": "9", "WHATWORKS_READING_MB": "500"})
    assert limits_of(settings) == Limits(megabytes=7, cells=9, memory_mb=500)
    assert limits_of(load({})) == Limits()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (100012797623.0, "100012797623"),
        (0.1 + 0.2, "0.3"),
        (-0.5, "-0.5"),
        (1e-7, "0.0000001"),
        (123456789012345678.0, "123456789012346000"),
        (1e300, "1e+300"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_have_the_digits_that_they_need(value: float, text: str) -> None:
    assert number(value) == text


def test_every_published_table_has_a_case() -> None:
    if not DATA.exists():
        absent("the published data, shared/data beside this checkout,")
    ends = {".csv", ".tsv", ".xlsx", ".xls", ".ods", ".geojson", ".zip", ".json"}
    tables = {str(path.relative_to(DATA)) for path in DATA.rglob("*") if path.suffix in ends}
    assert tables <= {case(path)["source"] for path in CASES.glob("published/*.toml")}
