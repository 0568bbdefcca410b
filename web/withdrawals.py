"""What was withdrawn: the list of tombstones, and what is said at the address of a thing that is gone."""

import json
from collections.abc import Iterable

from flask import Blueprint, Response, render_template, request
from pyoxigraph import Literal, NamedNode, Triple
from werkzeug.exceptions import HTTPException

from kb.ask.query import GRAPHS as WRITERS
from kb.ask.serialise import serialise
from kb.errors import Withdrawn
from kb.namespaces import expand
from kb.store.tombstones import Tombstones
from web.negotiation import HTML, PAGES, Format, by_suffix, choose
from web.reading import reader
from web.representation import respond

blueprint = Blueprint("withdrawals", __name__)

JSON = Format("json", "application/json", "JSON")
FORMATS = ((JSON, "/withdrawals?format=json"), (HTML, "/withdrawals?format=html"))

KINDS = {
    "record": "a record, with what only it contains",
    "fields": "fields of a record",
    "dataset": "a whole dataset",
    "received": "files as they were received",
}


@blueprint.get("/withdrawals")
def all_withdrawals() -> Response:
    """Every withdrawal, the last first; replicas and those who keep copies read it as JSON."""
    format = choose([each for each, _ in FORMATS])
    found = tombstones()[::-1]
    if format is JSON:
        said = [
            {
                "number": each.number,
                "when": each.when,
                "rule": each.rule,
                "kind": each.kind,
                "datasets": each.datasets,
                "snapshots": dict(each.snapshots),
            }
            for each in found
        ]
        body = json.dumps({"withdrawals": said}, indent=1, ensure_ascii=False) + "\n"
    else:
        body = render_template("withdrawals.html", withdrawals=found, kinds=KINDS)
    return respond(body, format, formats=FORMATS)


def tombstones() -> Tombstones:
    """Those of the current snapshot, whichever one the request reads: an old one must not tell of what is gone."""
    return reader().snapshots.tombstones()


def refuse_withdrawn(iris: Iterable[str]) -> None:
    """Raises Withdrawn where one of the IRIs, nothing being known of it, is that of a thing that was withdrawn."""
    stones = tombstones()
    for iri in iris if stones else ():
        stone = stones.of(iri)
        if stone is not None:
            raise Withdrawn(f"{iri}: this was {stone.said}", iri, stone.when)


def tombstone_graph(error: Withdrawn) -> Response | None:
    """The tombstone as RDF, where the request asks for that; None where it asks for something else."""
    _, suffix = by_suffix(request.path, PAGES)
    try:
        format = choose(PAGES, suffix)
    except HTTPException:
        return None
    if format is HTML or error.iri is None or error.when is None:
        return None
    node, when = NamedNode(error.iri), Literal(error.when, datatype=NamedNode(expand("xsd:dateTime")))
    text = str(error).removeprefix(f"{error.iri}: ")
    said = Literal(text[0].upper() + text[1:], language="en")
    triples = [
        Triple(node, NamedNode(expand("prov:invalidatedAtTime")), when),
        Triple(node, NamedNode(expand("skos:changeNote")), said),
    ]
    return Response(serialise(triples, WRITERS[format.suffix]), content_type=format.content_type)
