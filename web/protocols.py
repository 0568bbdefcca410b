"""The data protocols as documents: which fields to fill in, what each must hold, and the shapes behind them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, Response

from kb.ask.labels import labels_of
from kb.ask.resource import exists
from kb.errors import NotFound
from kb.namespaces import HOME
from kb.protocols import catalogue
from kb.protocols.columns import record_columns
from kb.protocols.fields import Field, Record, Rule, fields
from kb.protocols.shapes_graph import files, shapes_graph
from kb.protocols.templates.about import OBLIGATIONS
from kb.protocols.templates.tables import file_name, slug
from web.documents import document, see_resource
from web.negotiation import TURTLE
from web.reading import snapshot
from web.representation import respond

blueprint = Blueprint("protocols", __name__)

@dataclass(frozen=True)
class Row:
    """A field, how many fields it lies within, its anchor and its rules with theirs.

    An anchor is "" where something earlier on the page has the same shape.
    """

    field: Field
    depth: int
    anchor: str
    rules: tuple[tuple[str, Rule], ...]


@blueprint.get("/protocols")
def all_protocols() -> Response:
    """Every protocol; as a graph, all shapes."""

    def context() -> dict[str, Any]:
        found = catalogue.protocols()
        targets = {target for protocol in found for target in protocol.target_classes}
        return {"protocols": found, "labels": labels_of(snapshot().store, targets)}

    return document("protocols.html", context, shapes_graph)


@blueprint.get("/protocols/<id>")
def one_protocol(id: str) -> Response:
    """The fields of one protocol, by record and group; as a graph, its shapes. Raises NotFound.

    What else has an IRI here, such as the shapes of the vocabulary itself, is shown as any resource (303).
    """
    iri = f"{HOME}/protocols/{id}"
    if iri not in {known.iri for known in catalogue.protocols()} and exists(snapshot().store, iri):
        return see_resource(iri)
    protocol = catalogue.protocol(id)

    def context() -> dict[str, Any]:
        records = fields(protocol.id)
        seen: set[str] = set()
        targets = {target for record in records for target in record.target_classes}
        return {
            "protocol": protocol,
            "records": [(record, groups(record, seen)) for record in records],
            "parts": catalogue.resource_descriptors(protocol),
            "meanings": OBLIGATIONS,
            "templates": {each.record.shape: each for each in record_columns(protocol.id)},
            "file_name": file_name,
            "slug": slug,
            "labels": labels_of(snapshot().store, targets),
        }

    return document("protocol.html", context, lambda: shapes_graph(protocol.path))


@blueprint.get("/shapes")
def shapes() -> Response:
    """An index of every shape, at the anchor that its IRI names; as a graph, all of them."""

    def context() -> dict[str, Any]:
        seen: set[str] = set()
        index = [
            (protocol, [(record, list(_within(record.fields, 0, seen))) for record in fields(protocol.id)])
            for protocol in catalogue.protocols()
        ]
        return {"protocols": index}

    return document("shapes.html", context, shapes_graph)


@blueprint.get("/shapes/<name>.ttl")
def shapes_file(name: str) -> Response:
    """One file of shapes as it ships, comments and order kept. Raises NotFound."""
    for path in files():
        if path.stem == name:
            return respond(path.read_bytes(), TURTLE)
    raise NotFound(f"there is no file {name}.ttl of shapes; /shapes shows what there is")


def groups(record: Record, seen: set[str]) -> list[tuple[str, list[Row]]]:
    """The fields of a record under the headings of their groups, nested ones after the field that they are within.

    `seen` are the shapes that have an anchor on the page already; those of this record are added.
    """
    found = groupby(record.fields, key=lambda field: field.group)
    return [(group.label if group else "Fields", list(_within(tuple(fields), 0, seen))) for group, fields in found]


def _within(found: tuple[Field, ...], depth: int, seen: set[str]) -> Iterator[Row]:
    for field in found:
        anchor = _anchor(field.shape, seen)
        yield Row(field, depth, anchor, tuple((_anchor(rule.shape, seen), rule) for rule in field.rules))
        yield from _within(field.fields, depth + 1, seen)


def _anchor(shape: str, seen: set[str]) -> str:
    new = shape not in seen
    seen.add(shape)
    return shape.rpartition("#")[2] if new else ""
