"""The pages that lead from a file to a published dataset, for who has signed in; none needs a script."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, g, render_template, request
from werkzeug.exceptions import NotFound as NoSuchPage

from kb import namespaces
from kb.ask.difference_text import counted, sentence
from kb.ask.difference_words import DifferenceInWords
from kb.ask.release_difference import of_draft
from kb.errors import NotSignedIn, StoreMissing, WhatWorksError
from kb.mapping.cell_report.stored import NAME, read_overview
from kb.mapping.values.names import Names
from kb.protocols.catalogue import protocols
from kb.protocols.report import Report
from kb.store import decisions, releases, submitting
from kb.store.completeness import trend
from kb.store.contributions import Contributions
from kb.store.dataset_description import LICENCES
from kb.store.known_names import known_names
from kb.store.publisher_bodies import body_behind, names_around
from kb.store.queue import Queue
from kb.store.releases import Release
from kb.store.state import State
from kb.store.submission_folder import LARGE, SubmissionFolder
from kb.store.submissions import Submission, Submissions
from kb.store.submitting import ask_to_publish, decide, register
from kb.store.tokens import Token
from kb.store.withdrawal.drafts import stands_against
from web import check_report, deciding, drafts, mended, sign_in
from web.authority import FIELD, check_form, own, own_page, signed_in
from web.body import body
from web.check_report import Subject
from web.mended import check_files
from web.reading import reader, snapshot
from web.receiving import SUFFIXES, most_an_hour, receive
from web.representation import see_other
from web.submissions import check_dataset

blueprint = Blueprint("publishing", __name__)
blueprint.register_error_handler(NotSignedIn, sign_in.lead_here)

REFRESH = 1
"""Seconds after which a page shows how far the work has come."""

WAIT = 1.5
"""Seconds for which a page waits for work that is being done, so that what is soon done is seen at once."""

_LOOK = 0.05


@dataclass(frozen=True)
class OwnDataset:
    """A dataset of the publisher, by its latest release."""

    name: str
    latest: Release


@blueprint.after_request
def _private(response: Response) -> Response:
    return own_page(response)


@blueprint.get("/publish")
def overview() -> Response:
    """The publisher's datasets and submissions, and the way to send a new one."""
    token = signed_in()
    waiting = Contributions(reader().folder).waiting(token.publisher)
    sent, queue = _submissions(token), _queue(token)
    return _page("publish.html", token, datasets=_datasets(token), submissions=sent, queue=queue, waiting=waiting)


@blueprint.get("/publish/new")
def new() -> Response:
    """The form by which a file is sent."""
    return _new(signed_in())


@blueprint.post("/publish/new")
def send() -> Response:
    """303 to the page of the submission; the form again with what is wrong. Raises what `receive` does."""
    token = signed_in("submit", key_within=True)
    upload = receive(token.publisher, form_only=True)
    dataset = upload.fields.get("dataset", "").strip()
    try:
        check_form(upload.fields.get(FIELD, ""))
        check_files(upload)
        check_dataset(token.publisher, dataset)
        chosen = upload.fields.get("protocol", "")
        folder = reader().folder
        submission = register(folder, token, dataset, upload.id, upload.fields, chosen=chosen, most=most_an_hour())
    except WhatWorksError as error:
        upload.delete()
        about_file = bool(upload.empty or not upload.files or upload.unreadable())
        return _new(token, upload.fields, str(error), 400, "file" if about_file else "dataset")
    except BaseException:
        upload.delete()
        raise
    return see_other(f"/publish/{submission.id}")


@blueprint.post("/publish/<id>/mended")
def send_mended(id: str) -> Response:
    """303 to the page of a new submission of the mended file, for the same dataset; this one stays as it is.

    The page again with what is wrong. Raises what `receive` does.
    """
    token = signed_in("submit", key_within=True)
    before = own(token, id)
    upload = receive(token.publisher, form_only=True)
    try:
        check_form(upload.fields.get(FIELD, ""))
        submission = mended.register_mended(token, before, upload)
    except WhatWorksError as error:
        upload.delete()
        return _one(token, before, str(error))
    except BaseException:
        upload.delete()
        raise
    return see_other(f"/publish/{submission.id}")


@blueprint.get("/publish/<id>")
def one(id: str) -> Response:
    """How far a submission is, and what can be done next. While work is done, the page shows itself again."""
    token = signed_in()
    return _one(token, _soon(own(token, id)))


