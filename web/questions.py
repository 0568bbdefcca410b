"""The questions: `/questions` lists them by subject, and `/questions/{id}` answers one with what is chosen in it."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest

from kb.ask.labels import labels_of
from kb.ask.query import Query, answer, read
from kb.ask.questions import Question, bound, by_subject, chosen, matching, question
from kb.ask.resource import exists, graph_of
from kb.errors import NotFound
from kb.namespaces import HOME, thing
from web import addresses, documents, figures, negotiation, solutions
from web.chart import chart
from web.code_samples import code_samples
from web.negotiation import CSV, GRAPHS, HTML, QUERY, RESULTS, by_suffix, choose
from web.point_map import point_map
from web.question import BESIDE, fields, href
from web.reading import snapshot
from web.representation import respond
from web.service_description import endpoint_url
from web.sparql import ROWS_SHOWN, offered

blueprint = Blueprint("questions", __name__)

Given = Mapping[str, Sequence[str]]
"""Parameter → what is written for it in the address."""


@blueprint.get("/questions")
def all_questions() -> Response:
    """The questions by subject, those that wait for data apart; `?q=` keeps those in which all its words stand."""
    words = request.args.get("q", "").strip()
    found = matching(words)

    def context() -> dict[str, Any]:
        answered, waiting = ([each for each in found if bool(each.fixture) == waits] for waits in (False, True))
        return {
            "words": words,
            "count": len(found),
            "answered": by_subject(answered),
            "waiting": by_subject(waiting),
        }

    return documents.document("questions.html", context, lambda: _as_data(found))


def _as_data(found: Sequence[Question]) -> list[Any]:
    """What the snapshot says of the questions: sh:SPARQLExecutable with their parameters."""
    store = snapshot().store
    iris = (thing(HOME, "question", each.id) for each in found)
    return [triple for iri in iris if exists(store, iri) for triple in graph_of(store, iri)]


@blueprint.get("/questions/<name>")
def one_question(name: str) -> Response:
    """The answer to a question, as a page with its form or in the format that a suffix, `?format=` or Accept names.

    A blank choice keeps its default. Raises NotFound for an unknown question, BadInput for a parameter that it does not
    have; a value that is not of its type is so refused too, and on the page beside its field.
    """
    snapshot()
    stem, suffix = by_suffix(name, (*RESULTS, *GRAPHS, HTML, QUERY))
    asked = question(stem)
    _check_alone()
    given = {each: request.args.getlist(each) for each in request.args if each not in BESIDE}
    form = fields(asked, given)
    if any(field.error for field in form) and (suffix is HTML or negotiation.wants_html()):
        response = respond(_page(asked, given, form=form), HTML, validated=False)
        response.status_code = 400
        return response
    text = bound(asked, chosen(asked, given))
    default, others = (request.args.getlist(name) for name in ("default-graph-uri", "named-graph-uri"))
    query = read(text, default, others, base=endpoint_url())
    has = (*offered(query.form), QUERY)
    if suffix not in (None, *has):
        raise NotFound(f"{name}: a question of the form {query.form} has no such format; see {href(asked.id)}")
    format = choose(has, suffix)
    if format is HTML:
        body: str | bytes = _page(asked, given, form=form, query=query)
    elif format is QUERY:
        body = text
    else:
        body = answer(snapshot(), query, format.suffix)
    formats = [(each, href(asked.id, _arguments(), each.suffix)) for each in has]
    canonical = href(asked.id, _arguments())
    return respond(body, format, formats=formats, canonical=canonical, validated=not query.varies)


def _check_alone() -> None:
    """Raises BadRequest for a query or another question beside the one that the path names."""
    if "query" in request.args or "question" in request.args:
        raise BadRequest("There is more than one question or query in the address; send one.")


def _arguments() -> list[tuple[str, str]]:
    """What the address says besides the format, as far as it says anything."""
    return [(name, value) for name, value in request.args.items(multi=True) if name != "format" and value.strip()]


def _page(asked: Question, given: Given, **shown: Any) -> str:
    """The page of a question; without a query in `shown` it has no answer, only the form."""
    iri = thing(HOME, "question", asked.id)
    about = addresses.href(iri) if exists(snapshot().store, iri) else None
    query: Query | None = shown.get("query")
    if query is not None:
        arguments = _arguments()
        # People want the one that a spreadsheet opens first; programs get another by default.
        has = sorted((each for each in offered(query.form) if each is not HTML), key=lambda each: each is not CSV)
        formats = [(each.title, each.media_type, href(asked.id, arguments, each.suffix)) for each in has]
        code = code_samples(asked.id, arguments, query) if query.form == "SELECT" else []
        shown |= _answered(asked, query) | {"formats": formats, "code": code}
    return render_template("question.html", asked=asked, about=about, **shown)


def _answered(asked: Question, query: Query) -> dict[str, Any]:
    """The answer for the page: rows with their columns, yes or no, or Turtle."""
    if query.form in ("CONSTRUCT", "DESCRIBE"):
        return {"turtle": answer(snapshot(), query, "ttl").decode()}
    found = json.loads(answer(snapshot(), query, "json"))
    if query.form == "ASK":
        return {"boolean": found["boolean"]}
    variables, rows = found["head"]["vars"], found["results"]["bindings"]
    shown = rows[:ROWS_SHOWN]
    labels = labels_of(snapshot().store, solutions.iris(shown))
    return {
        "columns": solutions.columns(variables, shown, labels),
        "rows": shown,
        "count": len(rows),
        "limit": ROWS_SHOWN,
        "labels": labels,
        "chart": chart(variables, rows, labels, asked.chart, asked.money),
        "map": point_map(variables, rows, labels),
        "in_words": partial(figures.in_words, sums=asked.money),
    }
