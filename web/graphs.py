"""A named graph: its dataset with publisher, licence, release, check and downloads, and the things it describes."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from kb.ask import graphs
from kb.ask.labels import labels_of
from web import dataset_records, dumps, paging, releases
from web.documents import document
from web.reading import snapshot

blueprint = Blueprint("graphs", __name__)


@blueprint.get("/graph")
def one_graph() -> Response:
    """The named graph `?uri=`: as a page with the things in it, or its triples. Raises NotFound."""
    iri = request.args.get("uri")
    if not iri:
        raise BadRequest("Say which graph: /graph?uri= and its IRI. /datasets lists them.")
    store = snapshot().store
    graph = graphs.graph(store, iri)

    def context() -> dict[str, Any]:
        page = paging.asked(graphs.subject_count(store, iri))
        things = graphs.subjects(store, iri, page.size, page.offset)
        links = set(graph.dataset.links()) if graph.dataset else set()
        labels = labels_of(store, {*things, *links, graph.name})
        index = dumps.index()
        downloads = index.of("dataset", graph.dataset.iri) if index and graph.dataset else []
        latest = releases.latest_of_graph(iri)
        contents = dataset_records.contents(graph, latest)
        shown = {"page": page, "things": things, "downloads": downloads, "latest": latest, "contents": contents}
        return {"graph": graph, "labels": labels, **shown}

    return document("graph.html", context, lambda: graphs.triples(store, iri))
