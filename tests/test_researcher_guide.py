"""docs/researcher.md is followed literally: the blocks of each language are one session with a real site."""

import re
import shutil
import sys
from pathlib import Path

import pytest
from absent import absent
from flask import Flask
from guide import ROOT, blocks, run

GUIDE = (ROOT / "docs" / "researcher.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def data(shipped_site: Flask, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the data folder of the site, in which a snapshot may be pinned."""
    there = shipped_site.config["SETTINGS"].data
    return Path(shutil.copytree(there, tmp_path_factory.mktemp("researcher") / "data", symlinks=True))


def test_curl_and_the_command(shipped_address: str, data: Path, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        absent("curl")
    found = blocks(GUIDE, "sh")
    assert len(found) == 7
    done = run(["sh", "-eu"], "curl() { command curl --fail --show-error --silent \"$@\"; }\n" + "".join(found),
               tmp_path, shipped_address, data)  # fmt: skip
    assert done.returncode == 0, done.stderr
    for said in ("@misc{", "SELECT ?claim", "findings-flat.csv: OK", "pinned 000001-", "unpinned", "a ww:Pilot"):
        assert said in done.stdout, said
    heads = [line for line in done.stdout.splitlines() if line.startswith("claim,kind,low")]
    assert len(heads) == 2, "by the short link, and by the command from the endpoint"


def test_python(shipped_address: str, data: Path, tmp_path: Path) -> None:
    found = blocks(GUIDE, "python")
    assert len(found) == 6
    done = run([sys.executable, "-W", "error", "-"], "\n".join(found), tmp_path, shipped_address, data)
    assert done.returncode == 0, done.stderr
    assert "findings at snapshot 000001-" in done.stdout
    assert "400 " in done.stdout
    assert "line 1" in done.stdout
    assert re.search(r"^[0-9]{4,} rows in [3-9] parts$", done.stdout, re.MULTILINE)


def test_r(shipped_address: str, data: Path, tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        absent("Rscript")
    found = blocks(GUIDE, "r")
    assert len(found) == 2
    done = run(["Rscript", "-"], "\n".join(found), tmp_path, shipped_address, data)
    assert done.returncode == 0, done.stderr
    assert "findings" in done.stdout
    assert "strength" in done.stdout
