"""docs/publishing.md is followed literally: its commands are run, in their order, on the register that it shows."""

import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

GUIDE = (Path(__file__).parent.parent / "docs" / "publishing.md").read_text(encoding="utf-8")
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines() if line.strip()
]


def run(line: str, folder: Path, data: Path) -> subprocess.CompletedProcess[str]:
    here = line.replace(".venv/bin/whatworks", str(Path(sys.executable).with_name("whatworks")))
    environment = {"WHATWORKS_DATA": str(data), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        here, shell=True, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, subprocess.CompletedProcess[str]]:
    """What each command answered; the row without a postcode is mended after the check, as the guide says."""
    folder = tmp_path_factory.mktemp("guide")
    register = folder / "register.csv"
    [shown] = re.findall(r"```csv\n(.*?)```", GUIDE, re.DOTALL)
    register.write_text(shown, encoding="utf-8")
    answers = {}
    for line in COMMANDS:
        answers[line] = run(line, folder, folder / "data")
        if " check " in line:
            register.write_text(shown.replace("Faversham depot,,", "Faversham depot,ME13 8ET,"), encoding="utf-8")
            workbook = openpyxl.load_workbook(folder / "marked.xlsx", read_only=True)
            assert len(workbook.sheetnames) >= 2
    return answers


def test_each_command_does_what_the_guide_says(followed: dict[str, subprocess.CompletedProcess[str]]) -> None:
    assert len(followed) >= 9
    for line, done in followed.items():
        assert done.returncode == (1 if " check " in line else 0), f"{line}\n{done.stdout}\n{done.stderr}"


def test_the_check_names_the_row_and_says_how_a_misspelling_was_read(
    followed: dict[str, subprocess.CompletedProcess[str]],
) -> None:
    [report] = [done.stdout for line, done in followed.items() if " check " in line]
    must = report.partition("Must (")[2].partition("Should (")[0]
    assert "Post code" in must
    assert "row 4" in must
    assert "Leashold" in report.partition("How it was read")[2]


def test_its_programs_name_verbs_and_options_that_exist() -> None:
    from kb.cli import build_parser

    _, verbs = build_parser()
    for verb, rest in re.findall(r"whatworks ([\w-]+) (.*)", GUIDE):
        assert verb in verbs.choices, verb
        for option in re.findall(r"--[\w-]+", rest.partition("#")[0]):
            assert option in verbs.choices[verb].format_help() or verb in ("publisher", "token"), f"{verb} {option}"
