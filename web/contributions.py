"""What readers contributed, for the publisher whose it is: to be taken up as a draft, answered or declined."""

from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request

from kb.ask.dataset_records import RecordKind, sheet_of
from kb.ask.resource import exists, graph_of
from kb.ask.statements import closure, types_of
from kb.errors import BadInput, NotFound, NotSignedIn, StoreMissing
from kb.protocols.templates import tables
from kb.protocols.templates.prefilled import prefilled
from kb.store.contributions import ANSWERED, DECLINED, OPEN, TAKEN_UP, Contribution, Contributions
from kb.store.tokens import Token
from kb.vocabulary import term
from web import entry_form, paging, sign_in
from web.addresses import href
from web.authority import FIELD, own_page, signed_in
from web.body import body
from web.contribution_questions import LONGEST_TEXT, as_record, kinds
from web.reading import reader, snapshot
from web.representation import see_other

blueprint = Blueprint("contributions", __name__)
blueprint.register_error_handler(NotSignedIn, sign_in.lead_here)


@blueprint.after_request
def _private(response: Response) -> Response:
    return own_page(response)


@blueprint.get("/publish/contributions")
def listed() -> Response:
    """Those for this publisher: what waits first. Raises werkzeug NotFound for a page after the last."""
    token = signed_in()
    found = Contributions(reader().folder).of(token.publisher)
    page = paging.asked(len(found))
    shown = found[page.offset : page.offset + page.size]
    return _page("contributions.html", token, found=shown, page=page, kinds=kinds())


@blueprint.get("/publish/contributions/<id>")
def one(id: str) -> Response:
    """One of them, with what can be done. Raises NotFound."""
    token = signed_in()
    return _one(token, _own(token, id))


@blueprint.post("/publish/contributions/<id>/draft")
def draft(id: str) -> Response:
    """The entry form of the record that it becomes, filled in; it counts as taken up. Raises NotFound, WrongState."""
    body()
    token = signed_in("submit")
    found = _own(token, id)
    record = _record(found)
    if record is None:
        raise NotFound("no protocol has a form for this; correct it in the file that it came from")
    if found.state == OPEN:
        Contributions(reader().folder).settle(id, TAKEN_UP, "", token.publisher, token.name)
    g.now = None
    return entry_form.filled(*record)


@blueprint.post("/publish/contributions/<id>")
def settle(id: str) -> Response:
    """Answers or declines it; what is said is shown to who sent it. Raises NotFound, WrongState, BadInput."""
    body()
    token = signed_in("submit")
    found = _own(token, id)
    answer, what = request.form.get("answer", "").strip(), request.form.get("do", "")
    if what not in (ANSWERED, DECLINED):
        raise BadInput(f"do: {what[:40]!r}: answer it, or decline it")
    if not answer or len(answer) > LONGEST_TEXT:
        return _one(token, found, f"Say why, in {LONGEST_TEXT:,} characters at most: who sent it can read it", answer)
    Contributions(reader().folder).settle(found.id, what, answer, token.publisher, token.name)
    return see_other(f"/publish/contributions/{id}")


def _own(token: Token, id: str) -> Contribution:
    found = Contributions(reader().folder).contribution(id)
    if found.publisher != token.publisher:
        raise NotFound("there is no such contribution, or it is another publisher's")
    return found


def _record(found: Contribution) -> tuple[str, str, dict[str, list[str]]] | None:
    """Protocol, record type and answers of the entry form: of a new record, or of the one to be corrected, as it is."""
    kind = kinds()[found.kind]
    if kind.record:
        return kind.protocol, kind.record, as_record(kind, found.fields, found.about)
    try:
        read = snapshot()
    except StoreMissing:
        return None
    if "://" not in found.about or not exists(read.store, found.about):
        return None
    triples = graph_of(read.store, found.about)
    classes = types_of(closure(read.store, found.about, 0, frozenset()).get(found.about, {}))
    for known in filter(None, map(term, classes)):
        if sheet := sheet_of(RecordKind(known, 1)):
            protocol, columns = sheet
            rows = prefilled(columns, triples).rows
            return protocol, tables.slug(columns), {id: [text] for id, text in rows[0].items()} if rows else {}
    return None


def _one(token: Token, found: Contribution, wrong: str = "", answer: str = "") -> Response:
    return _page(
        "contribution.html",
        token,
        400 if wrong else 200,
        found=found,
        kind=kinds()[found.kind],
        about=found.about if found.about.startswith("/") else href(found.about) if found.about else "",
        drafted_as=_record(found),
        wrong=wrong,
        answer=answer,
    )


def _page(template: str, token: Token, status: int = 200, **context: Any) -> Response:
    try:
        snapshot()  # the foot of the page says which it is
    except StoreMissing:
        g.pop("snapshot", None)
    g.now = None
    return make_response(render_template(template, token=token, key=g.form_key, field=FIELD, **context), status)
