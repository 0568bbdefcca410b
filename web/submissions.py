"""Submissions for programs: send a file, see how far it is, say what columns mean, publish or discard."""

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import UnsupportedMediaType

from kb.errors import NotFound
from kb.mapping.cell_report.stored import NAME as CELLS
from kb.protocols.report import Report
from kb.store import releases, submitting
from kb.store.completeness import trend
from kb.store.queue import Queue
from kb.store.state import State, check_name
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submission, Submissions
from kb.store.submitting import ask_to_publish, decide, mappings_of, register
from web import check_report
from web.authority import bearer, of_publisher, own, own_page
from web.body import body
from web.check_report import Subject
from web.negotiation import TURTLE, Format, choose
from web.reading import reader
from web.receiving import most_an_hour, receive
from web.service_description import public_url

blueprint = Blueprint("submissions", __name__)

JSON = Format("json", "application/json", "JSON")
TEXT = Format("txt", "text/plain", "Text")


@blueprint.after_request
def _private(response: Response) -> Response:
    return own_page(response)


@blueprint.post("/api/datasets/<publisher>/<dataset>/submissions")
def send(publisher: str, dataset: str) -> Response:
    """201 with the address of the submission. Raises NotSignedIn, NotAllowed, BadInput, and what `receive` does."""
    token = bearer("submit")
    of_publisher(token, publisher)
    check_dataset(publisher, dataset)
    upload = receive(publisher)
    chosen = upload.fields.get("protocol") or request.args.get("protocol", "")
    folder = reader().folder
    return created(register(folder, token, dataset, upload.id, upload.fields, chosen=chosen, most=most_an_hour()))


@blueprint.get("/api/submissions/<id>")
def see(id: str) -> Response:
    """State, counts and links. Raises NotFound, Gone for one that was discarded."""
    return _json(described(own(bearer("submit"), id)))


@blueprint.get("/api/submissions/<id>/report")
def report_of(id: str) -> Response:
    """The report of the check, as JSON, text, or a SHACL validation report in Turtle, with the cells that its results
    stand in where sheets were sent. Raises NotFound before it."""
    submission = own(bearer("submit"), id)
    place = SubmissionFolder(reader().folder, submission.id)
    if (cells := place.path / CELLS).exists():
        return check_report.report(cells, _checked(submission))
    report = place.report()
    if report is None:
        raise NotFound("there is no report yet: this submission has not been checked")
    format = choose((JSON, TURTLE, TEXT))
    return Response(written(report, format), content_type=format.content_type)


@blueprint.get("/api/submissions/<id>/report.xlsx")
def marked(id: str) -> Response:
    """The sheets as they were sent, with the cells marked. Raises NotFound where there is none."""
    submission = own(bearer("submit"), id)
    return check_report.workbook(_cells(submission), _checked(submission))


@blueprint.get("/api/submissions/<id>/report/summary")
def summary(id: str) -> Response:
    """Counts and completeness, and how they have changed, as JSON or CSV. Raises NotFound likewise."""
    submission = own(bearer("submit"), id)
    points = trend(reader().folder, submission.publisher, submission.dataset, until=submission.id)
    return check_report.manager(_cells(submission), _checked(submission), points)


@blueprint.post("/api/submissions/<id>/mapping")
def map_columns(id: str) -> Response:
    """Takes a mapping file, or a list of them, and reads the files anew by it. Raises WrongState, BadInput."""
    submission = own(bearer("submit"), id)
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send the mapping as application/json.")
    decide(reader().folder, submission.id, mappings_of(body()))
    return _json(described(own(bearer("submit"), id)), 202)


@blueprint.post("/api/submissions/<id>/publish")
def publish(id: str) -> Response:
    """Queues the publication; `hold-back=true` leaves out what violates. Raises WrongState, NotConforming."""
    token = bearer("publish")
    submission = own(token, id)
    body()  # within bounds, before the form is read
    folder = reader().folder
    ask_to_publish(folder, token, submission, hold_back=request.values.get("hold-back", "") in ("true", "yes", "1"))
    return _json(described(own(token, id)), 202)


@blueprint.delete("/api/submissions/<id>")
def discard(id: str) -> Response:
    """204; the submission and its files are gone. Raises WrongState."""
    token = bearer("submit")
    submitting.discard(reader().folder, token, own(token, id).id)
    return Response(status=204)


def _checked(submission: Submission) -> Subject:
    return Subject(submission.name, f"/api/submissions/{submission.id}/report")


def _cells(submission: Submission) -> Path:
    path = SubmissionFolder(reader().folder, submission.id).path / CELLS
    if not path.exists():
        raise NotFound("there is no report with cells: no sheet was sent, or it has not been checked yet")
    return path


def check_dataset(publisher: str, dataset: str) -> None:
    """Raises BadInput where no dataset may be called so, UnknownPublisher."""
    State(reader().folder).publisher(publisher)
    check_name("dataset", dataset)


def created(submission: Submission) -> Response:
    """201 with the address and the description of a submission."""
    response = _json(described(submission), 201)
    response.headers["Location"] = f"/api/submissions/{submission.id}"
    return response


def described(submission: Submission) -> dict[str, Any]:
    """What a program is told of a submission."""
    folder, here = reader().folder, f"{public_url()}/api/submissions/{submission.id}"
    links = {"self": here, "page": f"{public_url()}/publish/{submission.id}"}
    if submission.state in ("checked", "publishing", "published"):
        links["report"] = f"{here}/report"
    if submission.state == "checked":
        links["publish"] = f"{here}/publish"
    if submission.state in ("needs decisions", "checked", "failed"):
        links["mapping"] = f"{here}/mapping"
    if submission.release is not None:
        found = releases.read(folder, submission.publisher, submission.dataset, submission.release)
        links |= {"release": found.iri, "dataset": found.dataset_iri}
    counts = {name: number for name, number in submission.counts.items() if name != "based_on"}
    return {
        "id": submission.id,
        "publisher": submission.publisher,
        "dataset": submission.dataset,
        "protocol": submission.protocol or None,
        "method": submission.method,
        "state": submission.state,
        "message": submission.message or None,
        "conforms": submission.conforms if submission.state == "checked" else None,
        "files": [each.__dict__ for each in submission.files],
        "created": submission.created,
        "changed": submission.changed,
        "counts": counts,
        "before_it_in_the_queue": Queue(folder).before(submission.id),
        "steps": [each.__dict__ for each in Submissions(folder).steps(submission.id)],
        "release": submission.release,
        "links": links,
    }


def written(report: Report, format: Format) -> str:
    """The report in a format."""
    if format is TURTLE:
        return report.turtle()
    return report.text() if format is TEXT else json.dumps(report.json(), ensure_ascii=False)


def _json(content: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(content, ensure_ascii=False) + "\n", status, content_type=JSON.media_type)


