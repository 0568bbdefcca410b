"""What a request to the SPARQL endpoint asks (SPARQL 1.1 Protocol §2.1): the query, by GET, by form, or direct."""

from collections.abc import Mapping
from itertools import chain, islice
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import current_app, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from kb.errors import QueryRefused, near
from web.as_at import PARAMETER
from web.asking import timeout
from web.body import body
from web.question import BESIDE
from web.reading import read_at


def query_text() -> str | None:
    """The query of the request; None where a GET has none. A form may name the snapshot that is to be read.

    Raises werkzeug's 4xx errors, QueryRefused (updates), and as `web.reading.read_at` does.
    """
    check_utf8(unquote_to_bytes(request.query_string))
    text = _posted() if request.method == "POST" else _only_query(request.args)
    if text is None and (request.method == "POST" or "query" in request.args):
        raise BadRequest("There is no query in the request; send it as the parameter query.")
    return text


def _posted() -> str | None:
    """The query of a POST, by form or direct (§2.1.2, §2.1.3); None where a form has none."""
    if request.mimetype == "application/sparql-update":
        raise QueryRefused("updates are refused here; data goes in by `whatworks publish`, through the checks")
    if request.mimetype not in ("application/x-www-form-urlencoded", "application/sparql-query"):
        raise UnsupportedMediaType(
            "Send a query as application/sparql-query, or as application/x-www-form-urlencoded with query=."
        )
    if (coding := request.headers.get("Content-Encoding", "identity").strip().lower()) != "identity":
        raise UnsupportedMediaType(f"Send the query as it is, without the content coding {coding[:20]!r}.")
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("Send the query as UTF-8.")
    _check_no_question(request.args)
    if _only_query(request.args) is not None:
        raise BadRequest("There is a query in the address of a POST; send one query, in the body.")
    sent = body()
    if request.mimetype == "application/x-www-form-urlencoded":
        check_utf8(unquote_to_bytes(sent))
        _check_no_question(request.form)
        read_at(*request.form.getlist(PARAMETER))
        return _only_query(request.form)
    check_utf8(sent)
    return sent.decode()


_OF_OTHERS = frozenset(["queryLn", "using-graph-uri", "using-named-graph-uri"])
"""Arguments that other engines, or updates, have, and that are nearly ours."""

_NEAR = 0.81
"""How like one of ours (difflib) a name must be to have been meant for it."""

_LOOKED_AT, _LONGEST_NAME = 20, 30
"""Names that are compared, and characters of each: a request may have many thousands."""


def unheeded() -> tuple[str, ...]:
    """What the request says and is not done: arguments that are nearly those of the endpoint, and too much time.

    Other arguments that it does not know are for other engines, and clients send them to all.
    """
    known = BESIDE | {"query", "question"}
    told: list[str] = []
    others = (each[:_LONGEST_NAME] for each in chain(request.args, request.form) if each not in known | _OF_OTHERS)
    for name in islice(others, _LOOKED_AT):
        if meant := near(name, known, n=1, cutoff=_NEAR):
            told.append(f"The argument {name} is not known, and nothing was done with it; nearest: {meant[0]}.")
    asked, most = timeout(), current_app.config["SETTINGS"].query_seconds
    if asked is not None and asked > most:
        told.append(f"timeout={asked:g} is more than a query may take here, which is {most} s.")
    return tuple(told)


def check_utf8(sent: bytes) -> None:
    """Raises BadRequest where werkzeug would let other bytes through as their percent-encoding."""
    try:
        sent.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"The query is not UTF-8 (byte {error.start}).") from error


def _check_no_question(parameters: Mapping[str, str]) -> None:
    if "question" in parameters:
        raise BadRequest("A question is asked by GET, as /questions/its-name; a POST has a query in its body.")


def _only_query(parameters: Any) -> str | None:
    if "update" in parameters:
        raise QueryRefused("updates are refused here; data goes in by `whatworks publish`, through the checks")
    queries = parameters.getlist("query")
    if len(queries) > 1:
        raise BadRequest(f"There are {len(queries)} parameters query; send one.")
    return queries[0] if queries and queries[0].strip() else None
