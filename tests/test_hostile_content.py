"""What publishers state is hostile: no page fails, grows without end, leads anywhere unsafe, or runs any of it."""

import csv
import io
import json
import re
import shutil
import xml.etree.ElementTree as xml
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlencode

import hostile_content
import pytest
from chromium import foreign
from conftest import served
from flask import Flask
from flask.testing import FlaskClient
from publishing_site import CONFORMING, Site, publishing_site
from pyoxigraph import Store
from ways_out import text_of

from kb import config
from kb.ask.exact import exact
from kb.errors import BadInput
from kb.intake.lengths import LONGEST_IRI, LONGEST_SHAPE, LONGEST_TEXT, check_lengths
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish, register_unchecked
from kb.store.submission_folder import safe_name
from kb.store.submissions import Submissions
from web.site import create_app
from web.unseen import _UNSEEN

GRAPH = "https://area.example/id/graph/hostile"
GEO = b"http://www.opengis.net/ont/geosparql#"
LARGEST_PAGE = 500_000
"""Bytes of a page: five times what one of well-meant data may have (tests/test_page_types.py)."""
LARGEST_DATA = 4_000_000
"""Bytes of the same as data: all of the dataset, in the longest format."""
UNSAFE = re.compile(r"(?!https?:|mailto:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
SAFE_CELL = re.compile(r"(?!\s*[=+@＝＋－＠]|[\t\r\n]|\s*-(?![\d.]+([eE][+-]?\d+)?$))")
MCP = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def hostile(site: Flask, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The site with the hostile dataset published besides, unchecked."""
    root = tmp_path_factory.mktemp("hostile")
    shutil.copytree(site.config["SETTINGS"].data, root / "data", symlinks=True)
    settings = config.load({}, data=root / "data")
    register_unchecked(DataFolder(settings.data), "area", "hostile")
    files = tuple(hostile_content.write(root))
    publish(DataFolder(settings.data), [PublicationRequest("area", "hostile", files)], settings)
    return create_app(settings)


@pytest.fixture(scope="module")
def things(hostile: Flask) -> list[str]:
    """All that the dataset says something of."""
    folder = hostile.config["SETTINGS"].data / "current" / "store"
    store = Store.read_only(str(folder.resolve()))
    query = f"SELECT DISTINCT ?s {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} FILTER(CONTAINS(STR(?s), '/id/')) }} ORDER BY ?s"
    return [row["s"].value for row in store.query(query)]  # type: ignore[union-attr]


class Marks(HTMLParser):
    """The marks of a page: elements, where they lead, and the text between them."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes what no template of this site writes."""
        for name, value in attrs:
            address = "".join((value or "").split())
            if name.startswith("on") or name == "style":
                self.wrong.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction", "xlink:href", "data") and UNSAFE.match(address):
                self.wrong.append(f"{tag} {name}={address[:60]}")
        plain = not {"class", "aria-hidden"} & {name for name, _ in attrs}
        if (tag in ("b", "i") and plain) or tag in ("iframe", "object", "base") or ("src", "x") in attrs:
            self.wrong.append(tag)
        if tag == "script" and not {"src", "type"} & {name for name, _ in attrs}:
            self.wrong.append("script")


def read(client: FlaskClient, address: str, accept: str = "text/html, */*;q=0.1") -> bytes:
    """What is answered; fails where it fails, is too large, or is not what it should be."""
    answer = client.get(address, headers={"Accept": accept}, follow_redirects=True)
    data, name = answer.data, address[:200]
    assert answer.status_code < 500, name
    assert "X-Injected" not in answer.headers, name
    assert answer.headers["X-Content-Type-Options"] == "nosniff", name
    assert answer.headers["Content-Security-Policy"], name
    kind = answer.mimetype
    if kind == "text/html":
        assert len(data) < LARGEST_PAGE, f"{len(data):,} {name}"
        marks = Marks()
        marks.feed(data.decode())
        assert marks.wrong == [], name
        assert not _UNSEEN.search(data), name
        assert b"49{%" not in data.replace(b"{{ 7 * 7 }}", b""), name
    else:
        assert len(data) < LARGEST_DATA, f"{len(data):,} {name}"
    if kind == "text/csv" and not address.startswith("/sparql"):
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
            assert all(SAFE_CELL.match(cell) for cell in row), (name, row)
    if kind in ("application/atom+xml", "application/xml"):
        xml.fromstring(data)
    answer.close()
    return data


PAGES = (
    "/", "/search", "/datasets", "/datasets/area/hostile", "/datasets/area/hostile/1", "/changes",
    "/changes?format=atom", "/changes?format=json", "/datasets/area/hostile/difference?from=0&to=1", "/classes",
    "/class/Asset", "/class/Pilot", "/class/LessonLearned", "/class/Place", "/class/Source",
    "/class/FormalOrganization", "/lessons", "/lessons?theme=data", "/places", "/interventions", "/evidence-map",
    "/buildings", "/buildings/sharing", "/buildings/merging", "/money", "/compare", "/compare/data?protocol=dp-01",
    "/compare/data?protocol=dp-05", f"/graph?uri={GRAPH}", f"/graph/records?uri={GRAPH}",
    f"/graph/records?uri={GRAPH}&kind=Asset", "/def", "/sitemap.xml", "/questions", "/editor.json",
    "/.well-known/void", "/snapshots", "/buildings/map.json", "/buildings/outlines.json",
    f"/protocols/dp-01.xlsx?graph={GRAPH}", f"/protocols/dp-05.xlsx?graph={GRAPH}",
    "/datasets/area/hostile/badge.svg",
    "/concept/intervention/estate-rationalisation?like=https://area.example/id/place/turned-town",
)  # fmt: skip
TABLES = ("/search?q=evil", "/lessons", "/interventions", "/evidence-map", "/buildings", "/buildings/sharing", "/money",
          f"/graph/records?uri={GRAPH}&kind=Asset", f"/graph/records?uri={GRAPH}&kind=Source")  # fmt: skip
WORDS = ("script", "evil", "long", "<b>", "\u202egnp", "javascript:", "{{", "שלום")


def test_every_kind_of_page(hostile: Flask) -> None:
    client = hostile.test_client()
    for page in PAGES:
        read(client, page)
    for page in TABLES:
        read(client, f"{page}{'&' if '?' in page else '?'}format=csv")
    for word in WORDS:
        read(client, f"/search?{urlencode({'q': word})}")
        read(client, f"/search/suggest?{urlencode({'q': word[:4]})}")
        read(client, f"/search?{urlencode({'q': word, 'format': 'json'})}")


def test_a_list_does_not_grow_by_a_name(hostile: Flask) -> None:
    client = hostile.test_client()
    for page in ("/class/Pilot", "/class/LessonLearned"):
        assert len(read(client, page)) < 100_000, "as any list"


def test_every_thing(hostile: Flask, things: list[str]) -> None:
    client = hostile.test_client()
    assert len(things) > 80
    for number, iri in enumerate(things):
        said = urlencode({"uri": iri})
        path = quote(f"/doc/{iri.partition('/id/')[2]}", safe="/#")
        page = read(client, path)
        assert page
        read(client, f"/resource?{said}&format={('ttl', 'jsonld', 'rdf', 'nt')[number % 4]}")
        read(client, f"/cite?path={quote(path)}&format={('bib', 'ris', 'json', 'txt')[number % 4]}")
        if "#" not in iri and "/genid/" not in iri:
            read(client, f"/briefing?{said}")
            read(client, f"/contribute?about={quote(iri, safe='')}")
        if any(f"/{kind}/" in iri for kind in ("place", "organisation", "pilot")):
            read(client, f"/money?place={quote(iri, safe='')}")
            read(client, f"/lessons?place={quote(iri, safe='')}")
            both = [("of", iri), ("of", "https://area.example/id/place/hostile")]
            read(client, f"/compare?{urlencode(both)}")
            read(client, f"/compare?{urlencode([*both, ('format', 'csv')])}")


@pytest.mark.parametrize("format", ["html", "csv", "json", "xml", "tsv"])
def test_answers_to_queries(hostile: Flask, format: str) -> None:
    query = f"SELECT ?s ?p (SUBSTR(STR(?v), 1, 200) AS ?o) {{ GRAPH <{GRAPH}> {{ ?s ?p ?v }} FILTER(ISLITERAL(?v)) }}"
    client = hostile.test_client()
    said = read(client, f"/sparql?{urlencode({'query': f'{query} LIMIT 500', 'format': format})}")
    assert b"script" in said
    if format == "csv":
        assert b"=cmd" in said, "data is not altered: the endpoint gives exactly what was published"


def test_the_licence_and_the_home_page_lead_nowhere_unsafe(hostile: Flask) -> None:
    client = hostile.test_client()
    page = read(client, "/datasets/area/hostile").decode()
    assert "/resource?uri=javascript%3A" in page
    page = read(client, "/doc/organisation/hostile").decode()
    assert 'href="javascript:' not in page.lower()
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_what_nobody_sees_is_kept_in_the_data_alone(hostile: Flask) -> None:
    client = hostile.test_client()
    page, data = (read(client, f"/doc/source/hostile{end}") for end in ("", ".ttl"))
    assert "\u202e" not in page.decode()
    assert "evil source name" in page.decode().replace("\xa0", " ") or "evil source" in page.decode()
    assert "\u202e".encode() in data or b"\\u202E" in data


def test_a_language_model_tool_gets_it_as_data(hostile: Flask, things: list[str]) -> None:
    client = hostile.test_client()
    query = f"SELECT ?o {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} FILTER(ISLITERAL(?o)) }} LIMIT 50"
    for tool, arguments in (("run_query", {"query": query}), ("describe_class", {"class": "Asset"})):
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        answer = client.post("/mcp", data=json.dumps(call), headers=MCP, base_url="http://localhost")
        assert answer.status_code == 200
        assert len(answer.data) < LARGEST_PAGE
        json.loads(answer.data)


@pytest.mark.parametrize(
    ("property", "value", "words"),
    [
        (b"https://area.example/p", b'"' + b"x" * (LONGEST_TEXT + 1) + b'" .', "100,000 is the most"),
        (GEO + b"asWKT", b'"' + b"x" * (LONGEST_SHAPE + 1) + b'"^^<' + GEO + b"wktLiteral> .", "10,000,000"),
        (b"https://area.example/p", b'"' + b"x" * (LONGEST_TEXT + 1) + b'"^^<' + GEO + b"wktLiteral> .", "100,000"),
        (GEO + b"asWKT", b'"' + b"x" * (LONGEST_TEXT + 1) + b'"^^<https://area.example/wktLiteral> .', "100,000"),
        (GEO + b"asWKT", b"<https://area.example/" + b"x" * LONGEST_IRI + b"> .", "an IRI of more than 2,048 bytes"),
    ],
)
def test_what_is_too_long_is_refused_with_where_it_stands(property: bytes, value: bytes, words: str) -> None:
    line = b"<https://area.example/id/a> <" + property + b"> " + value
    with pytest.raises(BadInput, match=words) as error:
        check_lengths([b"<a:a> <a:b> <a:c> .", line])
    assert "https://area.example/id/a" in str(error.value)
    assert len(str(error.value)) < 600


def test_a_megabyte_in_one_value_is_not_published(tmp_path: Path) -> None:
    settings = config.load({}, data=tmp_path / "data")
    folder = DataFolder(settings.data)
    register = tmp_path / "x"
    register.mkdir()
    site = publishing_site(settings.data)
    register_unchecked(folder, "kent", "long")
    files = hostile_content.write(register, 1_000_000)
    with pytest.raises(BadInput, match="is the most that is taken"):
        publish(folder, [PublicationRequest("kent", "long", tuple(files))], settings)
    assert site.work() == 0


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site to which a publisher has sent what conforms and means harm, and a sheet that does."""
    site = publishing_site(tmp_path_factory.mktemp("sent"))
    text = CONFORMING.read_text(encoding="utf-8")
    texts = iter(hostile_content.TEXTS * 20)

    def turned(found: re.Match[str]) -> str:
        return json.dumps(next(texts)).replace("\\u007f", "\x7f") + found[2]

    hostile_text = re.sub(r'"([^"]*)"(@en\b)', turned, text)
    assert hostile_text != text
    head = site.by("kent")
    for name, body, kind in (
        ("money", hostile_text.encode(), "text/turtle"),
        ("sheet", hostile_sheet().encode(), "text/csv"),
    ):
        address = f"/api/datasets/kent/{name}/submissions?name=%3Cb%3E{name}.{kind[5:8].replace('tur', 'ttl')}"
        answer = site.client().post(address, data=body, headers=head | {"Content-Type": kind})
        assert answer.status_code == 201, answer.text
    site.work()
    return site


def hostile_sheet() -> str:
    """A register whose headings and cells are attacks."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Asset reference", "Name", "Postcode", "=1+1", "<script>alert(1)</script>", "Condition"])
    for number, text in enumerate(hostile_content.TEXTS):
        text = text.replace("\n", " ").replace("\r", " ").replace("\x1b", "")
        writer.writerow([f"A-{number}", text, text[:20], text, text, text])
    return out.getvalue()


