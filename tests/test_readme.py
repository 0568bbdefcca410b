"""What the README names exists, and the reverse: settings, verbs, make targets, files, routes."""

import re
from pathlib import Path

from flask import Flask

from kb.cli import build_parser
from kb.config import SETTINGS
from kb.intake.submission import read_submission
from kb.namespaces import HOME
from kb.protocols.check import check

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_settings_is_the_one_in_the_code() -> None:
    rows = [row for row in README.splitlines() if row.startswith("| `WHATWORKS_")]
    shown = [f"`{setting.default}`" if str(setting.default) else "empty" for setting in SETTINGS]
    assert rows == [
        f"| `{setting.variable}` | {default} | {setting.help} |"
        for setting, default in zip(SETTINGS, shown, strict=True)
    ]


def test_the_verbs_and_options_it_uses_exist() -> None:
    _, verbs = build_parser()
    used = re.findall(r"\.venv/bin/whatworks ([\w-]+)(.*)", README)
    assert used
    for verb, rest in used:
        assert verb in verbs.choices, verb
        text = verbs.choices[verb].format_help()
        for option in re.findall(r"--[\w-]+", rest):
            assert option in text or verb in ("publisher", "token"), f"{verb} {option}"


def test_its_make_targets_exist_and_are_those_of_the_tests() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make (\w+)`?", README):
        if target != "lists":
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_files_it_names_exist() -> None:
    named = set(re.findall(r"`((?:kb|web|ontology|shapes|tests|docs)/[^`{*]*?)`", README))
    assert named
    for name in named:
        name = name.replace("NN", "05")
        assert (ROOT / name).exists(), name


def test_the_routes_it_names_answer(app: Flask) -> None:
    client = app.test_client()
    routes = set(re.findall(r"http://127\.0\.0\.1:8000(/[\w/.-]+)", README))
    assert {"/protocols", "/sparql"} <= routes
    for route in routes:
        expected = 405 if route == "/mcp" else 200
        answer = client.get(route, headers={"Accept": "text/html, */*;q=0.1"}, follow_redirects=True)
        assert answer.status_code == expected, route


def test_the_file_that_it_shows_conforms(tmp_path: Path) -> None:
    blocks = re.findall(r"```turtle\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == 1
    path = tmp_path / "register.ttl"
    path.write_text(blocks[0], encoding="utf-8")
    lines = read_submission([path], genid=f"{HOME}/genid/", graph=None, seconds=20, megabytes=512).lines
    report = check(lines)
    assert report.conforms
    assert {protocol: n for protocol, n in report.focus.items() if n} == {"dp-01": 1, "dp-10": 1}
