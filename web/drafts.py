"""Drafts: a submission as everything would look once it is published, at any address with `draft=` and its id.

A draft is chosen here, before any page or query is answered, so that no route can be asked for one by anybody but its
publisher. To all others it is not there. Nothing that is read of it is kept by any cache, and nothing that lasts (a
short link, a citation, a download) can be made of it.
"""

import time

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import BadRequest

from kb.errors import Gone, NotAllowed, NotFound, NotSignedIn, PreviewInTheMaking, WrongState
from kb.store.previews import Previews
from kb.store.submissions import Submissions
from web.as_at import DRAFT, PARAMETER, is_outside
from web.authority import own, own_page, who_reads
from web.reading import reader

WAIT = 3.0
"""Seconds for which a request waits for a preview that is being made."""

_LOOK = 0.05

_READ_BY = ("GET", "HEAD")


def begin() -> None:
    """Before every request: the snapshot of the draft that the address names is what is read.

    Raises NotFound for who is not its publisher, and for what is no part of a draft; PreviewInTheMaking; BadRequest.
    """
    ids = set(request.args.getlist(DRAFT))
    if not ids or request.method == "OPTIONS":
        return
    g.private = True
    for id in ids:
        _check(id)
    if len(ids) > 1 or PARAMETER in request.args:
        raise BadRequest("The address names more than one snapshot or draft; name one.")
    if is_outside(request.path) or (request.method not in _READ_BY and request.path != "/sparql"):
        raise NotFound(f"{request.path}: no part of a draft; take draft= out of the address")
    previews = current_app.extensions["previews"]
    assert isinstance(previews, Previews)
    found = previews.of(id)
    if found is None:
        try:
            Submissions(reader().folder).ask_preview(id)
        except WrongState as error:
            raise NotFound(f"{error}: there is nothing to show") from error
        deadline = time.monotonic() + WAIT
        while found is None and time.monotonic() < deadline:
            time.sleep(_LOOK)
            found = previews.of(id)
    if found is None:
        raise PreviewInTheMaking("how it would look is being put together; this page shows it in a moment", 2)
    g.snapshot, g.draft = found, id


def possible() -> bool:
    """Whether drafts can be looked at: they are made of the files of a snapshot, which an engine elsewhere has none."""
    return not current_app.config["SETTINGS"].store


def finish(response: Response) -> Response:
    """After every request: what was read of a draft is kept nowhere."""
    if DRAFT in request.args:
        own_page(response)
        response.headers.pop("ETag", None)
    return response


def install(app: Flask) -> None:
    """Puts `begin` before every request of the application, and `finish` after all else that ends one."""
    app.extensions["previews"] = Previews(app.extensions["reader"].folder)
    app.before_request(begin)
    app.after_request(finish)


def _check(id: str) -> None:
    """Raises NotFound, in the same words whether there is none or it is another's."""
    hidden = NotFound("there is no such draft for you to see; sign in as the publisher who sent it")
    try:
        submission = own(who_reads(), id)
    except (NotFound, Gone, NotSignedIn, NotAllowed):
        raise hidden from None
    if not possible():
        raise NotFound(
            "no draft can be looked at here, since this site keeps its data in an engine elsewhere; what would change "
            "stands on the page of the submission"
        )
    if submission.state != "checked":
        raise NotFound(f"this submission is {submission.state}: only one that is checked can be looked at as a draft")
