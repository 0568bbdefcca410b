"""What was published lately, and the history of one record: as a page, a feed (Atom), JSON and RDF."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from pyoxigraph import Literal, NamedNode, Triple
from werkzeug.exceptions import BadRequest

from kb.ask.changes import News, Wanted, news, told
from kb.ask.labels import labels_of
from kb.ask.query import GRAPHS as WRITERS
from kb.ask.resource import exists
from kb.ask.serialise import serialise
from kb.namespaces import PREFIXES, expand
from kb.store.record_changes import How
from kb.vocabulary import terms
from web import paging, releases
from web.documents import address
from web.negotiation import GRAPHS, HTML, Format, choose
from web.reading import reader, snapshot
from web.representation import respond
from web.service_description import public_url

blueprint = Blueprint("changes", __name__)

JSON = Format("json", "application/json", "JSON")
ATOM = Format("atom", "application/atom+xml", "Atom", (), ("feed",))
FORMATS = (JSON, ATOM, *GRAPHS, HTML)

SIZE = 20
"""Releases of one page."""

COUNTED: dict[How, str] = {
    "added": "ww:recordsAdded",
    "changed": "ww:recordsChanged",
    "moved": "ww:recordsRenamed",
    "removed": "ww:recordsRemoved",
}
"""Kind of change → the property that counts it."""

LINKED = {
    "added": "ww:adds",
    "changed": "ww:changes",
    "moved": "ww:renames",
    "away": "ww:renames",
    "removed": "ww:removes",
}
"""What a release did with a record → the property that links to that record."""

DID = {
    "added": "Added",
    "changed": "Changed",
    "moved": "Given this identifier",
    "away": "Given another identifier",
    "removed": "Removed",
}
"""The same in words."""

_SINCE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?Z?)?)?)?", re.ASCII)


@blueprint.get("/changes")
def all_changes() -> Response:
    """The releases up to this snapshot, the newest first; `publisher`, `dataset`, `since`, `type`, `resource` narrow.

    Raises BadRequest where a parameter cannot be read, and as `paging.asked` does.
    """
    wanted = asked()
    format = choose(FORMATS)
    read, folder = snapshot(), reader().folder
    found = news(folder, read, wanted)
    page = paging.asked(len(found), SIZE)
    shown = [told(folder, read, each, wanted) for each in found[page.offset : page.offset + page.size]]
    formats = [(each, address(each)) for each in FORMATS]
    if format in GRAPHS:
        return respond(serialise(graph(shown), WRITERS[format.suffix]), format, formats=formats, canonical=address())
    titles = releases.titles(each.release for each in shown)
    context: dict[str, Any] = {"shown": shown, "titles": titles, "page": page, "wanted": wanted}
    if format is JSON:
        body = json.dumps(_json(**context), ensure_ascii=False, indent=1) + "\n"
    elif format is ATOM:
        body = render_template("changes.atom.xml", **context, **_feed())
    else:
        body = render_template("changes.html", **context, **_choices(wanted, formats))
    return respond(body, format, formats=formats, canonical=address())


def asked() -> Wanted:
    """What the address asks for. Raises BadRequest."""
    args = request.args
    since = args.get("since", "").strip()
    if since and not _SINCE.fullmatch(since):
        raise BadRequest(f"since={since[:50]}: write a year, month, day or moment in UTC, as 2026-11-22.")
    return Wanted(
        publisher=args.get("publisher", "").strip(),
        dataset=args.get("dataset", "").strip(),
        since=since.removesuffix("Z"),
        class_=_class(args.get("type", "").strip()),
        resource=_iri("resource", args.get("resource", "").strip()),
    )


def graph(shown: Iterable[News]) -> Iterator[Triple]:
    """The releases with how many records they changed (PROV-O), and what they did with the one asked for."""
    for each in shown:
        release = NamedNode(each.release.iri)

        def said(name: str, value: NamedNode | Literal, subject: NamedNode = release) -> Triple:
            return Triple(subject, NamedNode(expand(name)), value)

        yield said("rdf:type", NamedNode(expand("ww:Release")))
        yield said("rdf:type", NamedNode(expand("prov:Entity")))
        yield said("dcat:isVersionOf", NamedNode(each.release.dataset_iri))
        yield said("dcterms:description", Literal(each.sentence, language="en"))
        yield said("prov:generatedAtTime", Literal(each.release.issued, datatype=NamedNode(expand("xsd:dateTime"))))
        if each.release.number > 1:
            yield said("prov:wasRevisionOf", NamedNode(releases.iri_before(each.release)))
        for how, name in COUNTED.items():
            yield said(name, Literal(sum(count for (kind, _), count in each.counts.items() if kind == how)))
        if each.change is not None:
            yield said(LINKED[each.change.how], NamedNode(each.change.iri))


def _class(name: str) -> str:
    """The IRI of a class given as its name, `Asset` or `ww:Asset`, or in full. Raises BadRequest."""
    if not name or "://" in name:
        return _iri("type", name)
    prefix, colon, _ = name.partition(":")
    if colon and prefix in PREFIXES:
        return expand(name)
    found = [each.iri for each in terms() if each.kind == "class" and each.name == name]
    if not found:
        raise BadRequest(f"type={name[:50]}: no class of this name; /classes lists them.")
    return found[0]


def _iri(parameter: str, text: str) -> str:
    """The IRI that a parameter gives, or "". Raises BadRequest for what is none."""
    try:
        return NamedNode(text).value if text else ""
    except ValueError as error:
        raise BadRequest(f"{parameter}={text[:200]}: this is no IRI; write it in full, with https://.") from error


def _json(shown: list[News], titles: dict[str, str], page: paging.Page, wanted: Wanted) -> dict[str, Any]:
    following = page.href(page.number + 1) if page.number < page.last else None
    return {
        "total": page.total,
        "page": page.number,
        "pages": page.last,
        "next": f"{public_url()}{following}" if following else None,
        "changes": [releases.json(each, titles[each.release.graph]) for each in shown],
    }


def _feed() -> dict[str, Any]:
    others = {name: value for name, value in request.args.items() if name not in ("format", "page")}
    query = request.query_string.decode("ascii", "replace")
    return {
        "site": public_url(),
        "itself": f"{public_url()}/changes" + (f"?{query}" if query else ""),
        "filters": urlencode(others),
    }


def _choices(wanted: Wanted, formats: list[tuple[Format, str]]) -> dict[str, Any]:
    read = snapshot()
    listed = [each for each in terms() if each.kind == "class" and each.iri_type]
    return {
        "publishers": sorted({name.partition("/")[0] for name in read.record.datasets}),
        "classes": sorted(listed, key=lambda each: each.plural or each.label),
        # What is looked up is remembered as long as the snapshot: only what is known to be there.
        "labels": labels_of(read.store, {wanted.resource} if exists(read.store, wanted.resource) else ()),
        "did": DID,
        "formats": [(each.title, each.media_type, link) for each, link in formats if each is not HTML],
    }
