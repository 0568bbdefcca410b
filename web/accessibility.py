"""The accessibility statement, in the form of the UK's model for public bodies."""

from flask import Blueprint, Response, current_app

from web.documents import page

blueprint = Blueprint("accessibility", __name__)


@blueprint.get("/accessibility")
def statement() -> Response:
    """How far these pages meet WCAG 2.2 AA, what does not, how that was found out, and whom to tell."""
    return page("accessibility.html", contact=current_app.config["SETTINGS"].contact)
