"""The tester of other areas' sites as a page: their address in, what passes and fails out, each with its command."""

from datetime import timedelta

from flask import Blueprint, Flask, Response, current_app, render_template, request

from kb.elsewhere.site_report import SiteReport
from kb.elsewhere.tester import report_on
from kb.errors import BadInput, ServiceFailed
from kb.store.attempts import Attempts
from web import turns
from web.asking import client
from web.body import body
from web.negotiation import HTML, Format, choose
from web.reading import reader

blueprint = Blueprint("site_test", __name__)

PATH = "/test-site"
MOST = 10
WITHIN = timedelta(hours=1)
"""One client may have MOST tests within that time, since each is some twenty requests to somebody else."""

AT_ONCE = 2
"""Tests at a time in each worker; one for one client."""

JSON = Format("json", "application/json", "JSON")
TEXT = Format("txt", "text/plain", "Text")
LONGEST = 2048
"""Characters of an address."""


def install(app: Flask) -> None:
    """Gives the application its count of sites that are being tested."""
    turns.install(app, "tests", "sites are being tested", AT_ONCE, 1)


@blueprint.get(PATH)
def form() -> Response:
    """The form; nothing is asked of anybody."""
    return _page("")


@blueprint.post(PATH)
def tested() -> Response:
    """The report, as a page, JSON or text. Raises BadInput, ServiceFailed, and TooBusy above MOST and AT_ONCE."""
    body()
    format = choose((HTML, JSON, TEXT))
    url = request.form.get("url", "").strip()
    try:
        report = _report(url)
    except (BadInput, ServiceFailed) as error:
        if format is not HTML:
            raise
        return _page(url, wrong=str(error), status=400)
    if format is HTML:
        return _page(url, report)
    text = report.json() if format is JSON else report.text()
    return _unkept(Response(text, content_type=format.content_type))


def _report(url: str) -> SiteReport:
    if not url or len(url) > LONGEST:
        raise BadInput(f"give the address of a site, of up to {LONGEST:,} characters")
    attempts = Attempts(reader().folder)
    attempts.check("test-site", client(), MOST, WITHIN)
    with turns.of("tests").taken(client()):
        attempts.count("test-site", client(), WITHIN)
        return report_on(url if "://" in url else f"https://{url}", current_app.config["SETTINGS"])


def _page(url: str, report: SiteReport | None = None, wrong: str = "", status: int = 200) -> Response:
    page = render_template("test-site.html", url=url, report=report, wrong=wrong)
    return _unkept(Response(page, status, content_type=HTML.content_type))


def _unkept(response: Response) -> Response:
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "no-store"
    return response
