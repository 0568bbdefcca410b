"""The releases of a dataset: its history, each with its check and files, and what differs between two of them."""

import json as as_json
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request, send_file
from pyoxigraph import Triple
from werkzeug.exceptions import BadRequest

from kb import namespaces
from kb.ask import difference_text, graphs, release_difference
from kb.ask.changes import News, Wanted, all_releases, told
from kb.ask.labels import labels_of
from kb.ask.resource import exists
from kb.ask.summaries import statements_on
from kb.errors import NotFound
from kb.store import releases as archive
from kb.store.releases import ACCEPTED, REPORT, Release
from web import dataset_records, turns
from web.asking import client
from web.documents import address, document
from web.errors import TEXT
from web.negotiation import HTML, Format, choose
from web.reading import reader, snapshot
from web.representation import REVALIDATE, respond

blueprint = Blueprint("releases", __name__)

JSON = Format("json", "application/json", "JSON")
DIFFERENCE = (JSON, TEXT, HTML)

AT_ONCE = 2
"""Differences that are made at a time in each worker: one of large releases takes seconds."""

RECEIVED = "received/"


def install(app: Flask) -> None:
    """Gives the application its count of differences that are being made."""
    turns.install(app, "differences", "differences are being made", AT_ONCE, 1)


@blueprint.get("/datasets/<publisher>/<dataset>")
def history(publisher: str, dataset: str) -> Response:
    """The page of a dataset: what it holds, and its releases, the newest first; as a graph, what the catalogue says.

    Raises NotFound.
    """
    found = of_dataset(publisher, dataset)

    def context() -> dict[str, Any]:
        told = _about(found[0])
        contents = dataset_records.contents(told["graph"], found[0]) if told["graph"] else None
        return {**told, "shown": [_news(each) for each in found], "contents": contents}

    return document("releases.html", context, lambda: _catalogued(found))


@blueprint.get("/datasets/<publisher>/<dataset>/<int:number>")
def one_release(publisher: str, dataset: str, number: int) -> Response:
    """One release: check, counts and files; as a graph, what the catalogue says of it. Raises NotFound."""
    found = of_dataset(publisher, dataset)
    release = _numbered(found, number)

    def context() -> dict[str, Any]:
        return {
            **_about(found[0]),
            "release": release,
            "news": _news(release),
            "others": [each for each in found if each is not release],
            "received": {name.removeprefix(RECEIVED): file for name, file in _files(release, RECEIVED).items()},
            "accepted": release.files[ACCEPTED],
            "reported": REPORT in release.files,
        }

    return document("release.html", context, lambda: statements_on(snapshot().store, [release.iri]))


@blueprint.get("/datasets/<publisher>/<dataset>/<int:number>/accepted.nq.gz")
def accepted(publisher: str, dataset: str, number: int) -> Response:
    """The content of a release as sorted N-Quads, as it is archived. Raises NotFound."""
    release = _numbered(of_dataset(publisher, dataset), number)
    path = archive.path_of(reader().folder, publisher, dataset, number) / ACCEPTED
    response = send_file(
        path.resolve(),
        mimetype="application/gzip",
        as_attachment=True,
        download_name=f"{publisher}-{dataset}-{number}.nq.gz",
        etag=str(release.files[ACCEPTED]["sha256"]),
    )
    response.headers["Cache-Control"] = REVALIDATE
    return response


@blueprint.get("/datasets/<publisher>/<dataset>/difference")
def difference(publisher: str, dataset: str) -> Response:
    """What differs between the releases `from` (0: nothing) and `to`; without them, what the latest one changed.

    Raises NotFound, BadRequest, and TooBusy where others are being made.
    """
    found = of_dataset(publisher, dataset)
    end = _number("to", found[0].number)
    start = _number("from", max(end - 1, 0))
    format = choose(DIFFERENCE)
    for number in (start, end):
        if number:
            _numbered(found, number)
    with turns.of("differences").taken(client()):
        told = release_difference.between(reader().folder, snapshot().store, publisher, dataset, start, end)
    if format is JSON:
        body = as_json.dumps({"from": start, "to": end} | difference_text.json(told), ensure_ascii=False, indent=1)
    elif format is TEXT:
        body = difference_text.text(told) + "\n"
    else:
        described = {
            each.change.iri for each in told.records if exists(snapshot().store, each.change.iri)
        }
        body = render_template(
            "difference.html",
            **_about(found[0]),
            start=start,
            end=end,
            numbers=[each.number for each in found],
            difference=told,
            described=described,
            sentence=difference_text.sentence(told),
            formats=[(each.title, each.media_type, address(each)) for each in DIFFERENCE if each is not HTML],
        )
    return respond(body, format, formats=[(each, address(each)) for each in DIFFERENCE], canonical=address())


