"""How to cite what stands at an address: `/cite?path=`, and the section of each page that says it."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import BadRequest, HTTPException

from kb.ask.bibliography import WRITERS, text
from kb.errors import WhatWorksError
from web.addresses import this
from web.as_at import PARAMETER
from web.cited import address_here, cited, cited_here
from web.negotiation import Format, choose
from web.reading import drafted, read_at, snapshot
from web.representation import respond
from web.service_description import is_local

blueprint = Blueprint("citing", __name__)

TEXT = Format("txt", "text/plain", "Plain text")
BIBTEX = Format("bib", "application/x-bibtex", "BibTeX", ("text/x-bibtex",), ("bibtex",))
RIS = Format("ris", "application/x-research-info-systems", "RIS")
CSL_JSON = Format("json", "application/vnd.citationstyles.csl+json", "CSL-JSON", ("application/json",), ("csl",))
FORMATS = (TEXT, BIBTEX, RIS, CSL_JSON)

LONGEST = 4096
"""Characters of an address that is put into another one; a longer one gets a short link first."""


@dataclass(frozen=True)
class Section:
    """What a page says of citing it: in words, and the files as rows of (name, media type, address)."""

    words: str
    files: tuple[tuple[str, str, str], ...]
    pinned: bool
    """Whether the snapshot is kept for good."""
    local: bool
    """Whether the address leads nowhere from another machine."""


@blueprint.get("/cite")
def cite() -> Response:
    """The citation of the address `?path=`, as at the snapshot that it or the request names, else the current one."""
    path = request.args.get("path", "")
    if not path:
        raise BadRequest("Say what to cite: /cite?path= and an address of this site, as /doc/pilot/kent.")
    address = address_here(path)
    read_at(next(iter(parse_qs(address.query).get(PARAMETER, ())), None))
    found = cited(address)
    format = choose(FORMATS)
    response = respond(WRITERS[format.suffix](found), format)
    if format is not TEXT:
        response.headers.set("Content-Disposition", "attachment", filename=f"{found.key}.{format.suffix}")
    return response


def section() -> Section | None:
    """What the page that is being made says of citing it; None where it has no address or nothing to cite."""
    if request.method not in ("GET", "HEAD") or "snapshot" not in g or drafted():
        return None
    address = this()
    try:
        found = cited_here()
    except (WhatWorksError, HTTPException):
        return None
    if len(address) > LONGEST:
        return Section(text(found), (), found.pinned, is_local())
    file = f"/cite?{urlencode({'path': address, PARAMETER: snapshot().id})}&format="
    files = tuple((each.title, each.media_type, file + each.suffix) for each in FORMATS if each is not TEXT)
    return Section(text(found), files, found.pinned, is_local())
