"""What a publisher says of a dataset itself while its sheets wait: title, licence, and the fields of its protocol."""

from flask import Blueprint, Response, current_app, g, render_template, request

from kb.errors import BadInput, NotSignedIn, WrongState
from kb.store import dataset_fields, submitting
from kb.store.dataset_description import LICENCES
from kb.store.known_names import known_names
from kb.store.publisher_bodies import body_behind, names_around
from kb.store.state import State
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submission
from kb.store.tokens import Token
from web import sign_in
from web.authority import FIELD, own, own_page, signed_in
from web.body import body
from web.reading import reader
from web.representation import see_other

blueprint = Blueprint("dataset_about", __name__)
blueprint.register_error_handler(NotSignedIn, sign_in.lead_here)


@blueprint.after_request
def _private(response: Response) -> Response:
    return own_page(response)


@blueprint.get("/publish/<id>/about")
def ask(id: str) -> Response:
    """The form, with what was said. Raises WrongState."""
    token = signed_in()
    submission = _open(token, id)
    return _page(token, submission, SubmissionFolder(reader().folder, id).about())


@blueprint.post("/publish/<id>/about")
def say(id: str) -> Response:
    """Keeps what is said, and has the files read and checked anew; the form again with what is not understood.

    Raises WrongState.
    """
    body()
    token = signed_in("submit")
    submission = _open(token, id)
    folder = reader().folder
    given = dict(request.form.items())
    public = known_names(current_app.config["SETTINGS"])
    behind = body_behind(folder, State(folder).publisher(token.publisher), public)
    refused = dataset_fields.faults(dataset_fields.chosen(given), names_around(folder, behind, public))
    if refused:
        return _page(token, submission, given, refused)
    try:
        submitting.say(folder, submission.id, given)
    except BadInput as error:
        return _page(token, submission, given, {"licence": str(error)})
    return see_other(f"/publish/{id}")


def _open(token: Token, id: str) -> Submission:
    """The submission; raises WrongState while it is worked on, and once it is published."""
    submission = own(token, id)
    if submission.working or submission.state == "published":
        raise WrongState(f"this submission is {submission.state}: nothing can be said of its dataset now")
    return submission


def _page(
    token: Token, submission: Submission, given: dict[str, str], refused: dict[str, str] | None = None
) -> Response:
    """`refused`: id of a field → why what was said there cannot be used."""
    page = render_template(
        "dataset-about.html",
        token=token,
        submission=submission,
        sections=dataset_fields.sections(),
        licences=LICENCES,
        given=given,
        refused=refused or {},
        field=FIELD,
        key=g.form_key,
    )
    return Response(page, 400 if refused else 200, content_type="text/html; charset=utf-8")
