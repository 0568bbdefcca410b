"""The command, run as a person runs it: a process, its exit code, its two streams."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kb.cli import build_parser

CASES = Path(__file__).parent / "shapes" / "dp-05"
CONFORMING = next(CASES.glob("pass-full*.ttl"))
VIOLATING = next(path for path in sorted(CASES.glob("fail-*.ttl")) if " Violation " in path.read_text(encoding="utf-8"))


def whatworks(*arguments: object, data: Path | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WHATWORKS_")}
    if data is not None:
        environment["WHATWORKS_DATA"] = str(data)
    command = [sys.executable, "-c", "import sys; from web.cli import main; sys.exit(main())", *map(str, arguments)]
    return subprocess.run(command, env=environment, input=stdin, capture_output=True, text=True, timeout=120)


def published(data: Path) -> Path:
    assert whatworks("publisher", "add", "swale", "--base", "https://data.swale.example", data=data).returncode == 0
    done = whatworks("publish", CONFORMING, "--publisher", "swale", "--dataset", "money", data=data)
    assert done.returncode == 0, done.stderr
    return data


def test_every_verb_has_help_that_states_its_defaults() -> None:
    _, verbs = build_parser()
    assert set(verbs.choices) == {
        "check", "publish", "query", "publisher", "releases", "rollback", "snapshots", "rebuild",
    }  # fmt: skip
    for name, parser in verbs.choices.items():
        assert parser.description, name
        for action in parser._actions:
            assert action.help or action.choices, f"{name} {action.dest}"
    assert "default: WHATWORKS_DATA, else data" in " ".join(verbs.choices["publish"].format_help().split())


@pytest.mark.parametrize(("path", "code"), [(CONFORMING, 0), (VIOLATING, 1)])
def test_check_says_by_its_exit_code_whether_a_file_conforms(path: Path, code: int) -> None:
    checked = whatworks("check", path, "--protocol", "dp-05")
    assert checked.returncode == code, checked.stderr
    assert checked.stdout.startswith("Conforms" if code == 0 else "Does not conform")


def test_check_gives_its_report_as_json_and_as_turtle() -> None:
    report = json.loads(whatworks("check", VIOLATING, "--format", "json").stdout)
    assert report["conforms"] is False
    assert "sh:ValidationReport" in whatworks("check", VIOLATING, "--format", "turtle").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "no-such.ttl"), "no-such.ttl"),
        (("check", CONFORMING, "--protocol", "dp-99"), "dp-99"),
        (("publish", CONFORMING, "--publisher", "nobody", "--dataset", "money"), "publisher add"),
        (("query", "no-such.rq"), "no-such.rq"),
        (("snapshots",), ""),
    ],
)
def test_bad_input_is_one_line_on_standard_error_and_exit_2(
    arguments: tuple[object, ...], words: str, tmp_path: Path
) -> None:
    refused = whatworks(*arguments, data=tmp_path / "data")
    if arguments == ("snapshots",):
        assert (refused.returncode, refused.stdout) == (0, "")
        return
    assert refused.returncode == 2
    assert words in refused.stderr
    assert refused.stderr.startswith("whatworks: ")
    assert refused.stderr.count("\n") == 1


def test_publish_query_roll_back_and_rebuild(tmp_path: Path) -> None:
    data = published(tmp_path / "data")
    again = whatworks("publish", CONFORMING, "--publisher", "swale", "--dataset", "money", data=data)
    assert "nothing was released" in again.stdout

    changed = tmp_path / "changed.ttl"
    changed.write_text(CONFORMING.read_text(encoding="utf-8").replace('"@en', ' (revised)"@en', 1), encoding="utf-8")
    assert whatworks("publish", changed, "--publisher", "swale", "--dataset", "money", data=data).returncode == 0
    rolled = whatworks("rollback", "--publisher", "swale", "--dataset", "money", "--to", "1", data=data)
    assert rolled.returncode == 0, rolled.stderr
    listed = whatworks("releases", data=data).stdout.splitlines()
    assert [line.split("\t")[2] for line in listed] == ["1", "2", "3"]
    assert listed[2].endswith("rollback")

    count = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH <https://data.swale.example/id/graph/money> { ?s ?p ?o } }"
    before = whatworks("query", "-", "--format", "json", data=data, stdin=count).stdout
    assert whatworks("rebuild", data=data).returncode == 0
    assert whatworks("query", "-", "--format", "json", data=data, stdin=count).stdout == before
    assert "*" in whatworks("snapshots", data=data).stdout


def test_a_violating_publication_prints_its_report_and_changes_nothing(tmp_path: Path) -> None:
    data = published(tmp_path / "data")
    refused = whatworks("publish", VIOLATING, "--publisher", "swale", "--dataset", "money", data=data)
    assert refused.returncode == 1
    assert "Does not conform" in refused.stdout
    assert refused.stderr.count("\n") == 1
    assert len(whatworks("releases", data=data).stdout.splitlines()) == 1


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    data = published(tmp_path / "data")
    whatworks("publish", CASES.parent / "dp-05" / CONFORMING.name, "--publisher", "swale", "--dataset", "other",
              "--dry-run", data=data)  # fmt: skip
    assert len(whatworks("releases", data=data).stdout.splitlines()) == 1


def test_a_query_that_is_malformed_says_where(tmp_path: Path) -> None:
    data = published(tmp_path / "data")
    refused = whatworks("query", "-", data=data, stdin="SELECT ?s\nWHERE { ?s ?p }")
    assert refused.returncode == 2
    assert "line 2" in refused.stderr
