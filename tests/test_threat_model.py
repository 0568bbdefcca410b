"""The threat model names, for every line, tests that there are, and says how each defence can be taken away."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from without_defences import COPIED, Defence, defences, not_passing, taken_away

ROOT = Path(__file__).parent.parent
MODEL = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in MODEL.splitlines()
    if re.match(r"\| [A-Z]\d+ \|", line)
]
WHO = ("anonymous reader", "bot", "publisher with a token", "hostile file", "neighbour", "harvested", "operator")


@cache
def named_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_everybody_who_may_come_is_in_it() -> None:
    headings = " ".join(re.findall(r"^## [A-Z]\. (.*)$", MODEL, re.MULTILINE)).lower()
    for who in WHO:
        assert who in headings
    assert len({row[0][0] for row in ROWS}) == len(WHO)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_line_names_a_test_that_there_is(row: tuple[str, ...]) -> None:
    number, wants, stopped, named = row
    assert number
    assert wants
    assert stopped
    found = re.findall(r"`(test_\w+\.py)::(test_\w+)`", named)
    assert found
    for file, name in found:
        assert name in named_in(file), named


def test_every_line_says_how_its_defence_is_taken_away_and_no_other() -> None:
    table = {each.row: each for each in defences()}
    assert [row[0] for row in ROWS] == list(table)
    for number, _, _, named in ROWS:
        assert f"`{table[number].test}`" in named


@pytest.mark.parametrize("defence", defences(), ids=lambda each: each.row)
def test_what_is_taken_away_is_there(defence: Defence) -> None:
    text = (ROOT / defence.file).read_text(encoding="utf-8")
    assert text.count(defence.without) == 1
    assert defence.without != defence.instead
    assert defence.file.startswith(COPIED)


def test_a_row_whose_test_passes_all_the_same_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "kb" / "__init__.py").touch()
    (tmp_path / "kb" / "wall.py").write_text("HEIGHT = 3\n", encoding="utf-8")
    tests = "from kb.wall import HEIGHT\n\ndef test_high():\n    assert HEIGHT > 2\n\ndef test_blind():\n    pass\n"
    (tmp_path / "tests" / "test_wall.py").write_text(tests, encoding="utf-8")
    blind = Defence("X1", "test_wall.py::test_blind", "kb/wall.py", "HEIGHT = 3", "HEIGHT = 1")
    assert "passes without" in taken_away(blind, tmp_path)
    seeing = Defence("X2", "test_wall.py::test_high", "kb/wall.py", "HEIGHT = 1", "HEIGHT = 2")
    assert taken_away(seeing, tmp_path) == ""
    absent = Defence("X3", "test_wall.py::test_high", "kb/wall.py", "HEIGHT = 7", "HEIGHT = 2")
    assert "0 times" in taken_away(absent, tmp_path)


def test_a_test_that_fails_in_any_copy_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    tests = "def test_sound():\n    pass\n\ndef test_fails():\n    assert False\n"
    (tmp_path / "tests" / "test_wall.py").write_text(tests, encoding="utf-8")
    assert not_passing(["test_wall.py::test_sound"], tmp_path) == []
    [said] = not_passing(["test_wall.py::test_sound", "test_wall.py::test_fails"], tmp_path)
    assert said.startswith("FAILED tests/test_wall.py::test_fails")
