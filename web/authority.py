"""Who asks, and what they may do: by a bearer token (RFC 6750), or by the cookie of who has signed in on the pages.

Programs send a token with each request and get no cookie; pages take the cookie alone, and every form of theirs
carries a key that no other site can tell. So nothing that writes is open to a request forged by another site.
"""

import hmac

from flask import Response, current_app, g, request
from werkzeug.exceptions import Forbidden

from kb.errors import NotAllowed, NotFound, NotSignedIn
from kb.store.sessions import Sessions, form_key
from kb.store.submissions import Submission, Submissions
from kb.store.tokens import Token, Tokens
from web.reading import reader
from web.service_description import public_url

COOKIE = "whatworks-session"
"""Name of the cookie of who has signed in; `cookie_name` has it as it is sent."""

FIELD = "form-key"
"""Name of the hidden field that every form carries."""


def bearer(scope: str = "submit") -> Token:
    """The token that a program sends. Raises NotSignedIn without a good one, NotAllowed where its scope is less."""
    g.private = True
    scheme, _, written = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise NotSignedIn("send a token of the publisher, as `Authorization: Bearer ww_…`")
    return _with(scope, Tokens(reader().folder).verify(written))


def signed_in(scope: str = "submit", *, key_within: bool = False) -> Token:
    """The token of who has signed in on the pages; for a POST the form's key is checked too, whatever its media type.

    With `key_within` the form is still to be received, since it brings a file: who calls passes its key to
    `check_form` then. Raises NotSignedIn, NotAllowed, and werkzeug Forbidden for a form that is none of this session.
    """
    g.private = True
    token = session_token()
    g.form_key = form_key(session_value())
    if request.method == "POST" and not key_within:
        check_form(request.form.get(FIELD, ""))
    return _with(scope, token)


def who_reads() -> Token:
    """The token of who asks for something to read, shown in either way. Raises NotSignedIn.

    No form's key is asked for, since nothing is changed; the cookie is not sent along from other sites.
    """
    if "Authorization" in request.headers:
        return bearer()
    g.private = True
    return session_token()


def session_token() -> Token:
    """The token that the cookie of this request stands for. Raises NotSignedIn, also where the session has ended."""
    if value := session_value():
        return Sessions(reader().folder).token(value)
    raise NotSignedIn("sign in with the token of your publisher")


def check_form(key: str) -> None:
    """Raises werkzeug Forbidden unless this is the key of the forms of this session."""
    expected: str = g.form_key
    if not hmac.compare_digest(key.encode(), expected.encode()):
        raise Forbidden("This form is not of your session here. Open the page again, and send it from there.")


def of_publisher(token: Token, publisher: str) -> None:
    """Raises NotAllowed unless the token is of that publisher."""
    if token.publisher != publisher:
        raise NotAllowed(f"this token is of {token.publisher}, and writes in the datasets of {token.publisher} only")


def own(token: Token, id: str) -> Submission:
    """A submission of the token's publisher; raises NotFound for any other too, so that nobody learns of it."""
    found = Submissions(reader().folder).submission(id)
    if found.publisher != token.publisher:
        raise NotFound("there is no such submission, or it is another publisher's")
    return found


def cookie_name(name: str) -> str:
    """The name under which a cookie is sent: over https with the prefix that a browser takes from this host alone.

    Else a neighbour under one domain, such as a council's other site, could set one that reads like ours (RFC 6265bis
    §4.1.3.2). Such a cookie is of the path `/`.
    """
    return f"__Host-{name}" if is_secure() else name


def session_value() -> str:
    """What the cookie of the session says; empty where there is none."""
    return request.cookies.get(cookie_name(COOKIE), "")


def remember(response: Response, value: str) -> None:
    """Sets the cookie; it goes over https alone where the site is reached so, and ends with the browser's session."""
    give(response, COOKIE, value)


def forget(response: Response) -> None:
    """Takes the cookie back."""
    take_back(response, COOKIE)


def give(response: Response, name: str, value: str) -> None:
    """Sets a cookie for this site's own pages alone, until the browser ends."""
    response.set_cookie(cookie_name(name), value, httponly=True, samesite="Strict", secure=is_secure(), path="/")


def take_back(response: Response, name: str) -> None:
    """Takes such a cookie back."""
    response.delete_cookie(cookie_name(name), httponly=True, samesite="Strict", secure=is_secure(), path="/")


def is_secure() -> bool:
    """Whether strangers reach this site over https."""
    return public_url().startswith("https:")


def own_page(response: Response) -> Response:
    """Marks an answer as private to who asked: no cache may keep it (RFC 9111 §5.2.2.5)."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def hours() -> int:
    """How long a session lasts."""
    found: int = current_app.config["SETTINGS"].session_hours
    return found


def _with(scope: str, token: Token) -> Token:
    if not token.may(scope):
        raise NotAllowed(f"this needs a token with the scope {scope}; {token.name!r} has {token.scope}")
    return token