def _one(token: Token, submission: Submission, wrong: str = "") -> Response:
    """`wrong`: what is wrong with a file that was sent in place of its own."""
    id = submission.id
    folder, place = reader().folder, SubmissionFolder(reader().folder, submission.id)
    done = submission.state in ("checked", "publishing", "published")
    cells = _overview(place) if done else None
    response = _page(
        "submission.html",
        token,
        400 if wrong else 200,
        wrong=wrong,
        suffixes=",".join(sorted(SUFFIXES)),
        submission=submission,
        steps=Submissions(folder).steps(id),
        before=Queue(folder).before(id),
        report=_first(place.report()) if done and cells is None else "",
        cells=cells,
        words=_difference(submission, place),
        withdrawn=stands_against(folder, id) if submission.state == "checked" else "",
        dataset_iri=namespaces.dataset(State(folder).publisher(submission.publisher).base, submission.dataset),
        latest=releases.latest(folder, submission.publisher, submission.dataset),
        decisions=place.decisions(),
        stays="refresh" in request.args,
        has_drafts=drafts.possible(),
    )
    if submission.working and "refresh" not in request.args:
        response.headers["Refresh"] = str(REFRESH)
    return response


@blueprint.get("/publish/<id>/decisions")
def ask(id: str) -> Response:
    """Which column is which field, what holds for all rows, and what values mean. Raises NotFound without sheets."""
    token = signed_in()
    submission = own(token, id)
    return _decisions(token, submission)


@blueprint.post("/publish/<id>/decisions")
def answer(id: str) -> Response:
    """Reads the files anew by the answers. Raises WrongState."""
    body()
    token = signed_in("submit")
    submission = own(token, id)
    asked = SubmissionFolder(reader().folder, submission.id).decisions()
    answers = {name: value for name, value in request.form.items() if len(value) < 1000}
    if deciding.CHANGE in answers:
        return _decisions(token, submission, answers=deciding.opened(asked, answers))
    given = deciding.with_addresses(asked, answers, reader().folder)
    found = [decisions.decided(each, given, number) for number, each in enumerate(asked) if each.record]
    if words := deciding.said_twice(found):
        return _decisions(token, submission, words, answers)
    if refused := deciding.not_understood(asked, found, given, _names(token)):
        return _decisions(token, submission, "Some answers are not understood", answers, refused)
    decide(reader().folder, submission.id, found, answers.get("protocol", ""))
    return see_other(f"/publish/{id}")


@blueprint.post("/publish/<id>/check")
def check_again(id: str) -> Response:
    """Reads and checks anew, against what is published now. Raises WrongState."""
    body()
    token = signed_in("submit")
    submitting.check_again(reader().folder, own(token, id).id)
    return see_other(f"/publish/{id}")


@blueprint.post("/publish/<id>/publish")
def publish(id: str) -> Response:
    """Queues the publication. Raises WrongState, NotConforming."""
    body()
    token = signed_in("publish")
    ask_to_publish(reader().folder, token, own(token, id), hold_back=request.form.get("hold-back") == "yes")
    return see_other(f"/publish/{id}")


@blueprint.post("/publish/<id>/discard")
def discard(id: str) -> Response:
    """Discards the submission and its files. Raises WrongState."""
    body()
    token = signed_in("submit")
    submitting.discard(reader().folder, token, own(token, id).id)
    return see_other("/publish")


@blueprint.get("/publish/<id>/report")
def report(id: str) -> Response:
    """The report of the check with its cells, in its three voices."""
    cells = _cells(id)
    if Submissions(reader().folder).submission(id).state == "published":
        return check_report.report(*cells)
    form = {"action": f"/publish/{id}/mended", "field": FIELD, "key": g.form_key}
    return check_report.report(*cells, mending=form | {"suffixes": ",".join(sorted(SUFFIXES))})


@blueprint.get("/publish/<id>/report.xlsx")
def workbook(id: str) -> Response:
    """The sheets as they were sent, with the cells marked."""
    return check_report.workbook(*_cells(id))


@blueprint.get("/publish/<id>/report/summary")
def summary(id: str) -> Response:
    """Counts and completeness, and how they have changed."""
    path, subject = _cells(id)
    found = Submissions(reader().folder).submission(id)
    return check_report.manager(path, subject, trend(reader().folder, found.publisher, found.dataset, until=id))


