"""Signing in on the pages with a token, and out again."""

import hmac
import secrets
from datetime import timedelta

from flask import Blueprint, Response, g, make_response, render_template, request
from werkzeug.exceptions import Forbidden

from kb.errors import NotSignedIn
from kb.store.attempts import Attempts
from kb.store.audit import Audit
from kb.store.sessions import Sessions
from kb.store.tokens import Tokens
from web import errors
from web.asking import client
from web.authority import (
    FIELD,
    cookie_name,
    forget,
    give,
    hours,
    own_page,
    remember,
    session_value,
    signed_in,
    take_back,
)
from web.body import body
from web.reading import reader
from web.representation import see_other

blueprint = Blueprint("sign_in", __name__)

BEFORE = "whatworks-before"
"""The cookie of somebody who has not signed in yet, which the form repeats: no other site can sign them in."""

MOST = 10
WITHIN = timedelta(minutes=15)
"""So many failed sign-ins of one address are taken within that time."""


@blueprint.after_request
def _private(response: Response) -> Response:
    return own_page(response)


@blueprint.get("/sign-in")
def page() -> Response:
    """The form; `next` is the page that is led to afterwards."""
    return _form("", request.args.get("next", ""))


@blueprint.post("/sign-in")
def enter() -> Response:
    """Sets the cookie and leads on; 403 with the form for a token that lets nobody in. Raises TooBusy, Forbidden."""
    body()
    before = request.cookies.get(cookie_name(BEFORE), "")
    if not before or not hmac.compare_digest(before.encode(), request.form.get(FIELD, "").encode()):
        raise Forbidden("This form is not of your session here. Open the page again, and send it from there.")
    attempts = Attempts(reader().folder)
    attempts.check("sign-in", client(), MOST, WITHIN)
    following = request.form.get("next", "")
    try:
        token = Tokens(reader().folder).verify(request.form.get("token", ""))
    except NotSignedIn as error:
        attempts.count("sign-in", client(), WITHIN)
        return _form(str(error), following, 403)
    response = see_other(_local(following))
    remember(response, Sessions(reader().folder).begin(token, hours()))
    take_back(response, BEFORE)
    Audit(reader().folder).add(token.publisher, token.name, "signed in", "pages")
    return response


@blueprint.post("/sign-out")
def leave() -> Response:
    """Ends the session. Raises NotSignedIn, Forbidden."""
    body()
    signed_in()
    Sessions(reader().folder).end(session_value())
    response = see_other("/sign-in")
    forget(response)
    return response


def lead_here(error: NotSignedIn) -> Response:
    """What a page answers to who has not signed in: 303 to the form, or the error, for what is no page."""
    if request.method == "GET" and "Authorization" not in request.headers:
        from urllib.parse import quote

        return own_page(see_other(f"/sign-in?next={quote(request.path, safe='/')}"))
    return errors.answer(error)


def _form(wrong: str, following: str, status: int = 200) -> Response:
    g.private = True
    before = request.cookies.get(cookie_name(BEFORE)) or secrets.token_urlsafe(24)
    response = make_response(render_template("sign-in.html", wrong=wrong, next=following, key=before), status)
    give(response, BEFORE, before)
    return response


def _local(address: str) -> str:
    """An address of the pages for publishers; any other would let a link lead elsewhere after signing in."""
    return address if address == "/publish" or address.startswith("/publish/") else "/publish"
