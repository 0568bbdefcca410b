"""Going back to an earlier release by one button, which shows first what it would do; for the dataset's publisher."""

from flask import Blueprint, Response, g, render_template, request

from kb.ask import difference_text, release_difference
from kb.errors import NotFound, NotSignedIn
from kb.store import releases, submitting
from kb.store.state import check_name
from kb.store.tokens import Token
from web import sign_in
from web.authority import FIELD, own_page, signed_in
from web.body import body
from web.reading import reader, snapshot
from web.receiving import most_an_hour
from web.representation import see_other

blueprint = Blueprint("restoring", __name__)
blueprint.register_error_handler(NotSignedIn, sign_in.lead_here)


@blueprint.after_request
def _private(response: Response) -> Response:
    return own_page(response)


@blueprint.get("/publish/restore/<dataset>/<int:number>")
def look(dataset: str, number: int) -> Response:
    """What bringing release `number` back would do (0: taking all content back). Raises NotFound."""
    token = signed_in("publish")
    folder = reader().folder
    latest = _latest(token, dataset, number)
    between = release_difference.between(folder, snapshot().store, token.publisher, dataset, latest, number)
    page = render_template(
        "restore.html",
        token=token,
        dataset=dataset,
        number=number,
        latest=latest,
        difference=between,
        sentence=difference_text.sentence(between),
        here=request.path,
        field=FIELD,
        key=g.form_key,
    )
    return Response(page, content_type="text/html; charset=utf-8")


@blueprint.post("/publish/restore/<dataset>/<int:number>")
def restore(dataset: str, number: int) -> Response:
    """Queues it, and leads to the page that tells how far it is. Raises NotFound, TooBusy."""
    body()
    token = signed_in("publish")
    _latest(token, dataset, number)
    queued = submitting.restore(reader().folder, token, dataset, number, most_an_hour())
    return see_other(f"/publish/{queued.id}")


def _latest(token: Token, dataset: str, number: int) -> int:
    """The number of the latest release; raises NotFound where the publisher has no such dataset or release."""
    check_name("dataset", dataset)
    latest = releases.latest(reader().folder, token.publisher, dataset)
    if latest is None or number > latest.number:
        raise NotFound(f"{token.publisher}/{dataset}: no such release; /publish lists your datasets")
    return latest.number
