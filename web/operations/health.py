"""For whoever runs the site: /healthz, /readyz and /metrics."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import Forbidden, ServiceUnavailable

from kb.errors import StoreMissing
from kb.operations.readiness import answering
from web.operations.metrics import CONTENT_TYPE
from web.operations.recording import Recorder
from web.reading import reader

blueprint = Blueprint("health", __name__)

_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")
"""Headers by which a proxy tells of itself."""


@blueprint.get("/healthz")
def alive() -> Response:
    """Says that the process answers requests, whether or not there is anything to read."""
    return _said("ok")


@blueprint.get("/readyz")
def ready() -> Response:
    """Says which snapshot is being read. Raises ServiceUnavailable where there is none, or it does not answer.

    It is read in this process, as pages are: strangers' queries have processes and places of their own.
    """
    try:
        said = f"ready: snapshot {answering(reader().snapshots).id}"
    except StoreMissing as error:
        current_app.logger.error("not ready: %s", error)
        raise ServiceUnavailable("The current snapshot cannot be read; `whatworks doctor` says why.") from error
    if (damaged := reader().snapshots.stands_in()) is not None:
        said += f", in the place of {damaged[0]}, which is damaged: run `whatworks rebuild`"
    return _said(said)


@blueprint.get("/metrics")
def metrics() -> Response:
    """The counts of all workers, for Prometheus. Raises Forbidden for who is not to read them by the settings."""
    _check_reader()
    recorder = current_app.extensions["recorder"]
    assert isinstance(recorder, Recorder)
    recorder.flush()
    response = Response(recorder.metrics.text(current_app.extensions["gauges"]), content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def _check_reader() -> None:
    settings = current_app.config["SETTINGS"]
    told = any(header in request.headers for header in _FORWARDED)
    ways = request.headers.get("X-Forwarded-For", "").split(",")
    # Of a proxy that is not counted in the settings, or tells less than it should, only its own address would be seen.
    if told and not 0 < settings.proxies <= len([way for way in ways if way.strip()]):
        raise Forbidden("Who asks is not known, since a proxy stands between that WHATWORKS_PROXIES does not count.")
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        raise Forbidden("Who asks is not known.") from None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if not any(address in ip_network(each) for each in settings.metrics_from.split()):
        raise Forbidden("Only the addresses of WHATWORKS_METRICS_FROM may read this.")


def _said(text: str) -> Response:
    response = Response(f"{text}\n", content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
