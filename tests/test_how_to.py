"""The worked changes of docs/how-to are made to a copy of the repository, and their commands run there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from guide import ROOT, blocks

from kb.store.folder import DataFolder

PAGES = ("add-a-class", "add-a-protocol", "add-a-question", "add-a-page")
"""In the order in which they can be made: a protocol needs its class."""

ON_WHAT_SHIPS = "add-a-question"
"""The page whose commands ask the knowledge that ships."""

LEFT_BEHIND = (".git", ".venv*", ".cache", ".artefacts", ".*_cache", "__pycache__", "data", "*.egg-info")
BIN = Path(sys.executable).parent
STEP = re.compile(
    r"^\*\*New file\*\* `(?P<new>[^`]+)`\n\n```\w+\n(?P<content>.*?)^```"
    r"|^\*\*In\*\* `(?P<file>[^`]+)` \*\*below\*\* `(?P<line>[^`]+)`\n\n```\w+\n(?P<added>.*?)^```"
    r"|^\*\*In\*\* `(?P<in>[^`]+)` \*\*replace\*\* `(?P<old>[^`]+)` \*\*with\*\* `(?P<with>[^`]+)`$",
    re.DOTALL | re.MULTILINE,
)


def page(name: str) -> str:
    return (ROOT / "docs" / "how-to" / f"{name}.md").read_text(encoding="utf-8")


def change(copy: Path, text: str) -> int:
    """Makes the change that a page shows; the number of its steps."""
    steps = [match.groupdict() for match in STEP.finditer(text)]
    for step in steps:
        if step["new"]:
            path = copy / step["new"]
            assert not path.exists(), path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step["content"], encoding="utf-8")
        elif step["file"]:
            rewrite(copy / step["file"], f"{step['line']}\n", f"{step['line']}\n{step['added']}")
        else:
            rewrite(copy / step["in"], step["old"], step["with"])
    return len(steps)


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} has {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")


def commands(text: str) -> list[str]:
    return [line for block in blocks(text, "sh") for line in block.splitlines()]


def run(copy: Path, data: Path, line: str) -> str:
    here = line.replace(".venv/bin/", f"{BIN}/")
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONPATH": str(copy), "WHATWORKS_DATA": str(data)}
    environment |= {name: os.environ[name] for name in ("CI", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        here, shell=True, cwd=copy, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, f"{line}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def changed(shipped_folder: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with every change made, after all commands but those that test."""
    folder = tmp_path_factory.mktemp("how-to")
    copy = Path(shutil.copytree(ROOT, folder / "main", ignore=shutil.ignore_patterns(*LEFT_BEHIND)))
    (ROOT / ".cache").mkdir(exist_ok=True)
    (copy / ".cache").symlink_to(ROOT / ".cache")  # else axe-core would be fetched anew
    for name in PAGES:
        assert change(copy, page(name)) >= 1
    empty = copy.parent / "data"
    said = {}
    for name in PAGES:
        for line in commands(page(name)):
            if " -m " not in line:
                said[line] = run(copy, shipped_folder.root if name == ON_WHAT_SHIPS else empty, line)
    assert any("Link to the work that was looked into." in each for each in said.values())
    run(copy, empty, ".venv/bin/python -m tests.reference")
    return copy


def test_the_tests_that_the_pages_name_pass_after_their_changes(changed: Path) -> None:
    chosen = []
    for name in PAGES:
        [line] = [line for line in commands(page(name)) if " pytest " in line]
        chosen += [word for word in shlex.split(line) if word.startswith("tests/")]
    files = dict.fromkeys(each for each in chosen if "::" not in each)
    nodes = (each for each in chosen if each.partition("::")[0] not in files)
    tests = " ".join(map(shlex.quote, dict.fromkeys((*files, *nodes))))
    said = run(changed, changed.parent / "data", f".venv/bin/python -m pytest -q -p no:cacheprovider {tests}")
    assert " passed" in said
    assert "failed" not in said


def test_every_page_shows_files_lines_and_tests() -> None:
    for path in (ROOT / "docs" / "how-to").glob("add-*.md"):
        assert path.stem in PAGES, f"{path.name} is not followed"
        text = path.read_text(encoding="utf-8")
        assert len(re.findall(r"^\*\*(?:New file|In)\*\*", text, re.MULTILINE)) == len(list(STEP.finditer(text)))