def test_a_checked_dataset_and_the_report_of_a_sheet(sent: Site) -> None:
    client = sent.signed_in()
    found = {each.dataset: each for each in Submissions(sent.folder).of("kent")}
    assert found["money"].state == "checked", found["money"].message
    assert found["money"].conforms
    for each in found.values():
        read(client, "/publish")
        for part in ("", "/decisions", "/mapping.json", "/report", "/report.xlsx", "/report/summary", "/report.csv"):
            read(client, f"/publish/{each.id}{part}")
        read(client, f"/api/submissions/{each.id}", "application/json")
    answer = sent.client().post(f"/api/submissions/{found['money'].id}/publish", headers=sent.by("kent"))
    assert answer.status_code < 300
    sent.work()
    reader = sent.client()
    for page in ("/datasets", "/datasets/kent/money", "/datasets/kent/money/1", "/changes", "/changes?format=atom",
                 "/class/MonetaryStatement", "/classes", "/sitemap.xml"):  # fmt: skip
        read(reader, page)


def test_the_downloads_hold_it_as_data(hostile: Flask) -> None:
    client = hostile.test_client()
    csv.field_size_limit(LARGEST_DATA)
    with client.get("/dumps/current/index.json", follow_redirects=True) as answer:
        index, id = answer.get_json(), answer.headers["X-Snapshot"]
    for each in index["distributions"]:
        if each["file"].endswith(".csv"):
            with client.get(f"/dumps/{id}/{each['file']}") as answer:
                assert answer.headers["Content-Disposition"].startswith("attachment")
                for row in csv.reader(io.StringIO(text_of(each["file"], answer.data), newline="")):
                    assert all(SAFE_CELL.match(cell) for cell in row), (each["file"], row)


