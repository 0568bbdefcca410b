"""Files that nobody would send on purpose, by the hundred: only BadInput comes out, and grids are well formed."""

import io
import json
import random
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spreadsheet_cases import CASES, case, content

from kb.errors import BadInput
from kb.intake.grid import Grid
from kb.intake.spreadsheet.limits import Limits
from kb.intake.spreadsheet.process import write_grids
from kb.intake.spreadsheet.read import grids_in, read_grids

LIMITS = Limits(megabytes=5, unpacked_mb=10, rows=5_000, cells=200_000, seconds=20, memory_mb=512)
DATA = Path(__file__).parent.parent.parent / "shared" / "data"
DESCRIBED = [case(path) for path in sorted(CASES.glob("read/*.toml"))]
TEXTS = [content(each) for each in DESCRIBED if "text" in each]
WORKBOOKS = [content(each) for each in DESCRIBED if "text" not in each]
PUBLISHED = [DATA / "fire_stations" / name for name in ("stations-avon.xlsx", "stations-kent.xlsx")]
WORKBOOKS += [path.read_bytes() for path in PUBLISHED if path.exists()]
SIGNS = [bytes([byte]) for byte in b'",\t\r\n;$\x1f\0\xff\xc2\xa0{[]}:']
FUZZING = {"deadline": None, "database": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}


def mutated(raw: bytes, seed: int) -> bytes:
    """A few pieces cut out, doubled, overwritten or put in."""
    chance = random.Random(seed)
    mutant = bytearray(raw)
    for _ in range(chance.randint(1, 8)):
        at = chance.randint(0, len(mutant))
        length = chance.choice((1, 1, 2, 7, 40))
        match chance.randint(0, 4):
            case 0:
                del mutant[at : at + length]
            case 1:
                mutant[at:at] = mutant[at : at + length] * chance.choice((1, 2, 50))
            case 2:
                mutant[at : at + 1] = bytes([chance.randint(0, 255)])
            case 3:
                mutant[at:at] = chance.choice(SIGNS) * length
            case 4:
                mutant[at:] = mutant[at:][::-1] if chance.random() < 0.1 else mutant[at:]
    return bytes(mutant)


def assert_one_line(error: BadInput) -> None:
    assert str(error).isprintable()
    assert len(str(error)) < 400


def assert_well_formed(grid: Grid) -> None:
    assert len(set(grid.headings)) == len(grid.headings) == len(grid.positions)
    assert all(grid.headings)
    numbers = [number for number, _ in grid.rows]
    assert numbers == sorted(set(numbers))
    for _, cells in grid.rows:
        assert len(cells) == len(grid.headings)
        assert any(cells)
        assert all(cell == cell.strip() for cell in cells)


def read_here(raw: bytes, name: str) -> None:
    with tempfile.NamedTemporaryFile() as file, tempfile.TemporaryDirectory() as folder:
        Path(file.name).write_bytes(raw)
        out = io.BytesIO()
        try:
            write_grids(Path(file.name), name, LIMITS, Path(folder), out)
        except BadInput as error:
            assert_one_line(error)
        else:
            for grid in grids_in(memoryview(out.getvalue())):
                assert_well_formed(grid)


@settings(max_examples=600, **FUZZING)
@given(st.sampled_from(TEXTS), st.integers(0, 2**32), st.sampled_from(["a.csv", "a.json"]))
def test_mutated_texts(raw: bytes, seed: int, name: str) -> None:
    read_here(mutated(raw, seed), name)


@settings(max_examples=300, **FUZZING)
@given(st.binary(max_size=300).filter(lambda raw: not raw.startswith((b"PK", b"\xd0\xcf"))))
def test_any_bytes(raw: bytes) -> None:
    read_here(raw, "a.csv")


cells = st.text(st.characters(codec="utf-8"), max_size=8)


@settings(max_examples=150, **FUZZING)
@given(st.lists(st.lists(cells, max_size=6), max_size=8), st.sampled_from([",", "\t", ";", "|", "$"]))
def test_any_rows(rows: list[list[str]], divider: str) -> None:
    read_here("\n".join(divider.join(row) for row in rows).encode(), "a.csv")


values = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | cells, st.lists, max_leaves=5)


@settings(max_examples=80, **FUZZING)
@given(st.lists(st.dictionaries(st.sampled_from(["type", "geometry", "properties", "a", " a", ""]) | cells, values)))
def test_any_objects(objects: list[dict]) -> None:
    read_here(json.dumps(objects).encode(), "a.json")
    read_here(json.dumps({"type": "FeatureCollection", "features": objects}).encode(), "a.json")


@settings(max_examples=60, **FUZZING)
@given(st.sampled_from(WORKBOOKS), st.integers(0, 2**32))
def test_mutated_workbooks(raw: bytes, seed: int) -> None:
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(mutated(raw, seed))
        try:
            grids = read_grids(Path(file.name), LIMITS)
        except BadInput as error:
            assert_one_line(error)
        else:
            for grid in grids:
                assert_well_formed(grid)
