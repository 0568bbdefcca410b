"""How complete a dataset is, from the sheet that is sent to the badge of its release."""

import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import openpyxl
import pytest
import rdflib
from publishing_site import Site, publishing_site
from rdflib.namespace import SH

from kb.mapping.cell_report.stored import NAME
from kb.namespaces import PREFIXES
from kb.store import releases
from kb.store.completeness import SUMMARY, trend

BUILDINGS = "/api/datasets/kent/buildings/submissions"
BODY = "kent"
HEAD = "Identifier,Name,Reporting body,Postcode,Tenure,Condition\n"
FIRST = HEAD + f"1,Old hall,{BODY},CT9 1RE,Freehold,\n2,,{BODY},CT9 1RE,Feu duty,\n"
SECOND = HEAD + f"1,Old hall,{BODY},CT9 1RE,Freehold,B\n2,New hall,{BODY},CT9 1RE,Freehold,\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return publishing_site(tmp_path / "data")


def sent(site: Site, table: str) -> str:
    """The address of a submission that has been read by the mapping that is proposed, and checked."""
    form = {"file": (io.BytesIO(table.encode()), "buildings.csv"), "protocol": "dp-01"}
    answer = site.client().post(BUILDINGS, data=form, headers=site.by("kent"))
    assert answer.status_code == 201, answer.text
    site.work()
    place = answer.headers["Location"]
    assert site.client().get(place, headers=site.by("kent")).json["state"] == "checked"
    return place


def get(site: Site, path: str, accept: str = "*/*", by: str = "kent"):
    return site.client().get(path, headers=site.by(by) | {"Accept": accept}, buffered=True)


def test_the_report_of_a_sheet_has_its_cells_in_every_voice(site: Site) -> None:
    place = sent(site, FIRST)
    told = json.loads(get(site, f"{place}/report", "application/json").data)
    assert not told["conforms"]
    assert ("must", "B3", "Name") in {(each["level"], each["cell"], each["heading"]) for each in told["findings"]}
    graph = rdflib.Graph().parse(data=get(site, f"{place}/report", "text/turtle").data, format="turtle")
    in_cells = set(graph.subjects(rdflib.URIRef(PREFIXES["ww"] + "cell")))
    of_records = {each for each, focus in graph.subject_objects(SH.focusNode) if "/id/asset/" in focus}
    assert of_records
    assert of_records <= in_cells
    book = openpyxl.load_workbook(io.BytesIO(get(site, f"{place}/report.xlsx").data))
    assert book["buildings"]["B3"].comment.text.startswith("Must: ")
    figures = json.loads(get(site, f"{place}/report/summary", "application/json").data)
    assert [each["label"] for each in figures["trend"]] == ["Sent, not published"]
    assert get(site, f"{place}/report", by="surrey").status_code == 404
    assert get(site, f"{place}/report.xlsx", by="surrey").status_code == 404
    assert get(site, f"{place}/report/summary", by="surrey").status_code == 404


def test_a_release_keeps_how_complete_it_is_and_shows_it_as_a_badge(site: Site) -> None:
    assert site.client().get("/datasets/kent/buildings/badge.svg").status_code == 404
    sent(site, FIRST)
    place = sent(site, SECOND)
    assert site.client().post(f"{place}/publish", headers=site.by("kent")).status_code == 202
    site.work()
    release = releases.read(site.folder, "kent", "buildings", 1)
    assert SUMMARY in release.files
    assert NAME not in release.files, "the cells stay with the submission"
    kept = (releases.path_of(site.folder, "kent", "buildings", 1) / SUMMARY).read_text(encoding="utf-8")
    assert "Old hall" not in kept
    share = json.loads(kept)["completeness"]
    drawing = ET.fromstring(site.client().get("/datasets/kent/buildings/badge.svg").data)
    assert drawing.get("aria-label") == f"buildings: {share:.0%} complete"
    sent(site, SECOND.replace("New hall,", "Newer hall,").replace("Freehold,\n", "Freehold,A\n"))
    points = trend(site.folder, "kent", "buildings")
    assert sorted(each.label for each in points) == ["Release 1", "Sent, not published", "Sent, not published"]
    assert [each.when for each in points] == sorted(each.when for each in points)
    first, last = (each.completeness for each in points if "Sent" in each.label)
    assert first < share < last