BROWSED = ("/doc/organisation/hostile", "/doc/place/turned-town", "/doc/lesson/hostile", "/datasets/area/hostile",
           "/doc/case-study/hostile", "/search?q=script", "/changes", "/buildings", "/doc/place/hostile")  # fmt: skip


def test_in_a_browser_nothing_of_it_runs(browser, hostile: Flask) -> None:
    with served(hostile) as address:
        page = browser.new_page()
        page.set_default_timeout(20_000)
        faults: list[str] = []
        page.on("dialog", lambda shown: (faults.append(f"dialog: {shown.message}"), shown.dismiss()))
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("console", lambda said: faults.append(f"{said.type}: {said.text}") if said.type == "error" else None)
        page.on("request", lambda asked: faults.append(asked.url) if foreign(asked, address) else None)
        query = f"SELECT ?s ?o {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} FILTER(STRLEN(STR(?o)) < 200) }} LIMIT 300"
        for path in (*BROWSED, f"/sparql?{urlencode({'query': query})}"):
            page.goto(address + path, wait_until="load")
            page.wait_for_timeout(100)
            links = page.evaluate("[...document.links].map((a) => a.protocol)")
            if not path.startswith("/sparql"):
                assert set(links) <= {"http:", "https:", "mailto:"}, path
            assert faults == [], path
        page.close()


