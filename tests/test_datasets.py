"""Datasets and downloads over HTTP: the page, the DCAT catalogue, VoID, and files as a client fetches them."""

import csv
import hashlib
import io
import shutil
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
import rdflib
from flask import Flask
from flask.testing import FlaskClient
from page_reading import HTML, read
from rdflib import DCAT, DCTERMS, FOAF, RDF, URIRef

from kb import config
from kb.namespaces import HOME, PREFIXES
from kb.store.distributions.index import folder_of
from kb.store.folder import DataFolder
from kb.store.snapshots import current_id
from web.site import create_app

VOID = rdflib.Namespace(PREFIXES["void"])
SPDX = rdflib.Namespace(PREFIXES["spdx"])
KENT = URIRef("https://area.example/id/dataset/kent")
PUBLIC = "https://whatworks.example"


def folder_of_site(site: Flask) -> DataFolder:
    return DataFolder(site.config["SETTINGS"].data)


def snapshot_id(site: Flask) -> str:
    id = current_id(folder_of_site(site))
    assert id is not None
    return id


def graph(client: FlaskClient, address: str) -> rdflib.Graph:
    response = client.get(address, headers={"Accept": "text/turtle"})
    assert response.status_code == 200, response.text
    assert response.mimetype == "text/turtle"
    return rdflib.Graph().parse(data=response.data, format="turtle")


@pytest.fixture
def abroad(site: Flask) -> FlaskClient:
    """The site as strangers reach it under a public URL."""
    return create_app(replace(site.config["SETTINGS"], public_url=PUBLIC + "/")).test_client()


def test_graphs_leads_to_datasets(reader: FlaskClient) -> None:
    response = reader.get("/graphs")
    assert (response.status_code, response.headers["Location"]) == (303, "/datasets")


def test_every_file_that_the_catalogue_names_is_there_as_it_says(site: Flask, reader: FlaskClient) -> None:
    found = graph(reader, "/datasets")
    distributions = set(found.subjects(RDF.type, DCAT.Distribution))
    assert len(distributions) > 300
    assert set(found.objects(None, DCAT.distribution)) == distributions
    for node in distributions:
        url = str(found.value(node, DCAT.downloadURL))
        path = url.removeprefix("http://localhost")
        response = reader.get(path, buffered=True)
        assert response.status_code == 200, url
        assert len(response.data) == int(found.value(node, DCAT.byteSize)), url
        checksum = found.value(node, SPDX.checksum)
        assert found.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256
        assert str(found.value(checksum, SPDX.checksumValue)) == hashlib.sha256(response.data).hexdigest(), url
        media_type = str(found.value(node, DCAT.compressFormat) or found.value(node, DCAT.mediaType))
        assert media_type == f"https://www.iana.org/assignments/media-types/{response.mimetype}"


def test_the_catalogue_names_the_public_url(abroad: FlaskClient) -> None:
    found = graph(abroad, "/datasets")
    home = URIRef(f"{HOME}/id/dataset/catalogue")
    service = URIRef(f"{PUBLIC}/sparql#service")
    assert (home, RDF.type, DCAT.Catalog) in found
    assert (home, FOAF.homepage, URIRef(f"{PUBLIC}/datasets")) in found
    assert found.value(service, DCAT.endpointURL) == URIRef(f"{PUBLIC}/sparql")
    assert KENT in set(found.objects(service, DCAT.servesDataset)) & set(found.objects(home, DCAT.dataset))
    assert all(str(url).startswith(f"{PUBLIC}/dumps/") for url in found.objects(None, DCAT.downloadURL))
    assert "localhost" not in "".join(map(str, found.all_nodes()))


def test_every_dataset_of_the_catalogue_is_described(reader: FlaskClient) -> None:
    found = graph(reader, "/datasets")
    listed = set(found.objects(URIRef(f"{HOME}/id/dataset/catalogue"), DCAT.dataset))
    assert listed == set(found.subjects(RDF.type, DCAT.Dataset))
    for dataset in listed:
        assert found.value(dataset, DCTERMS.title), dataset
        assert found.value(dataset, DCAT.distribution), dataset
        assert found.value(dataset, DCTERMS.license), dataset
    assert not list(found.objects(None, VOID.classPartition)), "these are in VoID"


def test_void(abroad: FlaskClient) -> None:
    found = graph(abroad, "/.well-known/void")
    document = URIRef(f"{PUBLIC}/.well-known/void")
    whole = found.value(document, FOAF.primaryTopic)
    assert found.value(whole, VOID.sparqlEndpoint) == URIRef(f"{PUBLIC}/sparql")
    assert {str(url).rpartition("/")[2] for url in found.objects(whole, VOID.dataDump)} == {
        "all.nq.gz",
        "all.trig",
        "all.jsonld",
    }
    assert (whole, VOID.subset, KENT) in found
    assert found.value(KENT, VOID.dataDump)
    lesson = URIRef(PREFIXES["ww"] + "LessonLearned")
    [part] = [part for part in found.objects(whole, VOID.classPartition) if found.value(part, VOID["class"]) == lesson]
    asked = "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a <https://w3id.org/whatworks/def#LessonLearned> }"
    count = abroad.get("/sparql", query_string={"query": asked, "format": "csv"}).text.split()[1]
    assert int(found.value(part, VOID.entities)) == int(count) >= 120
    assert any(found.value(inner, VOID.property) == RDF.type for inner in found.objects(part, VOID.propertyPartition))
    triples = sum(int(found.value(part, VOID.triples)) for part in found.objects(whole, VOID.propertyPartition))
    assert triples == int(found.value(whole, VOID.triples))
    for subset in found.objects(whole, VOID.subset):
        asked = f"SELECT ?g {{ <{subset}> <{PREFIXES['ww']}namedGraph> ?g }}"
        named = abroad.get("/sparql", query_string={"query": asked, "format": "json"})
        [row] = named.get_json(force=True)["results"]["bindings"]
        asked = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{row['g']['value']}> {{ ?s ?p ?o }} }}"
        count = abroad.get("/sparql", query_string={"query": asked, "format": "csv"}).text.split()[1]
        assert int(found.value(subset, VOID.triples)) == int(count), subset