def of_dataset(publisher: str, dataset: str) -> list[Release]:
    """The releases of a dataset up to this snapshot, the newest first. Raises NotFound."""
    everything = all_releases(reader().folder, snapshot())
    found = [each for each in everything if (each.publisher, each.dataset) == (publisher, dataset)]
    if not found:
        raise NotFound(f"{publisher}/{dataset}: no such dataset; /datasets lists them")
    return sorted(found, key=lambda each: -each.number)


def latest_of_graph(graph: str) -> Release | None:
    """The latest release of the dataset whose named graph this is; None where none of it is archived here."""
    found = [each for each in all_releases(reader().folder, snapshot()) if each.graph == graph]
    return max(found, key=lambda each: each.number, default=None)


def page_of(release: str) -> str | None:
    """The page of a release by its IRI; None for what is no release here."""
    if "/id/release/" in release:
        for each in all_releases(reader().folder, snapshot()):
            if each.iri == release:
                return f"/datasets/{each.publisher}/{each.dataset}/{each.number}"
    return None


def titles(found: Iterable[Release]) -> dict[str, str]:
    """Named graph → what its dataset is called."""
    store = snapshot().store
    known = {graph.iri: graph.name for graph in graphs.graphs(store)}
    wanted = {each.graph: known.get(each.graph, each.dataset_iri) for each in found}
    labels = labels_of(store, {*wanted.values()})
    return {
        graph: labels[name].value if name in labels else graph.rpartition("/")[2] for graph, name in wanted.items()
    }


def json(news: News, title: str) -> dict[str, Any]:
    """A release for programs."""
    release = news.release
    return {
        "release": release.iri,
        "publisher": release.publisher,
        "dataset": release.dataset,
        "title": title,
        "number": release.number,
        "issued": release.issued,
        "kind": release.kind,
        "checked_by": release.checked_by,
        "sentence": news.sentence,
        "records": [{"how": how, "class": class_, "count": count} for (how, class_), count in news.counts.items()],
        "resource": {"iri": news.change.iri, "how": news.change.how, "other": news.change.other or None}
        if news.change
        else None,
        "page": f"/datasets/{release.publisher}/{release.dataset}/{release.number}",
    }


def iri_before(release: Release) -> str:
    """The IRI of the release before."""
    return namespaces.release(release.base, release.dataset, release.number - 1)


def _about(release: Release) -> dict[str, Any]:
    graph = next((each for each in graphs.graphs(snapshot().store) if each.iri == release.graph), None)
    links = set(graph.dataset.links()) if graph and graph.dataset else set()
    return {
        "latest": release,
        "title": titles([release])[release.graph],
        "graph": graph,
        "labels": labels_of(snapshot().store, links),
        "here": f"/datasets/{release.publisher}/{release.dataset}",
    }


def _news(release: Release) -> News:
    return told(reader().folder, snapshot(), release, Wanted())


def _catalogued(found: list[Release]) -> list[Triple]:
    dataset = found[0].dataset_iri
    return statements_on(snapshot().store, [dataset, namespaces.series(dataset), *(each.iri for each in found)])


def _numbered(found: list[Release], number: int) -> Release:
    for each in found:
        if each.number == number:
            return each
    raise NotFound(f"{found[0].name}: no release {number}; its latest is {found[0].number}")


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadRequest(f"{name}={text[:50]}: write the number of a release, or 0 for nothing.")
    return int(text)


def _files(release: Release, start: str) -> dict[str, dict[str, str | int]]:
    return {name: file for name, file in release.files.items() if name.startswith(start)}
