"""Where language-model tools connect: the Model Context Protocol over Streamable HTTP, one answer for each POST.

There are no sessions to end and no events to wait for, so GET and DELETE are 405, as the protocol has it.
"""

from functools import partial

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from kb.ask.places import PATIENCE
from kb.ask.worker import BEGINS
from kb.config import Settings
from web.body import body
from web.mcp.asgi_bridge import Asgi, AsgiBridge
from web.reading import snapshot

blueprint = Blueprint("mcp", __name__)

METHODS = ("POST", "OPTIONS")
OTHERS = ("GET", "HEAD", "DELETE", "PUT", "PATCH")

BESIDE = PATIENCE + BEGINS + 5
"""Seconds that a call may take besides those of its query."""


class Misdirected(HTTPException):
    """The request names a host that is not this site's (RFC 9110 §15.5.20)."""

    code = 421


@blueprint.record
def _connect(state: BlueprintSetupState) -> None:
    state.app.extensions["mcp"] = AsgiBridge(partial(_application, state.app.config["SETTINGS"]))


@blueprint.post("/mcp", provide_automatic_options=False)
def endpoint() -> Response:
    """The answer to one message of a client. Raises Misdirected, GatewayTimeout, and as `web.body.body`."""
    snapshot()
    bridge = current_app.extensions["mcp"]
    assert isinstance(bridge, AsgiBridge)
    answer = bridge.answer(body(), current_app.config["SETTINGS"].query_seconds + BESIDE)
    if answer.status_code == Misdirected.code:
        raise Misdirected(f"{request.host} is not a name of this site; its operator sets it in WHATWORKS_PUBLIC_URL.")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.route("/mcp", methods=["OPTIONS", *OTHERS], provide_automatic_options=False)
def other_methods() -> Response:
    """What may be sent here; for somebody who opens the address, werkzeug's MethodNotAllowed says what it is."""
    if request.method == "OPTIONS":
        return Response(headers={"Allow": ", ".join(METHODS)})
    told = "This address is for programs that speak the Model Context Protocol; they send it messages by POST."
    raise MethodNotAllowed(METHODS, told)


def _application(settings: Settings) -> Asgi:
    # Only the first request pays for the SDK.
    from web.mcp.tools import application

    return application(settings)
