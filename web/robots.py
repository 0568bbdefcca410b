"""What programs ask for by fixed names: robots.txt (RFC 9309), the sitemap (sitemaps.org), and the icon."""

from pathlib import Path

from flask import Blueprint, Response, current_app, render_template
from werkzeug.exceptions import NotFound

from web import sitemap
from web.negotiation import Format
from web.reading import snapshot
from web.representation import REVALIDATE, respond
from web.service_description import public_url

blueprint = Blueprint("robots", __name__)

TEXT = Format("txt", "text/plain", "Text")
XML = Format("xml", "application/xml", "Sitemap")

DISALLOWED = (
    *("/sparql", "/graphs", "/graph/records", "/dumps/", "/cite", "/q/", "/editor.json", "/mcp", "/api/"),
    *("/publish", "/sign-", "/contribute", "/search?q=", "/test-site", "/id/"),
    *("/*?format=", "/*&format=", "/*?snapshot=", "/*&snapshot=", "/*?draft=", "/*&draft="),
)
"""What is no page: queries, files, formats, facets, forms; and earlier states of the data."""


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Which addresses robots should leave alone, and where the sitemap is."""
    rules = [f"Disallow: {each}" for each in DISALLOWED]
    body = "\n".join(["User-agent: *", *rules, "", f"Sitemap: {public_url()}/sitemap.xml", ""])
    response = Response(body, content_type=TEXT.content_type)
    response.headers["Cache-Control"] = REVALIDATE
    return response


@blueprint.get("/favicon.ico")
def icon() -> Response:
    """The icon under the name by which browsers ask for it unasked."""
    folder = current_app.static_folder
    assert folder is not None
    response = Response((Path(folder) / "favicon.ico").read_bytes(), content_type="image/x-icon")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@blueprint.get("/sitemap.xml")
def index() -> Response:
    """The index of the sitemap: a file for the pages that every site has, and files for each kind of thing."""
    files = [f"{public_url()}/sitemap/{name}.xml" for name in sitemap.files()]
    return respond(render_template("sitemap-index.xml", files=files, issued=snapshot().issued), XML)


@blueprint.get("/sitemap/<name>.xml")
def file(name: str) -> Response:
    """One file of the sitemap. Raises NotFound."""
    kind, _, number = name.rpartition("-")
    if not number.isdecimal() or len(number) > 6 or name not in sitemap.files():
        raise NotFound(f"/sitemap/{name}.xml: no such file; /sitemap.xml lists them")
    found = sitemap.addresses(kind, int(number))
    return respond(render_template("sitemap.xml", addresses=[f"{public_url()}{each}" for each in found]), XML)