@pytest.mark.parametrize("accept", ["application/ld+json", "application/rdf+xml", "application/n-triples"])
def test_void_in_other_formats(reader: FlaskClient, accept: str) -> None:
    response = reader.get("/.well-known/void", headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, accept)
    assert reader.get("/.well-known/void", headers={"Accept": "image/png"}).status_code == 406
    assert reader.get("/.well-known/void", headers=HTML).headers["Location"] == "/datasets"


def test_a_file_is_immutable_and_tells_what_it_is(site: Flask, reader: FlaskClient) -> None:
    id = snapshot_id(site)
    response = reader.get(f"/dumps/{id}/lesson.csv", buffered=True)
    path = folder_of(folder_of_site(site), id) / "lesson.csv"
    headers = response.headers
    assert response.data == path.read_bytes()
    assert headers["Cache-Control"] == "public, max-age=3600, immutable"
    assert headers["ETag"] == f'"{hashlib.sha256(response.data).hexdigest()}"'
    assert headers["X-Snapshot"] == id
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Content-Disposition"] == f"attachment; filename=what-works_lesson-{id}.csv"
    assert headers["Access-Control-Allow-Origin"] == "*"
    again = reader.get(f"/dumps/{id}/lesson.csv", headers={"If-None-Match": headers["ETag"]}, buffered=True)
    assert (again.status_code, again.data) == (304, b"")
    head = reader.head(f"/dumps/{id}/lesson.csv", buffered=True)
    assert (head.data, head.headers["Content-Length"]) == (b"", str(len(response.data)))
    part = reader.get(f"/dumps/{id}/lesson.csv", headers={"Range": "bytes=0-9"}, buffered=True)
    assert (part.status_code, part.data) == (206, b"Identifier")
    assert reader.get(f"/dumps/{id}/lesson.csv", headers={"Range": "bytes=99999999-"}, buffered=True).status_code == 416


def test_a_file_is_not_kept_in_memory(site: Flask, reader: FlaskClient) -> None:
    before = site.extensions["cache"]._held
    assert reader.get(f"/dumps/{snapshot_id(site)}/all.trig", buffered=True).status_code == 200
    assert site.extensions["cache"]._held == before


def test_current_leads_to_the_snapshot(site: Flask, reader: FlaskClient) -> None:
    response = reader.get("/dumps/current/all.nq.gz")
    assert response.status_code == 302
    assert response.headers["Location"] == f"/dumps/{snapshot_id(site)}/all.nq.gz"
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert reader.get("/dumps/current/none.ttl").status_code == 404


@pytest.mark.parametrize(
    "path", ["{id}/none.csv", "000009-00000000/all.trig", "{id}/..%2Fsnapshot.json", "../x/all.trig"]
)
def test_what_is_not_there(site: Flask, reader: FlaskClient, path: str) -> None:
    response = reader.get(f"/dumps/{path.format(id=snapshot_id(site))}")
    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"


def test_a_real_client_downloads_and_reads(site_address: str) -> None:
    with urllib.request.urlopen(f"{site_address}/dumps/current/lesson.csv") as response:
        rows = list(csv.DictReader(io.TextIOWrapper(response, encoding="utf-8")))
    assert len(rows) >= 120
    assert rows[0]["Address"].startswith("https://area.example/id/lesson/")
    read_here = rdflib.Graph().parse(f"{site_address}/dumps/current/area_kent.ttl")
    assert (KENT, RDF.type, DCAT.Dataset) in read_here


def test_the_page_of_a_table_is_its_code_book(reader: FlaskClient) -> None:
    page = read(reader, "/datasets/lesson")
    assert page.text("h1") == ["Lessons"]
    assert {"Statement", "Lesson theme", "Has assessment: Grade"} & set(page.text("th"))
    assert any(str(link.get("href")).endswith("/lesson.parquet") for link in page.all("a"))
    assert reader.get("/datasets/none", headers=HTML).status_code == 404


def test_a_dataset_and_its_files_on_one_page(reader: FlaskClient) -> None:
    page = read(reader, "/graph?uri=https%3A%2F%2Farea.example%2Fid%2Fgraph%2Fkent")
    files = {str(link.get("href")).rpartition("/")[2] for link in page.all("a") if "/dumps/" in str(link.get("href"))}
    assert files == {"area_kent.nq.gz", "area_kent.ttl", "area_kent.jsonld"}


def test_a_snapshot_whose_downloads_are_being_made(data_folder: DataFolder, tmp_path: Path) -> None:
    folder = DataFolder(Path(shutil.copytree(data_folder.root, tmp_path / "data", symlinks=True)))
    id = current_id(folder) or ""
    built = folder_of(folder, id)
    away = built.rename(tmp_path / "away")
    client = create_app(config.load({}, data=folder.root)).test_client()
    assert client.get("/datasets", headers=HTML).status_code == 200
    assert "being made" in client.get(f"/dumps/{id}/all.trig").text
    assert (None, DCAT.downloadURL, None) not in graph(client, "/datasets")
    assert client.get("/.well-known/void").status_code == 200
    away.rename(built)
    assert client.get(f"/dumps/{id}/all.trig", buffered=True).status_code == 200
