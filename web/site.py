"""The site: the application with every errand, its templates, and the layers around it."""

from collections.abc import Callable
from pathlib import Path
from posixpath import normpath
from typing import Any

from flask import Flask, Response, g, request
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from kb import logs
from kb.ask.bounded import Asker
from kb.config import Settings
from kb.operations.access_log import AccessLog
from kb.store.replica.read_only import replica_of
from web import (
    accessibility,
    addresses,
    badges,
    body,
    briefing,
    buildings,
    changes,
    check_report,
    citing,
    classes,
    comparing,
    contributing,
    contributions,
    dataset_about,
    dataset_records,
    datasets,
    drafts,
    dumps,
    editor,
    entry_form,
    errors,
    graph_store,
    graphs,
    home,
    lessons,
    links,
    mapping_files,
    merging,
    money,
    navigation,
    places,
    protocol_template,
    protocols,
    publishing,
    query_reading,
    questions,
    rates,
    receiving,
    releases,
    replica,
    representation,
    resource,
    restoring,
    robots,
    search,
    sending,
    sharing,
    side_by_side,
    sign_in,
    site_test,
    snapshots,
    sparql,
    structured,
    submissions,
    values,
    vocabulary,
    void,
    withdrawals,
)
from web.caching import PageCache
from web.effects import EFFECTS, effect_of, effect_told
from web.fragments import FILTERS, Templates
from web.interventions import list_page as intervention_list
from web.interventions import map_page as evidence_map
from web.mcp import endpoint as mcp
from web.operations import health, noted
from web.operations.gauges import Gauges
from web.operations.metrics import Metrics
from web.operations.recording import Recorder
from web.reading import Reader, drafted, named
from web.service_description import public_url

LARGEST_REQUEST = 1024 * 1024
"""Bytes of a request body; queries are far smaller."""

YEAR = 365 * 24 * 3600

VENDORED = frozenset(
    [
        "vendor/govuk-frontend/dist/govuk/govuk-frontend.min.css",
        "vendor/leaflet/dist/leaflet-src.esm.js",
        "vendor/leaflet/dist/leaflet.css",
        "vendor/yasgui/build/yasgui.min.css",
        "vendor/yasgui/build/yasgui.min.js",
    ]
)
"""The files of other projects that pages use; no other is served. The fonts there are licensed for gov.uk alone."""

ERRANDS = (
    *(home, search, classes, resource, vocabulary, protocols, graphs, graph_store, datasets, badges, dumps, void),
    *(snapshots, protocol_template, entry_form, questions, citing, sparql, editor, links, mcp),
    *(submissions, mapping_files, dataset_about, sign_in, publishing, withdrawals, site_test),
    *(releases, dataset_records, changes, comparing, restoring),
    *(robots, accessibility, contributing, contributions),
    *(lessons, places, briefing),
    *(intervention_list, evidence_map),
    *(money, side_by_side),
    *(buildings, sharing, merging),
    health,
)


class Site(Flask):
    """Flask, which serves of `static/vendor` only what pages use, and has nothing that is asynchronous."""

    jinja_environment = Templates

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: Flask would look at each one in every request whether it is a coroutine."""
        return func

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """As Flask's; the address of a static file, of which each page has seven, is made once."""
        if endpoint != "static" or values.keys() != {"filename"}:
            return super().url_for(endpoint, **values)
        key = (request.script_root, str(values["filename"]))
        known: dict[tuple[str, str], str] = self.extensions.setdefault("static addresses", {})
        if key not in known:
            known[key] = super().url_for(endpoint, **values)
        return known[key]

    def send_static_file(self, filename: str) -> Response:
        """A file of `static`. Raises werkzeug NotFound."""
        path = normpath(filename)
        if path.startswith("vendor") and path not in VENDORED:
            raise NotFound(f"/static/{path} is not served here.")
        response = super().send_static_file(filename)
        if response.status_code == 200 and (response.mimetype or "").startswith("text/"):
            # Read whole, so that it can be coded, and repeated from memory.
            response.direct_passthrough = False
            response.set_data(response.get_data())
        return response


def create_app(settings: Settings, counts: Path | None = None) -> Flask:
    """The application on one data folder. Whether there is a snapshot to read is asked anew by each request.

    `counts` is the folder where the processes of a server count together.
    """
    app = Site(__name__)
    app.config.update(SETTINGS=settings, MAX_CONTENT_LENGTH=LARGEST_REQUEST, SEND_FILE_MAX_AGE_DEFAULT=YEAR)
    # IRIs may hold two slashes in a row, which werkzeug would take out.
    app.url_map.merge_slashes = False
    reader = Reader(settings)
    app.extensions["reader"] = reader
    app.extensions["asker"] = Asker(settings)
    for errand in ERRANDS:
        app.register_blueprint(errand.blueprint)
    _templates(app)
    noted.install(app)
    counting = (receiving, sending, check_report, releases, dataset_records, site_test, drafts, entry_form)
    for part in (errors, rates, body, query_reading, *counting, representation):
        part.install(app)

    if replica_of(reader.folder) is not None:
        replica.install(app)

    @app.url_defaults
    def _versioned(endpoint: str, arguments: dict[str, Any]) -> None:
        # Static files may be kept for a year, since another build asks for them by another address.
        if endpoint == "static":
            arguments.setdefault("v", reader.build)

    cached = PageCache(app.wsgi_app, reader.snapshots, settings.page_cache_mb)
    proxied = ProxyFix(cached, x_for=settings.proxies, x_proto=settings.proxies, x_host=0)
    log = AccessLog(reader.folder, settings.access_log_months) if settings.access_log == "yes" else None
    recorder = Recorder(proxied if settings.proxies else cached, Metrics(counts), log, trusted=settings.proxies > 0)
    app.extensions |= {"cache": cached, "recorder": recorder, "gauges": Gauges(reader)}
    app.wsgi_app = recorder  # type: ignore[method-assign]
    return app


def _templates(app: Flask) -> None:
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_loader = ChoiceLoader([PackageLoader("web"), govuk])
    app.jinja_env.filters.update(values.FILTERS | addresses.FILTERS | FILTERS)
    app.jinja_env.globals.update(effects=EFFECTS, effect_of=effect_of, effect_told=effect_told, structured=structured)
    app.jinja_env.globals |= {"navigation": navigation, "request_id": logs.REQUEST.get}
    app.jinja_env.tests.update(values.TESTS | addresses.TESTS)

    @app.context_processor
    def _read() -> dict[str, Any]:
        # None where nothing was read, as on the page of an error.
        address = addresses.this() if request.method in ("GET", "HEAD") else None
        return {
            "snapshot": g.get("snapshot"),
            "named": named(),
            "drafted": drafted(),
            "address": g.get("now", address),
            "link": g.get("link"),
            "site_url": public_url(),
            "canonical": addresses.canonical(),
            "citation": citing.section,
        }
