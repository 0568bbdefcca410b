"""What a stranger's query is told over HTTP: bounds as statuses, and headers that say how complete an answer is."""

import gzip
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from bombs import BOMBS, product
from conftest import served
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kb import config
from kb.store.folder import DataFolder
from web.site import create_app

FORM = "application/x-www-form-urlencoded"
TEN = f"SELECT ?a {{ {product(1)} }}"


@pytest.fixture(scope="module")
def bounded(data_folder: DataFolder) -> Flask:
    """The application with small limits."""
    return create_app(config.load({}, data=data_folder.root, query_seconds=1, query_result_mb=2, query_per_client=1))


@pytest.fixture
def client(bounded: Flask) -> FlaskClient:
    return bounded.test_client()


def get(client: FlaskClient, query: str, accept: str = "*/*", **more: object) -> TestResponse:
    return client.get(f"/sparql?{urlencode({'query': query, **more})}", headers={"Accept": accept})


def following(answer: TestResponse) -> str | None:
    """The address of the rows that follow, as the header has it."""
    links = [link for link in answer.headers.getlist("Link") if 'rel="next"' in link]
    return links[0].partition(">")[0].lstrip("<") if links else None


def test_a_whole_answer_says_so(client: FlaskClient) -> None:
    answer = get(client, TEN)
    assert answer.headers["X-Complete"] == "true"
    assert answer.headers["X-Graphs"] == "default"
    assert answer.headers["Server-Timing"].startswith("query;dur=")
    assert "X-Rows" not in answer.headers
    for name in ("X-Complete", "X-Rows", "X-Graphs", "Server-Timing", "Retry-After"):
        assert name in answer.headers["Access-Control-Expose-Headers"]


def test_parts_lead_to_each_other_and_make_up_the_whole(client: FlaskClient) -> None:
    address: str | None = f"/sparql?{urlencode({'query': TEN, 'format': 'csv', 'max-rows': 4})}"
    rows: list[str] = []
    names = []
    while address:
        answer = client.get(address)
        assert answer.headers["X-Complete"] == "false"
        assert answer.headers["X-Rows"] == str(len(answer.text.split()) - 1)
        assert answer.headers["X-First-Row"] == str(len(rows) + 1)
        names.append(answer.headers["Content-Disposition"])
        rows += answer.text.split()[1:]
        address = following(answer)
        assert answer.headers.get("X-Next-Offset") == (str(len(rows)) if address else None)
    assert rows == [str(number) for number in range(10)]
    assert names == [
        'inline; filename="answer-rows-1-4-and-more-follow.csv"',
        'inline; filename="answer-rows-5-8-and-more-follow.csv"',
        'inline; filename="answer-rows-9-10.csv"',
    ]


@pytest.mark.parametrize("direct", [True, False])
def test_the_parts_of_a_post_lead_to_each_other_too(client: FlaskClient, direct: bool) -> None:
    bounds = urlencode({"max-rows": 4, "format": "csv"})
    if direct:
        answer = client.post(f"/sparql?{bounds}", data=TEN, content_type="application/sparql-query")
    else:
        answer = client.post("/sparql", data=f"{urlencode({'query': TEN})}&{bounds}", content_type=FORM)
    assert answer.headers["X-Next-Offset"] == "4"
    address = following(answer)
    assert address is not None
    assert f"snapshot={answer.headers['X-Snapshot']}" in address
    rest = client.get(address)
    assert rest.text.split() == ["a", "4", "5", "6", "7"]
    long = client.post("/sparql", data=f"{urlencode({'query': TEN + ' ' * 5000})}&{bounds}", content_type=FORM)
    assert following(long) is None, "no proxy would take that address"
    assert long.headers["X-Next-Offset"] == "4"


def test_a_coded_query_is_refused_by_its_coding(client: FlaskClient) -> None:
    sent = {"content_type": "application/sparql-query", "headers": {"Content-Encoding": "gzip"}}
    answer = client.post("/sparql", data=gzip.compress(TEN.encode()), **sent)
    assert answer.status_code == 415  # RFC 9110 §15.5.16
    assert "content coding 'gzip'" in answer.text


