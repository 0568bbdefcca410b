"""HTTP: what `kb.ask` knows, as pages and data. Negotiation and errors have one place each; a module per errand."""

from typing import Any

from flask import Flask, g
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from kb.config import Settings
from web import classes, errors, graphs, home, protocols, representation, resource, sparql, vocabulary
from web.caching import PageCache
from web.reading import Reader, elsewhere, href
from web.values import FILTERS, TESTS

LARGEST_REQUEST = 1024 * 1024
"""Bytes of a request body; queries are far smaller."""

YEAR = 365 * 24 * 3600

ERRANDS = (home, classes, resource, vocabulary, protocols, graphs, sparql)


def create_app(settings: Settings) -> Flask:
    """The application on one data folder. Whether there is a snapshot to read is asked anew by each request."""
    app = Flask(__name__)
    app.config.update(SETTINGS=settings, MAX_CONTENT_LENGTH=LARGEST_REQUEST, SEND_FILE_MAX_AGE_DEFAULT=YEAR)
    # IRIs may hold two slashes in a row, which werkzeug would take out.
    app.url_map.merge_slashes = False
    reader = Reader(settings)
    app.extensions["reader"] = reader
    for errand in ERRANDS:
        app.register_blueprint(errand.blueprint)
    _templates(app)
    errors.install(app)
    representation.install(app)

    @app.url_defaults
    def _versioned(endpoint: str, values: dict[str, Any]) -> None:
        # Static files may be kept for a year, since another build asks for them by another address.
        if endpoint == "static":
            values.setdefault("v", reader.build)

    app.wsgi_app = PageCache(app.wsgi_app, reader.snapshots, settings.page_cache_mb)  # type: ignore[method-assign]
    return app


def _templates(app: Flask) -> None:
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_loader = ChoiceLoader([PackageLoader("web"), govuk])
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.filters.update(FILTERS, href=href)
    app.jinja_env.tests.update(TESTS, elsewhere=elsewhere)

    @app.context_processor
    def _read() -> dict[str, Any]:
        # None where nothing was read, as on the page of an error.
        return {"snapshot": g.get("snapshot")}
