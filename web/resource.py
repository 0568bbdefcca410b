"""Things and the documents about them: `/id/…` leads to `/doc/…` (Cool URIs, 303); `/resource?uri=` takes any IRI."""

from urllib.parse import urlencode

from flask import Blueprint, Response, g, render_template, request

from kb.ask import graphs, resource
from kb.ask.citation import DATASET, Known
from kb.ask.properties import PAGE
from kb.ask.query import GRAPHS as WRITERS
from kb.ask.serialise import serialise
from kb.errors import BadInput, NotFound
from kb.store.snapshots import Snapshot
from web import dataset_records, paging, releases
from web.addresses import document_path, graph_store_href, href, note_described, note_page, thing, things
from web.class_pages import class_page
from web.negotiation import HTML, PAGES, Format, by_suffix, choose
from web.reading import reader, snapshot
from web.representation import respond, see_other
from web.resource_page import variables
from web.withdrawals import refuse_withdrawn

blueprint = Blueprint("resource", __name__)


@blueprint.get("/id/<path:path>")
def identifier(path: str) -> Response:
    """303 from the thing to the document about it, from a graph to its triples; suffix and parameters go along."""
    iri, _, format = found_at(path)
    query = request.query_string.decode("ascii", "replace")
    if graphs.holds(snapshot().store, iri):
        # Direct identification (Graph Store Protocol §4.1), with one more step.
        address = graph_store_href(iri, format) + (f"&{query}" if query else "")
    else:
        address = document_path(path) + (f"?{query}" if query else "")
    return see_other(address, negotiated=True)


@blueprint.get("/doc/<path:path>")
def document(path: str) -> Response:
    """The document about the thing with this path; `.ttl` and the other suffixes choose its format."""
    iri, stem, suffix = found_at(path)
    return described(iri, document_path(stem), {}, choose(PAGES, suffix))


@blueprint.get("/resource")
def any_resource() -> Response:
    """The document about any IRI that the snapshot holds."""
    iri = request.args.get("uri", "")
    if not iri:
        raise BadInput("this address needs ?uri= and the IRI of a thing")
    if not resource.exists(snapshot().store, iri):
        refuse_withdrawn([iri])
    return described(iri, "/resource", {"uri": iri}, choose(PAGES))


def found_at(path: str) -> tuple[str, str, Format | None]:
    """IRI, path and format: a thing of exactly this name comes before a suffix. Raises NotFound."""
    known: dict[tuple[str, str], tuple[str, str, Format | None]] = g.setdefault("found", {})
    read = snapshot()
    if (read.id, path) not in known:  # the page and its citation ask for the same
        known[read.id, path] = _found_at(read, path)
    return known[read.id, path]


def _found_at(read: Snapshot, path: str) -> tuple[str, str, Format | None]:
    bases = reader().bases(read)
    stem, suffix = by_suffix(path, PAGES)
    for name, format in ((path, None), (stem, suffix)):
        iri = thing(read, name, bases)
        if iri is not None:
            note_page(read, iri, name)
            return iri, name, format
    refuse_withdrawn(iri for name in (path, stem) for iri in things(name, bases))
    raise NotFound(f"/id/{path}: nothing is known by this name here")


def described(iri: str, path: str, parameters: dict[str, str], format: Format) -> Response:
    """The document about a thing at this path with these parameters. Raises NotFound where nothing is known of it."""
    in_format = f"{path}?{urlencode(parameters | {'format': ''})}"
    formats = [(other, in_format + other.suffix) for other in PAGES]
    read = snapshot()
    body: bytes | str
    if format is HTML:
        body = _page(iri, formats)
    else:
        body = serialise(resource.graph_of(read.store, iri), WRITERS[format.suffix])
    return respond(body, format, formats=formats, canonical=href(iri))


def _page(iri: str, formats: list[tuple[Format, str]]) -> str:
    read = snapshot()
    described = resource.describe(read.store, iri, paging.number(), read.folder)
    note_described(described.nested.keys())
    # What the citation of this page needs too.
    g.known = {(read.id, iri): Known(described.name, DATASET in described.types, described.graph)}
    shown = class_page(described.types, described.about.all("skos:inScheme"))
    told = shown.more(described)
    if "thing" not in told:
        told = variables(described, shown.told) | told
    return render_template(
        shown.template,
        **told,
        labels=described.labels,
        release=releases.page_of(iri),
        contents=_contents(iri) if described.page == 1 else None,
        page=paging.Page(described.page, described.pages * PAGE),
        canonical=_numbered(href(iri), described.page),
        formats=[(f.title, f.media_type, address) for f, address in formats if f is not HTML],
    )


def _numbered(address: str, page: int) -> str:
    return address if page == 1 else f"{address}{'&' if '?' in address else '?'}page={page}"


def _contents(iri: str) -> dataset_records.Contents | None:
    """What the dataset of this IRI holds; None for everything else."""
    graph = dataset_records.graph_of(iri)
    return dataset_records.contents(graph, releases.latest_of_graph(graph.iri)) if graph else None
