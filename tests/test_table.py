"""Tables: every kind of cell becomes the terms that docs/tables.md promises, and what is wrong is said with its cell.

Cases are folders in tests/intake/tables/: `pass-…` holds tables and the triples expected (expected.nt, sorted),
`fail-…` tables and a part of the message (expected.txt). To write the triples again, and then read the difference:
    python -m tests.test_table
"""

from pathlib import Path

import pytest

from kb.errors import BadInput
from kb.intake.submission import read_submission

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


if __name__ == "__main__":
    for case in sorted(CASES.glob("pass-*")):
        (case / "expected.nt").write_bytes(b"".join(line + b"\n" for line in read(case)))
