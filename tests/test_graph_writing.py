"""Graph Store Protocol, writing: submission, check and publication of the dataset that owns the graph in one step."""

from pathlib import Path
from urllib.parse import quote

import pytest
from publishing_site import CONFORMING, VIOLATING, Site, publishing_site

from kb.store import releases
from kb.store.publication import register_unchecked

OWN = "/graphs?graph=" + quote("https://kent.example/id/graph/money", safe="")
OTHERS = "/graphs?graph=" + quote("https://surrey.example/id/graph/money", safe="")
NOBODYS = "/graphs?graph=" + quote("https://w3id.org/whatworks/id/graph/catalogue", safe="")
TRIPLE = b"<https://kent.example/id/x> <https://kent.example/p> 1 .\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return publishing_site(tmp_path / "data")


def put(site: Site, data: bytes, by: str = "kent", address: str = OWN, method: str = "PUT") -> object:
    with site.working():
        headers = site.by(by) | {"Content-Type": "text/turtle"}
        return site.client().open(address, method=method, data=data, headers=headers)


def lines(site: Site) -> list[bytes]:
    latest = releases.latest(site.folder, "kent", "money")
    return releases.accepted(site.folder, latest) if latest else []


def test_a_graph_is_put_replaced_and_emptied_and_its_history_stays(site: Site) -> None:
    content = CONFORMING.read_bytes()
    first = put(site, content)
    assert (first.status_code, first.json["state"]) == (201, "published")
    assert put(site, content).status_code == 200  # equal, so nothing is released
    assert releases.numbers(site.folder, "kent", "money") == [1]
    with site.working():
        gone = site.client().delete(OWN, headers=site.by("kent"))
        assert gone.status_code == 200, gone.text
        assert site.client().delete(OWN, headers=site.by("kent")).status_code == 404
    assert lines(site) == []
    assert releases.numbers(site.folder, "kent", "money") == [1, 2]
    assert site.client().get(f"{OWN}&format=nt").data == b""
    assert put(site, content).status_code == 200
    assert releases.numbers(site.folder, "kent", "money") == [1, 2, 3]


def test_post_adds(site: Site) -> None:
    put(site, CONFORMING.read_bytes())
    before = lines(site)
    assert put(site, TRIPLE, method="POST").status_code == 200
    assert set(lines(site)) > set(before)
    assert len(lines(site)) == len(before) + 1


def test_what_violates_is_refused_with_its_report_and_changes_nothing(site: Site) -> None:
    answer = put(site, VIOLATING.read_bytes())
    assert (answer.status_code, answer.content_type) == (422, "text/plain; charset=utf-8")
    assert "Must (put right before this can be published)" in answer.text
    with site.working():
        headers = site.by("kent") | {"Content-Type": "text/turtle", "Accept": "text/turtle"}
        answer = site.client().put(OWN, data=VIOLATING.read_bytes(), headers=headers)
    assert (answer.status_code, answer.mimetype) == (422, "text/turtle")
    assert "sh:ValidationReport" in answer.text
    with site.working():
        headers = site.by("kent") | {"Content-Type": "text/turtle", "Accept": "application/json"}
        answer = site.client().put(OWN, data=VIOLATING.read_bytes(), headers=headers)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["report"]["conforms"] is False
    assert releases.datasets(site.folder) == []


def test_what_cannot_be_read_is_refused(site: Site) -> None:
    assert put(site, b"<a> <b").status_code == 400
    assert put(site, b"").status_code == 411
    assert site.client().put(OWN, data=b"x", headers=site.by("kent") | {"Content-Type": "x/y"}).status_code == 415
    assert releases.datasets(site.folder) == []


@pytest.mark.parametrize("address", [OTHERS, NOBODYS])
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_graph_of_another_publisher_is_refused(site: Site, address: str, method: str) -> None:
    assert put(site, TRIPLE, address=address, method=method).status_code == 403
    assert releases.datasets(site.folder) == []


def test_a_file_that_names_anothers_graph_is_refused(site: Site) -> None:
    quad = TRIPLE.replace(b" .", b" <https://surrey.example/id/graph/money> .")
    headers = site.by("kent") | {"Content-Type": "application/n-quads"}
    with site.working():
        assert site.client().put(OWN, data=quad, headers=headers).status_code == 400
    assert releases.datasets(site.folder) == []


def test_a_dataset_registered_as_unchecked_takes_any_rdf_and_says_so(site: Site) -> None:
    assert put(site, TRIPLE).status_code == 400  # no protocol applies
    register_unchecked(site.folder, "kent", "money")
    assert put(site, TRIPLE).status_code == 201
    assert releases.read(site.folder, "kent", "money", 1).checked_by == "nobody"
    dataset = "/resource?uri=https://kent.example/id/dataset/money"
    for page in ("/datasets", dataset, OWN.replace("graphs?graph", "graph?uri")):
        answer = site.client().get(page, headers={"Accept": "text/html"}, follow_redirects=True)
        assert "nchecked" in answer.text, page


def test_concurrent_writers_come_one_after_the_other(site: Site) -> None:
    from concurrent.futures import ThreadPoolExecutor

    put(site, CONFORMING.read_bytes())
    before = set(lines(site))

    def add(number: int) -> int:
        headers = site.by("kent") | {"Content-Type": "text/turtle"}
        return site.client().post(OWN, data=TRIPLE.replace(b"1 .", b"%d ." % number), headers=headers).status_code

    with site.working(), ThreadPoolExecutor(2) as pool:
        assert set(pool.map(add, range(1, 7))) == {200}
    assert len(set(lines(site)) - before) == 6
    assert releases.numbers(site.folder, "kent", "money") == [1, 2, 3, 4, 5, 6, 7]