def test_a_head_tells_of_the_rows_that_follow_before_any_get(bounded: Flask) -> None:
    address = f"/sparql?{urlencode({'query': TEN + ' # never asked', 'max-rows': 4})}"
    head = bounded.test_client().head(address)
    assert following(head) is not None
    assert head.headers.getlist("Link") == bounded.test_client().get(address).headers.getlist("Link")


def test_a_part_behind_the_last_row_is_named_as_empty(client: FlaskClient) -> None:
    answer = get(client, TEN, **{"max-rows": 4, "offset": 40, "format": "csv"})
    assert answer.headers["X-Rows"] == "0"
    assert answer.headers["Content-Disposition"] == 'inline; filename="answer-no-rows-after-40.csv"'
    assert "X-Next-Offset" not in answer.headers


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"snapshop": "000001-00000000"}, "The argument snapshop is not known, and nothing was done with it"),
        ({"maxrows": 2}, "nearest: max-rows."),
        ({"timeout": 999}, "timeout=999 is more than a query may take here, which is 1 s."),
    ],
)
def test_what_is_asked_and_not_done_is_said(client: FlaskClient, more: dict[str, object], says: str) -> None:
    assert says in get(client, TEN, **more).headers["X-Warning"]
    assert says in get(client, TEN, "text/html", **more).text


def test_arguments_for_other_engines_are_passed_over(client: FlaskClient) -> None:
    others = {"output": "json", "results": "json", "default-graph": "", "debug": "on", "queryLn": "SPARQL"}
    others |= {"timestamp": "1", "formatted": "yes", "using-graph-uri": ""}
    warning = get(client, TEN, **others).headers["X-Warning"]
    assert warning == (
        "The argument default-graph is not known, and nothing was done with it; nearest: default-graph-uri."
    )


def test_thousands_of_arguments_are_not_looked_at(client: FlaskClient) -> None:
    many = "&".join(f"snapsho{number}=" for number in range(20_000))
    sent = {"data": f"{urlencode({'query': TEN})}&{many}", "content_type": FORM}
    page = client.post("/sparql", headers={"Accept": "text/html"}, **sent)
    assert page.text.count("nearest: snapshot.") == 20, "the header is cut, the page is not"


def test_an_empty_query_in_the_address_of_a_post_is_not_led_on(client: FlaskClient) -> None:
    answer = client.post("/sparql?query=&max-rows=4", data=TEN, content_type="application/sparql-query")
    address = following(answer)
    assert address is not None
    assert client.get(address).status_code == 200


def test_an_answer_that_differs_by_run_has_no_second_part(client: FlaskClient) -> None:
    first = get(client, f"{TEN} ORDER BY RAND()", **{"max-rows": 4})
    assert first.headers["X-Complete"] == "false"
    assert 'rel="next"' not in str(first.headers.getlist("Link"))
    second = get(client, f"{TEN} ORDER BY RAND()", **{"max-rows": 4, "offset": 4})
    assert second.status_code == 400
    assert "make no whole" in second.text


def test_a_part_that_holds_all_is_complete(client: FlaskClient) -> None:
    answer = get(client, TEN, **{"max-rows": 10})
    assert answer.headers["X-Complete"] == "true"
    assert 'rel="next"' not in str(answer.headers.getlist("Link"))


@pytest.mark.parametrize(
    "more",
    [
        *({"max-rows": text} for text in ("0", "many", "-4", "9" * 30)),
        *({"timeout": text} for text in ("soon", "0", "-3", "nan", "inf")),
        {"offset": "5"},
        {"max-rows": "5", "offset": "-1"},
    ],
)
def test_arguments_without_sense_are_refused(client: FlaskClient, more: dict[str, str]) -> None:
    answer = get(client, TEN, **more)
    assert answer.status_code == 400
    assert next(iter(more)) in answer.text or "offset" in answer.text


