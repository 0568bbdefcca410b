"""The templates of a protocol, to be downloaded and filled in."""

import json
from collections import Counter

from flask import Blueprint, Response, request

from kb.ask.published_rows import PublishedRows, published_rows
from kb.protocols import catalogue
from kb.protocols.columns import record_columns
from kb.protocols.templates import tables
from kb.protocols.templates.workbook import MEDIA_TYPE, workbook
from web.negotiation import CSV, Format
from web.reading import snapshot
from web.representation import respond, see_other

blueprint = Blueprint("protocol_template", __name__)

MOST = 100_000
"""Triples of a graph that are written into a workbook while somebody waits."""

XLSX = Format("xlsx", MEDIA_TYPE, "Excel")
METADATA = Format("json", tables.METADATA_TYPE, "CSVW")


@blueprint.get("/protocols/<id>.xlsx")
def excel(id: str) -> Response:
    """The workbook, with the records of the public graph `?graph=` where one is named. Raises NotFound, BadInput."""
    protocol = catalogue.protocol(id)
    graph = request.args.get("graph")
    found = PublishedRows({}, Counter())
    if graph:
        found = published_rows(snapshot().store, graph, protocol.id, at_most=MOST)
    return _file(workbook(protocol.id, found.rows, found.left_out), XLSX, f"{protocol.id}.xlsx")


@blueprint.get("/protocols/<name>.csv")
def table(name: str) -> Response:
    """The table of a record type, named by protocol and type; that of the first type has the protocol's name too (303).

    Says where it is described (Model for Tabular Data §5.2). Raises NotFound.
    """
    id = "-".join(name.split("-")[:2])
    protocol = catalogue.protocol(id)
    type_ = name.removeprefix(id).removeprefix("-")
    if not type_:
        return see_other(f"/protocols/{tables.file_name(protocol.id, record_columns(protocol.id)[0])}")
    record = tables.record_named(protocol.id, type_)
    response = _file(tables.table(record).encode(), CSV, f"{name}.csv")
    described = f'</protocols/{protocol.id}-metadata.json>; rel="describedby"; type="{tables.METADATA_TYPE}"'
    response.headers.add("Link", described)
    return response


@blueprint.get("/protocols/<id>-metadata.json")
def metadata(id: str) -> Response:
    """What the columns of the tables are (CSVW). Raises NotFound."""
    described = tables.metadata(catalogue.protocol(id).id)
    return respond(json.dumps(described, ensure_ascii=False, indent=1), METADATA)


def _file(content: bytes, format: Format, name: str) -> Response:
    response = respond(content, format)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
