"""The questions: `/questions` lists them by subject, and `/questions/{id}` answers one with what is chosen in it."""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest

from kb.ask.evaluation import Rows
from kb.ask.query import Query
from kb.ask.questions import Question, bound, by_subject, chosen, matching, question
from kb.ask.resource import exists, graph_of
from kb.errors import NotFound
from kb.namespaces import HOME, thing
from web import addresses, documents, figures, negotiation
from web.answering import FAILED, as_data, for_a_page, graphs_named, offered, query_of, told
from web.as_at import as_at
from web.asking import describe
from web.chart import chart
from web.code_samples import code_samples
from web.negotiation import CSV, GRAPHS, HTML, QUERY, RESULTS, Format, by_suffix, choose
from web.point_map import point_map
from web.question import BESIDE, Field, fields, href, title
from web.reading import drafted, snapshot
from web.representation import here, respond

blueprint = Blueprint("questions", __name__)


@blueprint.get("/questions")
def all_questions() -> Response:
    """The questions by subject, those that wait for data apart; `?q=` keeps those in which all its words stand."""
    words = request.args.get("q", "").strip()
    found = matching(words)

    def context() -> dict[str, Any]:
        here, waiting = ([each for each in found if bool(each.fixture) == waits] for waits in (False, True))
        return {"words": words, "count": len(found), "answered": by_subject(here), "waiting": by_subject(waiting)}

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
    have or a value that is not of its type, and what `web.asking.ask` raises; on the page the form says what is wrong.
    """
    snapshot()
    stem, suffix = by_suffix(name, (*RESULTS, *GRAPHS, HTML, QUERY))
    asked = question(stem)
    if "query" in request.args or "question" in request.args:
        raise BadRequest("There is more than one question or query in the address; send one.")
    given = {each: request.args.getlist(each) for each in request.args if each not in BESIDE}
    form = fields(asked, given)
    for_a_reader = suffix is HTML or negotiation.wants_html()
    if for_a_reader and any(field.error for field in form):
        response = respond(_unanswered(asked, form), HTML, validated=False)
        response.status_code = HTTPStatus.BAD_REQUEST
        return response
    text = bound(asked, chosen(asked, given))
    query = query_of(text, *graphs_named())
    has = (*offered(query.form), QUERY)
    if suffix not in (None, *has):
        raise NotFound(f"{name}: a question of the form {query.form} has no such format; see {href(asked.id)}")
    format = choose(has, suffix)
    formats = [(each, href(asked.id, _arguments(), each.suffix)) for each in has]
    if format is QUERY:
        return respond(text, QUERY, formats=formats)
    if format is HTML:
        try:
            return _answered(asked, query, form, formats)
        except FAILED as error:
            return told(error, _unanswered(asked, form, str(error)))
    return as_data(query, format, formats, partial(_following, asked, format), asked.waits, sheet=True)


def _arguments(*beside: str) -> list[tuple[str, str]]:
    """What the address says besides the format and these, as far as it says anything."""
    left_out = ("format", *beside)
    return [(name, value) for name, value in request.args.items(multi=True) if name not in left_out and value.strip()]


def _following(asked: Question, format: Format, rows: Rows) -> str:
    """The address of the rows after these, of the same snapshot, or the parts would not make a whole."""
    at = [] if drafted() else [("snapshot", snapshot().id)]
    added = [("offset", str(rows.skip + rows.count)), *at]
    return href(asked.id, _arguments("offset", "snapshot") + added, format.suffix)


def _of_this_answer(address: str) -> str:
    """The address as at the snapshot, or in the draft, that was read: any other would lead to another answer."""
    return here(address) if drafted() else as_at(address, snapshot().id)


def _unanswered(asked: Question, form: Sequence[Field], failed: str | None = None) -> str:
    """The page without an answer: what is wrong stands beside its field, or is told of the question as a whole."""
    return render_template("question.html", asked=asked, form=form, failed=failed, about=_about(asked))


def _answered(
    asked: Question, query: Query, form: Sequence[Field], formats: Sequence[tuple[Format, str]]
) -> Response:
    """The page with the answer: as a table, with a chart or map where it is such, and how to get it elsewhere."""
    answer, shown = for_a_page(query)
    # People want the one that a spreadsheet opens first; programs get another by default.
    listed = sorted((each for each in formats if each[0] not in (HTML, QUERY)), key=lambda each: each[0] is not CSV)
    shown["formats"] = [(each.title, each.media_type, _of_this_answer(address)) for each, address in listed]
    if query.form == "SELECT":
        variables, rows, labels = shown["variables"], shown["rows"], shown["labels"]
        shown["chart"] = chart(variables, rows, labels, asked.chart, asked.money)
        shown["map"] = point_map(variables, rows, labels)
        shown["in_words"] = partial(figures.in_words, sums=asked.money)
        if not drafted():
            shown["code"] = code_samples(asked.id, _arguments("max-rows", "offset", "snapshot", "timeout"), query)
    words = title(asked, {each: request.args.getlist(each) for each in request.args if each not in BESIDE})
    shown |= {"form": form, "query": query, "about": _about(asked), "title": words}
    body = render_template("question.html", asked=asked, **shown)
    canonical = href(asked.id, _arguments())
    validated = not query.varies and shown["reasons"] is not None
    response = respond(body, HTML, formats=formats, canonical=canonical, validated=validated)
    describe(response, answer)
    return response


def _about(asked: Question) -> str | None:
    """The page about the question, where the snapshot knows it."""
    iri = thing(HOME, "question", asked.id)
    return addresses.href(iri) if exists(snapshot().store, iri) else None
