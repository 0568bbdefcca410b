"""The monthly report: what is counted, by whom, and how it reads."""

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from test_access_log import visit

from kb.errors import BadInput, NotFound
from kb.operations import usage, usage_report
from kb.operations.access_log import AccessLog, Visit
from kb.operations.page_names import page_names
from kb.operations.usage import usage_of
from kb.store.folder import DataFolder
from web.cli import main

QUESTION = {"page": "questions.one_question", "path": "/questions/lessons-by-stage"}
VISITS = (
    *[visit()] * 3,
    visit(status=304, from_site="www.example.org", milliseconds=900),
    visit(path="/doc/pilot/kent.ttl", client="program"),
    visit(client="bot"),
    visit(page="home.home", path="/"),
    visit(page="search.search", path="/search"),
    visit(page="search.suggest", path="/search/suggest"),
    visit(page="static", path="/static/site.css"),
    visit(page="none", path="-", status=404),
    visit(page="none", path="-", status=404, client="bot"),
    visit(**QUESTION, query="answered"),
    visit(**QUESTION, query="repeated", client="program"),
    visit(page="sparql.endpoint", path="/sparql", client="program", query="stopped", status=503),
    visit(page="sparql.endpoint", path="/sparql", client="program", query="malformed", status=400),
    visit(page="places.all_places", path="/places", status=500),
    visit(page="dumps.dump", path="/dumps/000001-00000000/all.nq.gz", client="program"),
    visit(page="contributing.take", path="/contribute", method="POST", status=303),
    visit(page="health.ready", path="/readyz", client="program", status=503),
)


def written(root: Path, visits: tuple[Visit, ...] = VISITS) -> DataFolder:
    folder = DataFolder(root)
    AccessLog(folder, 13).write(visits)
    return folder


def test_what_is_counted(tmp_path: Path) -> None:
    found = usage_of(written(tmp_path), "2026-11")
    assert found.pages == Counter({"/doc/pilot/kent": 4, "/": 1, "/search": 1, "/questions/lessons-by-stage": 1})
    assert found.questions == Counter({"/questions/lessons-by-stage": 2})
    assert found.queries == Counter({"answered": 1, "repeated": 1, "stopped": 1, "malformed": 1})
    assert found.downloads == Counter({"all.nq.gz": 1})
    assert found.failures == Counter({"places.all_places": 1})
    assert found.sites == Counter({"www.example.org": 1})
    assert (found.searches, found.not_found, found.contributions) == (1, 1, 1)
    assert found.requests == Counter({"person": 12, "program": 5, "bot": 2})
    assert found.slow(0.5) == pytest.approx(0.0015)
    assert found.slow(0.99) == pytest.approx(0.9)


def test_the_types_of_pages_that_it_names_exist(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()} | {"none"}
    named = (*usage.SEARCHES, *usage.QUESTIONS, *usage.DOWNLOADS, *usage.TEMPLATES, *usage.CONTRIBUTIONS)
    assert {*named, *usage.SUBMISSIONS} <= endpoints
    for start in usage.NOT_READ:
        assert any(each.startswith(start) for each in endpoints), start


def test_the_report_reads_as_text_table_and_object(tmp_path: Path) -> None:
    found = usage_of(written(tmp_path), "2026-11")
    names = {"/doc/pilot/kent": "=Kent", "/": "Home page"}
    text = usage_report.as_text(found, names)
    assert "How the site was used in November 2026" in text
    assert "        4  =Kent  /doc/pilot/kent" in text
    assert "places.all_places" in text
    rows = list(csv.reader(io.StringIO(usage_report.as_csv(found, names))))
    assert ["2026-11", "pages_read", "/doc/pilot/kent", "'=Kent", "4"] in rows
    assert {len(row) for row in rows} == {5}
    said = json.loads(usage_report.as_json(found, names))
    assert (said["pages_read"]["/doc/pilot/kent"], said["names"]["/"]) == (4, "Home page")


def test_no_cell_of_the_report_is_a_formula(tmp_path: Path) -> None:
    strange = (visit(from_site="-2+3.example"), visit(path="=HYPERLINK(1)"), visit(page="@sum", status=500))
    found = usage_of(written(tmp_path, strange), "2026-11")
    rows = list(csv.reader(io.StringIO(usage_report.as_csv(found, {}))))
    assert {"'-2+3.example", "'=HYPERLINK(1)", "'@sum"} <= {row[2] for row in rows}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_pages_are_named_as_the_snapshot_names_them(shipped_site: Flask) -> None:
    store = shipped_site.extensions["reader"].snapshots.current().store
    paths = ("/doc/pilot/kent", "/questions/lessons-by-stage", "/class/Pilot", "/evidence-map", "/", "/doc/none/none")
    names = page_names(paths, store)
    assert names["/doc/pilot/kent"] == "Kent Total Place pilot"
    assert "tage" in names["/questions/lessons-by-stage"]
    assert names["/questions/lessons-by-stage"] != "Questions/lessons by stage"
    assert names["/class/Pilot"].startswith("All of the kind: ")
    assert (names["/evidence-map"], names["/"]) == ("Evidence map", "Home page")
    assert page_names(["/doc/none/none"], None) == {"/doc/none/none": names["/doc/none/none"]}


def test_a_month_that_is_none_or_was_not_written_down(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="WHATWORKS_ACCESS_LOG"):
        usage_of(DataFolder(tmp_path))
    folder = written(tmp_path, (visit("2026-09-30"), visit("2026-10-02")))
    assert usage_of(folder).month == "2026-10"
    with pytest.raises(NotFound, match="2026-09, 2026-10"):
        usage_of(folder, "2026-01")
    for wrong in ("November", "2026-13", "../state", "2026-11-01"):
        with pytest.raises(BadInput, match="not a month"):
            usage_of(folder, wrong)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path)
    for given, words in (([], "People read 7 pages"), (["--format", "csv"], "month,what"), (["--format", "json"], "{")):
        assert main(["usage", "--data", str(tmp_path), *given]) == 0
        assert words in capsys.readouterr().out
    assert main(["usage", "--data", str(tmp_path), "--month", "2025-01"]) == 2
