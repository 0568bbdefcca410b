"""Takes away each defence of docs/threat-model.md in turn, in a copy of the code, and sees that the row's test fails.

    .venv/bin/python tests/without_defences.py            every row
    .venv/bin/python tests/without_defences.py A1 D7      some

Exit code 0: each test passes with its defence, in a copy too, and fails without it; 1: one does not, or the row is
wrong. A test that does not end without its defence has failed too. Some minutes; test_threat_model.py holds the table
complete at every run.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPIED = ("kb", "web", "tests", "ontology", "shapes", "docs", "bench", "pyproject.toml", "README.md", "Makefile")
SECONDS = 120
"""After which a test has failed: what it defends against is without end."""
AT_ONCE = 2

_ENDED = re.compile(r"(\d+) failed")


@dataclass(frozen=True)
class Defence:
    """A row: what is changed in which file to take the defence away, and the test that must notice."""

    row: str
    test: str
    file: str
    without: str
    instead: str


def defences() -> list[Defence]:
    """The table, in its order."""
    table = tomllib.loads((ROOT / "tests" / "defences.toml").read_text(encoding="utf-8"))
    return [Defence(row, said["test"], said["file"], said["without"], said["with"]) for row, said in table.items()]


def taken_away(defence: Defence, copy: Path) -> str:
    """What is wrong with the row when its defence is taken away in this folder; empty where its test fails, rightly."""
    path = copy / defence.file
    text = path.read_text(encoding="utf-8")
    if text.count(defence.without) != 1:
        return f"{defence.file} holds what is to be taken away {text.count(defence.without)} times"
    path.write_text(text.replace(defence.without, defence.instead), encoding="utf-8")
    ran = _ran([defence.test], copy, SECONDS)
    if ran is None:
        return ""
    code, said = ran
    if code == 0:
        return "the test passes without the defence"
    if code != 1 or not _ENDED.search(said[-1]):
        return f"the test did not run: {' '.join(said[-3:])[-300:]}"
    return ""


def not_passing(tests: list[str], copy: Path) -> list[str]:
    """What pytest says of those tests that do not pass in this folder, from which nothing was taken away.

    Else a test would count as noticing that a defence is gone which fails in any copy.
    """
    ran = _ran(sorted(set(tests)), copy, SECONDS * 5)
    if ran is None:
        return ["the tests do not end though nothing was taken away"]
    code, said = ran
    return [] if code == 0 else [line for line in said if line.startswith(("FAILED", "ERROR"))] or said[-3:]


def _ran(tests: list[str], copy: Path, seconds: float) -> tuple[int, list[str]] | None:
    """The exit code of pytest and the lines that it said; None where it did not end in time."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"tests/{each}" for each in tests)]
    environ = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        command, cwd=copy, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    ) as ran:  # fmt: skip
        try:
            said, _ = ran.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(ran.pid, signal.SIGKILL)
            return None
    return ran.returncode, said.splitlines()


@contextmanager
def copied() -> Iterator[Path]:
    """A copy of the code, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        copy.mkdir()
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".peers"))
            else:
                shutil.copy2(ROOT / name, copy / name)
        yield copy


def tried(defence: Defence) -> tuple[Defence, str]:
    """A row, and what is wrong with it."""
    with copied() as copy:
        return defence, taken_away(defence, copy)


def main(rows: list[str]) -> int:
    """Tries the rows, or all; says of each how it went."""
    wanted = [each for each in defences() if not rows or each.row in rows]
    if not wanted:
        print("no such row; docs/threat-model.md has them", file=sys.stderr)
        return 2
    with copied() as copy:
        if failed := not_passing([each.test for each in wanted], copy):
            print("with every defence in its place:", *failed, sep="\n", flush=True)
            return 1
    wrong = 0
    with ThreadPoolExecutor(AT_ONCE) as several:
        for defence, words in several.map(tried, wanted):
            wrong += bool(words)
            print(f"{defence.row:4} {'WRONG' if words else 'fails'}  {defence.test}  {words}".rstrip(), flush=True)
    print(f"{len(wanted) - wrong} of {len(wanted)} tests fail without their defence")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
