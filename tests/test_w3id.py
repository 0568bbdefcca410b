"""The redirects at w3id.org: each identifier leads, in a real Apache, to the address at which the site tells of it."""

import csv
import http.client
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from apache import apache
from flask import Flask

from kb.namespaces import HOME

HERE = Path(__file__).parent
RULES = HERE.parent / "deploy" / "w3id"
SITE = "https://whatworks.example"
with (HERE / "w3id" / "addresses.csv").open(encoding="utf-8", newline="") as file:
    ADDRESSES = list(csv.DictReader(file))


@pytest.fixture(scope="module")
def w3id() -> Iterator[http.client.HTTPConnection]:
    """A connection to what answers as w3id.org does."""
    with tempfile.TemporaryDirectory(prefix="w3id-") as name:  # Apache gives up its rights, and must read it still
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(RULES, folder / "root" / "whatworks")
        with apache(folder / "root", folder) as port:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            yield connection
            connection.close()


@pytest.mark.parametrize("case", ADDRESSES, ids=lambda case: case["path"] or "home")
def test_an_identifier_leads_to_the_same_path_at_the_site(
    w3id: http.client.HTTPConnection, case: dict[str, str]
) -> None:
    w3id.request("GET", f"/whatworks/{case['path']}", headers={"Accept": "text/turtle"})
    answer = w3id.getresponse()
    answer.read()
    assert (answer.status, answer.headers["Location"]) == (int(case["status"]), SITE + case["target"])
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "case", [case for case in ADDRESSES if case["on the site"] == "yes"], ids=lambda case: case["path"] or "home"
)
def test_the_site_tells_of_it_there(shipped_site: Flask, case: dict[str, str]) -> None:
    answer = shipped_site.test_client().get(case["target"], follow_redirects=True)
    assert answer.status_code == 200


def test_every_kind_of_identifier_that_the_vocabulary_mints_has_a_case() -> None:
    shapes = (HERE.parent / "shapes").glob("*.ttl")
    ontology = (HERE.parent / "ontology").glob("*.ttl")
    minted = {
        found
        for path in (*shapes, *ontology)
        for found in re.findall(rf"<{re.escape(HOME)}/([a-z-]+)", path.read_text(encoding="utf-8"))
    }
    assert minted
    assert minted <= {re.split(r"[/?]", case["path"])[0] for case in ADDRESSES}


def test_whoever_submits_it_is_told_what_to_fill_in() -> None:
    assert SITE in (RULES / ".htaccess").read_text(encoding="utf-8")
    assert "GitHub: USERNAME" in (RULES / "README.md").read_text(encoding="utf-8")
