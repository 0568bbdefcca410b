"""A badge for each dataset that was read from sheets: how complete its latest release is."""

from flask import Blueprint, Response

from kb.errors import NotFound
from kb.store import releases
from kb.store.completeness import of_release
from web import check_report
from web.reading import reader

blueprint = Blueprint("badges", __name__)


@blueprint.get("/datasets/<publisher>/<dataset>/badge.svg")
def badge(publisher: str, dataset: str) -> Response:
    """The badge of a dataset that a protocol checks. Raises NotFound."""
    folder = reader().folder
    if (publisher, dataset) not in releases.datasets(folder):
        raise NotFound(f"{publisher}/{dataset}: no such dataset; /datasets lists all")
    latest = releases.latest(folder, publisher, dataset)
    if latest is None or latest.checked_by != "protocols":
        raise NotFound(f"{publisher}/{dataset}: no protocol checks it")
    found = of_release(folder, latest)
    return check_report.badge(dataset, latest.violations == 0, found.completeness if found else None)