def test_the_time_limit_is_told_in_text_problem_details_and_the_page(client: FlaskClient) -> None:
    text = get(client, BOMBS["cartesian"])
    assert (text.status_code, text.content_type) == (503, "text/plain; charset=utf-8")
    assert "stopped after 1 s" in text.text
    assert "no part of its answer is sent" in text.text
    lower = get(client, BOMBS["cartesian"], "application/json", timeout=0.2)
    assert lower.status_code == 503
    assert "stopped after 0.2 s" in json.loads(lower.data)["detail"]
    page = get(client, BOMBS["cartesian"], "text/html")
    assert page.status_code == 503
    assert "stopped after 1 s" in page.text
    assert "VALUES ?l" in page.text, "the query stands there to be changed"
    for answer in (text, lower, page):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_size_limit_is_told(data_folder: DataFolder) -> None:
    client = create_app(config.load({}, data=data_folder.root, query_result_mb=2)).test_client()
    answer = get(client, f"SELECT * {{ {product(6)} }}")
    assert answer.status_code == 403
    assert "larger than 2 MB" in answer.text
    assert get(client, f"SELECT * {{ {product(6)} }}", **{"max-rows": 5}).headers["X-Rows"] == "5"


def test_too_many_at_once_are_told_when_to_come_back(client: FlaskClient, bounded: Flask) -> None:
    asker = bounded.extensions["asker"]
    fresh = "SELECT (1 AS ?not_asked_before) {}"
    asker._places.hold("127.0.0.1")
    try:
        assert get(client, TEN).status_code in (200, 429), "a repeat may come from memory"
        answer = get(client, fresh)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
        assert "you have 1 queries here already" in answer.text
        assert get(client, fresh, "text/html").status_code == 429
        other = client.get(f"/sparql?{urlencode({'query': fresh})}", environ_base={"REMOTE_ADDR": "192.0.2.7"})
        assert other.status_code == 200
    finally:
        asker._places.let_go("127.0.0.1")
    assert get(client, fresh, "text/html").status_code == 200


def test_a_subscriber_of_ipv6_is_one_client(client: FlaskClient, bounded: Flask) -> None:
    asker = bounded.extensions["asker"]
    asker._places.hold("2001:db8:1:2::")
    try:
        for address, status in (("2001:db8:1:2::7", 429), ("2001:0db8:1:2:5::", 429), ("2001:db8:1:3::7", 200)):
            asked = client.get("/sparql?query=SELECT(2AS?y){}", environ_base={"REMOTE_ADDR": address})
            assert asked.status_code == status
    finally:
        asker._places.let_go("2001:db8:1:2::")


def test_a_proxy_is_believed_only_where_it_is_set(data_folder: DataFolder) -> None:
    headers = {"X-Forwarded-For": "192.0.2.9", "X-Forwarded-Proto": "https"}
    for proxies, scheme in ((0, "http"), (1, "https")):
        app = create_app(config.load({}, data=data_folder.root, proxies=proxies, query_per_client=1))
        app.extensions["asker"]._places.hold("192.0.2.9")
        answer = app.test_client().get(f"/sparql?{urlencode({'query': TEN})}", headers=headers)
        assert answer.status_code == (429 if proxies else 200)
        described = app.test_client().get("/sparql", headers={**headers, "Accept": "text/turtle"}).text
        assert f"<{scheme}://localhost/sparql>" in described


