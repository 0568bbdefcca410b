"""The datasets: each named graph with its publisher, licence, releases and check, and the things it describes."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from kb.ask import graphs
from kb.ask.labels import labels_of
from web import paging
from web.documents import document, page
from web.reading import snapshot

blueprint = Blueprint("graphs", __name__)


@blueprint.get("/datasets")
def all_graphs() -> Response:
    """Every named graph, what areas and sources say before the background."""
    store = snapshot().store
    found = graphs.graphs(store)
    links = {iri for graph in found if graph.dataset for iri in graph.dataset.links()}
    labels = labels_of(store, links | {graph.name for graph in found})
    background = [graph for graph in found if not (graph.checked or graph.unchecked)]
    return page(
        "graphs.html",
        facts=[graph for graph in found if graph not in background],
        background=sorted(background, key=lambda graph: labels.name(graph.name).casefold()),
        labels=labels,
    )


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
        return {"graph": graph, "page": page, "things": things, "labels": labels}

    return document("graph.html", context, lambda: graphs.triples(store, iri))