def _cells(id: str) -> tuple[Any, Subject]:
    submission = own(signed_in(), id)
    path = SubmissionFolder(reader().folder, submission.id).path / NAME
    if not path.exists():
        raise NoSuchPage("There is no report with cells: the submission has no sheet, or has not been checked yet.")
    steps = [{"text": "Publish", "href": "/publish"}, {"text": submission.dataset, "href": f"/publish/{id}"}]
    about = f"/publish/{id}/about" if submission.method == "replace" and submission.state != "published" else ""
    return path, Subject(submission.name, f"/publish/{id}/report", steps, about)


def _soon(submission: Submission) -> Submission:
    """The submission, once the work on it is done or WAIT is over; at once where others come before it."""
    deadline = time.monotonic() + WAIT
    while submission.working and not Queue(reader().folder).before(submission.id) and time.monotonic() < deadline:
        time.sleep(_LOOK)
        submission = Submissions(reader().folder).submission(submission.id)
    return submission


def _page(template: str, token: Token, status: int = 200, **context: Any) -> Response:
    try:
        snapshot()  # the foot of the page says which it is
    except StoreMissing:
        g.pop("snapshot", None)
    g.now = None  # a page of one publisher has no address as at a snapshot
    page = render_template(template, token=token, key=g.form_key, field=FIELD, **context)
    return Response(page, status, content_type="text/html; charset=utf-8")


def _new(
    token: Token, fields: dict[str, str] | None = None, wrong: str = "", status: int = 200, wrong_in: str = ""
) -> Response:
    """`wrong_in` is the field of the form that `wrong` is about."""
    dataset = request.args.get("dataset", "")
    given = fields if fields is not None else {"dataset": dataset}
    return _page(
        "publish-new.html",
        token,
        status,
        datasets=_datasets(token),
        protocols=protocols(),
        licences=LICENCES,
        given=given,
        wrong=wrong,
        wrong_in=wrong_in,
        suffixes=",".join(sorted(SUFFIXES)),
        megabytes=current_app.config["SETTINGS"].upload_mb,
    )


def _decisions(
    token: Token,
    submission: Submission,
    wrong: str = "",
    answers: dict[str, str] | None = None,
    refused: dict[str, str] | None = None,
) -> Response:
    """`refused`: name of a field → why its answer cannot be used."""
    shown = deciding.shown(submission, SubmissionFolder(reader().folder, submission.id), answers or {})
    return _page("decisions.html", token, 400 if wrong else 200, wrong=wrong, refused=refused or {}, **shown)


def _names(token: Token) -> Names:
    folder = reader().folder
    names = known_names(current_app.config["SETTINGS"])
    return names_around(folder, body_behind(folder, State(folder).publisher(token.publisher), names), names)


def _datasets(token: Token) -> list[OwnDataset]:
    folder = reader().folder
    names = [name for publisher, name in releases.datasets(folder) if publisher == token.publisher]
    found = [(name, releases.latest(folder, token.publisher, name)) for name in names]
    return [OwnDataset(name, latest) for name, latest in found if latest is not None]


def _submissions(token: Token) -> list[Submission]:
    return Submissions(reader().folder).of(token.publisher, 50)


def _queue(token: Token) -> Sequence[tuple[str, bool]]:
    """What waits, in order: what is done, and whether it is this publisher's."""
    return [(job.work, job.publisher == token.publisher) for job in Queue(reader().folder).jobs()]


def _overview(place: SubmissionFolder) -> Any:
    path = place.path / NAME
    return read_overview(path) if path.exists() else None


def _first(report: Report | None) -> str:
    """The report in words, as far as a page holds it."""
    lines = report.text().splitlines() if report is not None else []
    more = [f"… and {len(lines) - 200} more lines"] if len(lines) > 200 else []
    return "\n".join([*lines[:200], *more])


def _difference(submission: Submission, place: SubmissionFolder) -> tuple[str, DifferenceInWords | None] | None:
    """What publishing would change; of what is large only how many records."""
    if submission.state != "checked":
        return None
    if submission.counts.get("triples", 0) > LARGE:
        return counted(place.changes()), None
    try:
        store = snapshot().store
    except StoreMissing:
        store = None
    found = of_draft(reader().folder, store, submission.publisher, submission.dataset, place.lines(), shown=20)
    return sentence(found), found