@pytest.mark.parametrize(
    ("query", "more", "graphs"),
    [
        ("SELECT * { ?s ?p ?o }", {}, "default"),
        ("SELECT * { GRAPH ?g { ?s ?p ?o } }", {}, "default named"),
        ("PREFIX g: <https://kent.example/id/graph/> SELECT * FROM g:places { ?s ?p ?o }", {}, "https://kent.example/id/graph/places"),
        ("BASE <https://x.example/a/> SELECT * { GRAPH <../b> { ?s ?p ?o } }", {}, "default https://x.example/b"),
        ("PREFIX g: <https://x.example/> SELECT * { GRAPHg:a { ?s ?p ?o } }", {}, "default https://x.example/a"),
        ("SELECT * { GRAPH <https://x.example/é> { ?s ?p ?o } }", {}, "default https://x.example/%C3%A9"),
        ("SELECT * { BIND ('FROM <x:a> GRAPH <x:b>' AS ?x) } # FROM <x:c>", {}, "default"),
        ("SELECT * FROM NAMED <x:b> { GRAPH ?g { ?s ?p ?o } }", {}, "x:b named"),
        ("SELECT * FROM <x:b> { ?s ?p ?o }", {"default-graph-uri": "x:a"}, "x:a"),
        ("SELECT * { GRAPH <x:a> { ?s ?p ?o } }", {"named-graph-uri": "x:a"}, "x:a"),
    ],
)
def test_the_graphs_read_are_told(client: FlaskClient, query: str, more: dict[str, str], graphs: str) -> None:
    assert get(client, query, **more).headers["X-Graphs"] == graphs


def test_the_page_shows_a_part_of_many_rows_and_says_so(client: FlaskClient) -> None:
    page = get(client, f"SELECT * {{ {product(3)} }}", "text/html")
    assert "1,000 rows; 500 are shown, every other format has all" in page.text
    assert page.headers["X-Complete"] == "false"
    made = f"CONSTRUCT {{ <x:s> <x:p> ?n }} {{ {product(3)} BIND (?a + 10 * ?b + 100 * ?c AS ?n) }}"
    graph = get(client, made, "text/html")
    assert "500 triples of 1,000 are shown" in graph.text


def test_the_page_says_what_was_read(client: FlaskClient) -> None:
    page = get(client, "SELECT * FROM <https://kent.example/id/graph/places> { GRAPH ?g { ?s ?p ?o } }", "text/html")
    text = " ".join(re.sub("<[^>]*>", "", page.text).split())
    read = "Read from https://kent.example/id/graph/places and any of the named graphs, as at snapshot"
    assert f"{read} {page.headers['X-Snapshot']}; the whole answer." in text
    assert "; a part of the answer." in get(client, TEN, "text/html", **{"max-rows": 3}).text


def test_head_is_answered_as_get(client: FlaskClient) -> None:
    address = f"/sparql?{urlencode({'query': TEN, 'format': 'csv'})}"
    get_, head = client.get(address), client.head(address)
    assert head.status_code == 200
    assert head.data == b""
    for name in ("Content-Type", "Content-Length", "ETag", "X-Complete", "X-Snapshot"):
        assert head.headers[name] == get_.headers[name]


@pytest.fixture
def address(data_folder: DataFolder) -> Iterator[str]:
    with served(create_app(config.load({}, data=data_folder.root, query_per_client=1))) as url:
        yield url


def test_a_large_answer_is_sent_in_parts_and_not_kept(address: str, tmp_path: Path) -> None:
    asked = Request(
        f"{address}/sparql?{urlencode({'query': f'SELECT * {{ {product(5)} }}', 'format': 'json'})}",
        headers={"Accept-Encoding": "gzip"},
    )
    for _ in range(2):
        with urlopen(asked) as answer:
            assert "Content-Encoding" not in answer.headers
            body = answer.read()
            assert len(body) == int(answer.headers["Content-Length"])
            assert len(json.loads(body)["results"]["bindings"]) == 100_000


def test_a_reader_who_goes_away_frees_the_place(address: str) -> None:
    large = f"{address}/sparql?{urlencode({'query': f'SELECT * {{ {product(5)} }}', 'format': 'json'})}"
    with urlopen(large) as answer:
        answer.read(1000)
    end = time.monotonic() + 20
    while (found := status(large)) == 429 and time.monotonic() < end:
        time.sleep(0.05)
    assert found == 200


def status(address: str) -> int:
    """The status of an answer that is not read to its end."""
    try:
        with urlopen(address) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
