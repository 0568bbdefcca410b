"""What a page says of itself to search engines and to who shares it: JSON-LD, description, canonical address."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from page_reading import HTML, read

from web.structured import _script

SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def said(client: FlaskClient, address: str) -> dict[str, Any]:
    """Type → what the page says under it."""
    answer = client.get(address, headers=HTML)
    assert answer.status_code == 200, address
    found = [json.loads(text) for text in SCRIPT.findall(answer.text)]
    assert all(each["@context"] == "https://schema.org" for each in found)
    return {each["@type"]: each for each in found}


@pytest.fixture(scope="module")
def shipped(shipped_site: Flask) -> FlaskClient:
    return shipped_site.test_client()


def test_the_way_to_a_page(shipped: FlaskClient) -> None:
    items = said(shipped, "/doc/pilot/kent")["BreadcrumbList"]["itemListElement"]
    assert [each["position"] for each in items] == [1, 2, 3, 4]
    assert items[0] == {"@type": "ListItem", "position": 1, "name": "Home", "item": "http://localhost/"}
    assert items[-1]["name"] == "Kent Total Place pilot"
    assert items[-1]["item"] == "http://localhost/doc/pilot/kent"


def test_an_article(shipped: FlaskClient) -> None:
    article = said(shipped, "/doc/pilot/kent")["Article"]
    assert article["headline"] == "Kent Total Place pilot"
    assert article["identifier"] == "https://w3id.org/whatworks/id/pilot/kent"
    assert article["description"].startswith("One of the thirteen Total Place pilots")
    assert "http://localhost/doc/source/kent-asset-deck" in article["isBasedOn"]


@pytest.mark.parametrize("address", ["/datasets/whatworks/kent", "/doc/dataset/kent"])
def test_a_dataset_has_licence_publisher_and_files(shipped: FlaskClient, address: str) -> None:
    dataset = said(shipped, address)["Dataset"]
    assert dataset["license"] == ["http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"]
    assert dataset["publisher"][0]["@type"] == "Organization"
    assert {each["encodingFormat"] for each in dataset["distribution"]} >= {"text/turtle", "application/n-quads"}


def test_a_place_and_a_body(shipped: FlaskClient) -> None:
    assert said(shipped, "/doc/place/kent")["Place"]["containedInPlace"][0]["name"] == "South East"
    assert said(shipped, "/doc/organisation/whatworks")["Organization"]["url"].startswith("http://localhost/doc/")


def test_a_point_is_told(reader: FlaskClient) -> None:
    place = said(reader, "/doc/asset/customs-house")["Place"]
    assert set(place["geo"]) == {"@type", "longitude", "latitude"}


def test_no_text_ends_the_script() -> None:
    text = _script({"name": "</script><script>alert(1)</script>&amp;<!--"})
    assert text.count("<") == 2
    assert json.loads(SCRIPT.findall(text)[0])["name"] == "</script><script>alert(1)</script>&amp;<!--"


@pytest.mark.parametrize("address", ["/", "/doc/pilot/kent", "/datasets", "/questions", "/class/LessonLearned?page=2"])
def test_a_page_describes_itself_once(shipped: FlaskClient, address: str) -> None:
    page = read(shipped, address)
    meta = {each.get("name") or each.get("property"): each.get("content") for each in page.all("meta")}
    [canonical] = [each["href"] for each in page.all("link") if each.get("rel") == "canonical"]
    assert canonical == meta["og:url"] == f"http://localhost{address}"
    assert 20 < len(str(meta["description"])) <= 200
    assert meta["og:description"] == meta["description"]
    assert page.text("title")[0].startswith(str(meta["og:title"]))
    image = shipped.get(str(meta["og:image"]).removeprefix("http://localhost"))
    assert (image.status_code, image.mimetype) == (200, "image/png")


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("/doc/pilot/kent?format=html", "/doc/pilot/kent"),
        ("/resource?uri=https%3A%2F%2Fw3id.org%2Fwhatworks%2Fid%2Fpilot%2Fkent", "/doc/pilot/kent"),
    ],
)
def test_other_addresses_name_the_one(shipped: FlaskClient, address: str, canonical: str) -> None:
    [link] = [each for each in read(shipped, address).all("link") if each.get("rel") == "canonical"]
    assert link["href"] == f"http://localhost{canonical}"


def test_an_error_describes_nothing(shipped: FlaskClient) -> None:
    text = shipped.get("/doc/none/none", headers=HTML).text
    assert "og:" not in text
    assert "canonical" not in text


def test_pages_let_no_script_in(shipped: FlaskClient) -> None:
    policy = shipped.get("/", headers=HTML).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    policy = shipped.get("/doc/pilot/kent.ttl").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