def test_numbers_beyond_reckoning_are_none() -> None:
    for text in (*hostile_content.NUMBERS, "1E24", "1E-24", "", "x"):
        found = exact(text)
        assert found is None or abs(found) < 10**24, text
    assert (exact("-2.50"), exact("1E23"), exact(10**5000)) == (Decimal("-2.5"), Decimal(10**23), None)


@pytest.mark.parametrize("value", ["<javascript:alert(1)>", "<urn:x>", '"a://b c"', '"://"', "<data:,x>"])
def test_no_value_stops_the_catalogue(tmp_path: Path, value: str) -> None:
    settings = config.load({}, data=tmp_path / "data")
    folder = DataFolder(settings.data)
    publishing_site(settings.data)
    register_unchecked(folder, "kent", "register")
    file = tmp_path / "register.ttl"
    file.write_text(
        "@prefix ww: <https://w3id.org/whatworks/def#> . @base <https://kent.example/id/> .\n"
        f"<asset/a> a ww:Asset ; ww:primaryUse {value} ; ww:measurement <asset/a#m> . <asset/a#m> ww:unit {value} ;\n"
        " ww:metric <https://w3id.org/whatworks/concept/asset-metric/floor-area-gia> ; ww:value 1.0 .",
        encoding="utf-8",
    )
    [published] = publish(folder, [PublicationRequest("kent", "register", (file,))], settings)
    assert published.snapshot


def test_the_name_of_a_file_leads_nowhere_and_turns_nothing() -> None:
    assert safe_name("../../etc/passwd") == "passwd"
    assert safe_name("..\\..\\C:\\x.csv") == "x.csv"
    assert safe_name("\u202evsc.exe\u0000") == "_vsc.exe_"
    assert safe_name("..") == "file"
