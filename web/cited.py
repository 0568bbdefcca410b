"""What stands at an address of this site, as it is cited: by the pattern that the address fits."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from flask import current_app, g, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from kb.ask import graphs
from kb.ask.citation import SITE, Citation, cite_dataset, cite_page, cite_thing
from kb.ask.labels import labels_of
from kb.ask.overview import class_named
from kb.ask.questions import question
from kb.ask.resource import exists
from kb.errors import BadInput, NotFound
from kb.namespaces import HOME, concept, concept_scheme, thing
from kb.store import links
from web.addresses import document_path, this
from web.as_at import PARAMETER, as_at
from web.query_reading import read_query
from web.question import BESIDE, title
from web.reading import pins, reader, snapshot
from web.resource import found_at
from web.service_description import public_url

Arguments = MultiDict[str, str]
Cite = Callable[[Mapping[str, Any], Arguments, str], Citation]

TITLES = {
    "/": SITE,
    "/classes": "Everything by kind",
    "/concept/": "Code lists",
    "/datasets": "Datasets",
    "/protocols": "Data protocols",
    "/questions": "Questions",
}
"""Path of a page that is drawn from the whole snapshot → what it is called."""

_NOT_CITED = ("format", PARAMETER)


def address_here(text: str) -> SplitResult:
    """An address of this site in its parts, path and parameters. Raises BadInput for any other text."""
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    if not parts.path.startswith("/") or parts.scheme or parts.netloc:
        raise BadInput(f"{text!r}: not an address of this site; give its path, as /doc/pilot/kent")
    return parts


def cited(parts: SplitResult) -> Citation:
    """What stands at an address of this site, as at the snapshot of the request.

    Raises NotFound where nothing can be cited.
    """
    try:
        endpoint, values = current_app.url_map.bind("").match(unquote(parts.path), "GET")
    except HTTPException as error:
        raise NotFound(f"{parts.geturl()}: there is no page at this address") from error
    return _at(parts, endpoint, values)


def cited_here() -> Citation:
    """The same of the address of the request itself."""
    return _at(urlsplit(this()), request.endpoint or "", request.view_args or {})


def _at(parts: SplitResult, endpoint: str, values: Mapping[str, Any]) -> Citation:
    arguments = MultiDict(parse_qsl(parts.query, keep_blank_values=True) if parts.query else ())
    others = [(name, value) for name, value in arguments.items(multi=True) if name not in _NOT_CITED]
    plain = f"{parts.path}?{urlencode(others)}" if others else parts.path
    if parts.path in TITLES:
        found = cite_page(snapshot(), TITLES[parts.path], permanent(plain))
    elif endpoint in _CITED:
        found = _CITED[endpoint](values, arguments, plain)
    else:
        raise NotFound(f"{parts.geturl()}: this page is not cited")
    return replace(found, pinned=found.snapshot in pins())


def permanent(address: str) -> str:
    """The address in full, as at the snapshot of the request."""
    return public_url() + as_at(address, snapshot().id)


def _document(values: Mapping[str, Any], arguments: Arguments, plain: str) -> Citation:
    iri, stem, _ = found_at(values["path"])
    page = plain.partition("?")[2]
    address = permanent(document_path(stem) + (f"?{page}" if page else ""))
    return cite_thing(snapshot(), iri, address, g.get("known", {}).get((snapshot().id, iri)))


def _resource(values: Mapping[str, Any], arguments: Arguments, plain: str) -> Citation:
    return cite_thing(snapshot(), arguments.get("uri", ""), permanent(plain))


def _concept(values: Mapping[str, Any], arguments: Arguments, plain: str) -> Citation:
    iri = concept(values["scheme"], values["code"]) if "code" in values else concept_scheme(values["scheme"])
    return cite_thing(snapshot(), iri, permanent(plain))


def _home_document(values: Mapping[str, Any], arguments: Arguments, plain: str) -> Citation:
    return cite_thing(snapshot(), HOME + plain.partition("?")[0], permanent(plain))


def _class(values: Mapping[str, Any], arguments: Arguments, plain: str) -> Citation:
    kind = class_named(values["name"])
    if kind is None:
        raise NotFound(f"{plain}: there is no such list")
    number = arguments.get("page", "1")
    if not number.isdecimal():
        raise NotFound(f"{plain}: there is no such page of the list")
    title = kind.plural if number == "1" else f"{kind.plural}, page {number}"
    return cite_page(snapshot(), title, permanent(plain), kind.iri)


def _graph(values: Mapping[str, Any], arguments: Arguments, plain: str) -> Citation:
    store = snapshot().store
    graph = graphs.graph(store, arguments.get("uri", ""))
    return cite_dataset(snapshot(), graph.iri, labels_of(store, [graph.name]).name(graph.name), permanent(plain))


def _answer(values: Mapping[str, Any], arguments: Arguments, plain: str) -> Citation:
    if "question" in arguments:
        return _question({"name": arguments["question"]}, arguments, plain)
    if not arguments.get("query"):
        raise NotFound(f"{plain}: there is no query to cite")
    default, others = (arguments.getlist(name) for name in ("default-graph-uri", "named-graph-uri"))
    asked = links.asked(arguments["query"], snapshot().id, default, others)
    short = links.known(reader().folder, asked)
    return _answered(asked, permanent(f"/q/{short}" if short else plain))


def _question(values: Mapping[str, Any], arguments: Arguments, plain: str) -> Citation:
    asked = question(values["name"].partition(".")[0])
    iri = thing(HOME, "question", asked.id)
    words = title(asked, {name: arguments.getlist(name) for name in arguments if name not in BESIDE})
    return cite_page(snapshot(), words, permanent(plain), iri if exists(snapshot().store, iri) else "", "data")


def _link(values: Mapping[str, Any], arguments: Arguments, plain: str) -> Citation:
    kept = links.find(reader().folder, values["id"])
    address = f"/q/{values['id']}" + ("" if kept.snapshot else f"?{PARAMETER}={snapshot().id}")
    return _answered(kept, public_url() + address)


def _answered(asked: links.Asked, address: str) -> Citation:
    """The answer at an address. Raises what the endpoint does for a query that it doesn't run."""
    graphs_of = (asked.default_graphs, asked.named_graphs)
    form = read_query(asked.query, *graphs_of).form
    return cite_page(snapshot(), f"Answer to a SPARQL query ({form})", address, "", "data")


_CITED: dict[str, Cite] = {
    "classes.one_class": _class,
    "graphs.one_graph": _graph,
    "links.one_link": _link,
    "protocols.one_protocol": _home_document,
    "questions.one_question": _question,
    "resource.any_resource": _resource,
    "resource.document": _document,
    "resource.identifier": _document,
    "sparql.endpoint": _answer,
    "vocabulary.one_concept": _concept,
    "vocabulary.one_scheme": _concept,
    "vocabulary.ontology": _home_document,
}
"""Endpoint → what is cited there."""
