"""Tables: every kind of cell becomes the terms that docs/tables.md promises, and what is wrong is said with its cell.

Cases are folders in tests/intake/tables/: `pass-…` holds tables and the triples expected (expected.nt, sorted),
`fail-…` tables and a part of the message (expected.txt). To write the triples again, and then read the difference:
    python -m tests.test_table
"""

import csv
import re
from pathlib import Path

import pytest

from kb.errors import BadInput
from kb.intake.sheet import LONGEST
from kb.intake.submission import read_submission
from kb.protocols.check import check
from kb.vocabulary import terms

DOCUMENT = Path(__file__).parent.parent / "docs" / "tables.md"
CASES = Path(__file__).parent / "intake" / "tables"
BASE = "https://a.example"


def read(folder: Path) -> list[bytes]:
    genid = f"{BASE}/.well-known/genid/"
    paths = sorted(folder.glob("*.csv"))
    return read_submission(paths, genid=genid, graph=None, seconds=20, megabytes=512, base=BASE).lines


@pytest.mark.parametrize("folder", sorted(CASES.glob("pass-*")), ids=lambda path: path.name)
def test_a_table_becomes_the_expected_triples(folder: Path) -> None:
    expected = (folder / "expected.nt").read_bytes().splitlines()
    assert expected
    assert read(folder) == expected


@pytest.mark.parametrize("folder", sorted(CASES.glob("fail-*")), ids=lambda path: path.name)
def test_what_is_wrong_is_said_with_its_cell(folder: Path) -> None:
    with pytest.raises(BadInput) as raised:
        read(folder)
    message = str(raised.value)
    assert (folder / "expected.txt").read_text(encoding="utf-8").strip() in message
    assert "\n" not in message
    assert str(folder) in message


def test_every_case_passes_or_fails() -> None:
    assert all(path.name.startswith(("pass-", "fail-")) for path in CASES.iterdir())


def test_a_table_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"claim\.csv: no such file"):
        read_submission([tmp_path / "claim.csv"], genid=BASE, graph=None, seconds=20, megabytes=512)


def test_a_table_and_turtle_are_one_submission(tmp_path: Path) -> None:
    (tmp_path / "claim.csv").write_text("Identifier,Name\na,b\n", encoding="utf-8")
    (tmp_path / "more.ttl").write_text("<https://a.example/x> a <https://a.example/T> .", encoding="utf-8")
    paths = [tmp_path / "claim.csv", tmp_path / "more.ttl"]
    lines = read_submission(paths, genid=BASE, graph=None, seconds=20, megabytes=512).lines
    assert sum(b"/id/claim/a>" in line for line in lines) == 3
    assert any(line.startswith(b"<https://a.example/x>") for line in lines)


def test_an_outline_may_be_long_and_a_cell_has_an_end(tmp_path: Path) -> None:
    path = tmp_path / "geometry.csv"
    path.write_text(f'Identifier,Coordinates (WKT)\na,"{"0.5 51.2," * 50_000}"\n', encoding="utf-8")
    assert any(len(line) > 400_000 for line in read(tmp_path))
    path.write_text(f"Identifier,Coordinates (WKT)\na,{'x' * (LONGEST + 1)}\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"geometry\.csv, row 2: a cell has more than 10,000,000 characters"):
        read(tmp_path)


def test_one_record_in_two_files_is_refused(tmp_path: Path) -> None:
    paths = [tmp_path / folder / "claim.csv" for folder in ("one", "two")]
    for path in paths:
        path.parent.mkdir()
        path.write_text("Identifier,Name\na,b\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"two/claim\.csv, row 2, Identifier: its address is claim/a, as is that of "):
        read_submission(paths, genid=BASE, graph=None, seconds=20, megabytes=512)


def test_a_folder_named_like_a_table_is_said(tmp_path: Path) -> None:
    (tmp_path / "claim.csv").mkdir()
    with pytest.raises(BadInput, match=r"claim\.csv: is a folder; name the files in it"):
        read(tmp_path)


def test_every_property_says_what_its_cells_hold() -> None:
    assert [each.label for each in terms() if each.kind == "property" and not each.ranges] == []


@pytest.fixture
def example(tmp_path: Path) -> list[Path]:
    """The files that docs/tables.md shows, written down."""
    text = DOCUMENT.read_text(encoding="utf-8")
    shown = re.findall(r"`([a-z]+\.(?:csv|ttl))`[^`\n]*:\n\n```\w+\n(.*?)```", text, re.DOTALL)
    for name, content in shown:
        (tmp_path / name).write_text(content, encoding="utf-8")
    return [tmp_path / name for name, _ in shown]


def conforms(paths: list[Path]) -> bool:
    base = "https://data.swale.example"
    return check(read_submission(paths, genid=BASE, graph=None, seconds=20, megabytes=512, base=base).lines).conforms


def test_the_documented_example_conforms(example: list[Path]) -> None:
    assert [path.name for path in example] == ["lesson.csv", "source.csv", "dataset.ttl"]
    assert conforms(example)


def test_the_documented_example_lacks_no_column_and_says_which_are_needed(example: list[Path]) -> None:
    headings, lesson = csv.reader(example[0].read_text(encoding="utf-8").splitlines())
    needed = re.search(r"a lesson must have (.*?), and a source", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert needed
    for without in headings[1:]:
        kept = [place for place, heading in enumerate(headings) if heading != without]
        with example[0].open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([row[place] for place in kept] for row in (headings, lesson))
        assert conforms(example) == (f"`{without}`" not in needed[1]), without


if __name__ == "__main__":
    for case in sorted(CASES.glob("pass-*")):
        (case / "expected.nt").write_bytes(b"".join(line + b"\n" for line in read(case)))
