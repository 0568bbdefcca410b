"""Graph Store Protocol for writing: PUT, POST and DELETE of a dataset's graph submit, check and publish in one step.

SPARQL 1.1 Graph Store HTTP Protocol §5.3 (PUT), §5.4 (DELETE), §5.5 (POST). The history stays: an emptied graph is an
empty release. Work that takes longer than a request should is answered 202, with the submission to ask after.
"""

import json
import time

from flask import Response, request
from pyoxigraph import NamedNode
from werkzeug.exceptions import BadRequest, MethodNotAllowed

from kb.errors import BadInput, NotAllowed, NotConforming, NotFound, WrongState
from kb.namespaces import base_of_graph
from kb.store import releases, submitting
from kb.store.state import Publisher, State
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Method, Submission, Submissions, new_id
from kb.store.submitting import register
from kb.store.tokens import Token
from web import turns
from web.asking import client
from web.authority import bearer, of_publisher, own_page
from web.reading import reader
from web.receiving import most_an_hour, receive
from web.submissions import check_dataset, described

METHODS: dict[str, Method] = {"PUT": "replace", "POST": "add", "DELETE": "empty"}

WAIT = 30.0
"""Seconds for which a request waits for its publication."""

_LOOK = 0.05


def write() -> Response:
    """Publishes what the request says. Raises NotSignedIn, NotAllowed for a graph of another publisher, NotConforming
    with the report, BadInput, NotFound for the deletion of what is not there, WrongState where another release came
    between, and what `receive` does.
    """
    if request.method not in METHODS or "graph" not in request.args:
        named = METHODS if "graph" in request.args else ()
        words = "The default graph is the merge of all others: name the graph of a dataset, by ?graph= and its IRI."
        raise MethodNotAllowed(("GET", "HEAD", "OPTIONS", *named), None if named else words)
    token = bearer("publish")
    publisher, dataset = _owner()
    of_publisher(token, publisher.id)
    check_dataset(publisher.id, dataset)
    latest = releases.latest(reader().folder, publisher.id, dataset)
    if request.method == "DELETE":
        if latest is None or not latest.triples:
            raise NotFound(f"{request.args['graph']}: no such graph")
        id, fields = new_id(), {}
    else:
        upload = receive(publisher.id)
        id, fields = upload.id, upload.fields
    submission = register(
        reader().folder,
        token,
        dataset,
        id,
        fields,
        method=METHODS[request.method],
        at_once=True,
        most=most_an_hour(),
    )
    return own_page(_answer(token, _done(submission), new=latest is None))


def _owner() -> tuple[Publisher, str]:
    """Whose graph the address names; every publisher's graphs have names under its base."""
    names = request.args.getlist("graph")
    if len(names) != 1:
        raise BadRequest("Name one graph, by ?graph= and its IRI.")
    try:
        iri = NamedNode(names[0]).value
    except ValueError as error:
        raise BadRequest(f"graph={names[0]}: not an absolute IRI, percent-encoded once.") from error
    base = base_of_graph(iri)
    for publisher in State(reader().folder).publishers():
        if publisher.base == base:
            return publisher, iri.rpartition("/")[2]
    raise NotAllowed(f"{iri}: no dataset of a publisher here has this graph; yours are BASE/id/graph/NAME")


def _done(submission: Submission) -> Submission:
    """The submission when nothing more is done with it, or as it is when the request can't wait any longer."""
    with turns.of("publications").taken(client()):
        end = time.monotonic() + WAIT
        while submission.working and time.monotonic() < end:
            time.sleep(_LOOK)
            submission = Submissions(reader().folder).submission(submission.id)
        return submission


def _answer(token: Token, submission: Submission, *, new: bool) -> Response:
    """What came of it. What is refused is told here whole, so nothing of it is kept.

    Raises BadInput where it cannot be read, NotConforming with the report, and WrongState where another release came
    between.
    """
    if submission.state in ("failed", "checked", "needs decisions"):
        report = SubmissionFolder(reader().folder, submission.id).report()
        submitting.discard(reader().folder, token, submission.id)
        if submission.state == "failed":
            raise BadInput(submission.message)
        if submission.conforms:
            raise WrongState(submission.message)
        violations = submission.counts.get("violations", 0)
        words = f"{submission.name}: violations of its protocols: {violations}; nothing was changed"
        raise NotConforming(submission.message or words, report)
    status = 202 if submission.working else 201 if new else 200
    body = json.dumps(described(submission), ensure_ascii=False) + "\n"
    response = Response(body, status, content_type="application/json")
    response.headers["Location" if status != 200 else "Content-Location"] = f"/api/submissions/{submission.id}"
    if status == 201:
        response.headers["Location"] = request.full_path
    return response
