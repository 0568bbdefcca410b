"""Takes away each defence of docs/threat-model.md in turn, in a copy of the code, and sees that the row's test fails.

    .venv/bin/python tests/without_defences.py            every row
    .venv/bin/python tests/without_defences.py A1 D7      some

Exit code 0: each test fails without its defence; 1: one passes all the same, or the row is wrong. A test that does not
end without it has failed too. Some minutes; the table is held complete by test_threat_model.py at every run.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
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
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/{defence.test}"]
    environ = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        command, cwd=copy, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    ) as ran:  # fmt: skip
        try:
            said, _ = ran.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(ran.pid, signal.SIGKILL)
            return ""
    if ran.returncode == 0:
        return "the test passes without the defence"
    if ran.returncode != 1 or not _ENDED.search(said.splitlines()[-1]):
        return f"the test did not run: {' '.join(said.splitlines()[-3:])[-300:]}"
    return ""


def tried(defence: Defence) -> tuple[Defence, str]:
    """A row, and what is wrong with it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        copy.mkdir()
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(ROOT / name, copy / name)
        return defence, taken_away(defence, copy)


def main(rows: list[str]) -> int:
    """Tries the rows, or all; says of each how it went."""
    wanted = [each for each in defences() if not rows or each.row in rows]
    if not wanted:
        print("no such row; docs/threat-model.md has them", file=sys.stderr)
        return 2
    wrong = 0
    with ThreadPoolExecutor(AT_ONCE) as several:
        for defence, words in several.map(tried, wanted):
            wrong += bool(words)
            print(f"{defence.row:4} {'WRONG' if words else 'fails'}  {defence.test}  {words}".rstrip(), flush=True)
    print(f"{len(wanted) - wrong} of {len(wanted)} tests fail without their defence")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
