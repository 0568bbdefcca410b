"""How complete the submissions and releases of a dataset are: what is kept of each check, and how that has changed.

A release keeps the summary of its check, which holds counts and the protocol's words but nothing of any cell; the
report with its cells stays with the submission, which only its publisher sees.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from kb.errors import ReleaseDamaged
from kb.mapping.cell_report.overview import Overview
from kb.mapping.cell_report.stored import NAME, read_overview
from kb.mapping.cell_report.summary import Point, point, summary
from kb.store import releases
from kb.store.folder import DataFolder
from kb.store.releases import Release
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submissions

SUMMARY = "summary.json"
"""Of a release that was read from sheets."""

_COUNTED = ("rows", "filled", "sound", "must", "should", "may")

SHOWN = 20
"""Releases and submissions that a trend goes back."""


def summary_of(cells: Path) -> bytes:
    """What a release keeps of the check of a submission."""
    return summarised(read_overview(cells))


def summarised(told: Overview) -> bytes:
    """What a release keeps of a check."""
    found = summary(told).json()
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def joined(before: bytes, added: bytes) -> bytes:
    """What a release keeps of the check of what it has from before, and of that of what is added."""
    old, new = json.loads(before), json.loads(added)
    fields: dict[tuple[str, str], dict[str, Any]] = {}
    for each in (*old["fields"], *new["fields"]):
        key = (each["sheet"], each["field"])
        known = fields.get(key)
        fields[key] = known | {name: _sum(known[name], each[name]) for name in _COUNTED} if known else each
    every = list(fields.values())
    asked = [each for each in every if each["obligation"] not in ("", "May") and each["rows"] is not None]
    rows = sum(each["rows"] for each in asked)
    found = new | {
        "conforms": old["conforms"] and new["conforms"],
        "completeness": sum(each["sound"] or 0 for each in asked) / rows if rows else None,
        "counts": {word: old["counts"].get(word, 0) + count for word, count in new["counts"].items()},
        "fields": every,
        "rules": [*old["rules"], *new["rules"]],
    }
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None and other is None else (one or 0) + (other or 0)


def of_release(folder: DataFolder, release: Release) -> Point | None:
    """How complete a release is; None where it was not read from sheets. Raises ReleaseDamaged.

    It conforms, since what does not was held back or stopped it.
    """
    if SUMMARY not in release.files:
        return None
    path = releases.path_of(folder, release.publisher, release.dataset, release.number) / SUMMARY
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
        counts = found["counts"]
        return Point(
            f"Release {release.number}", release.issued, True, found["completeness"], counts["must"], counts["should"]
        )
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ReleaseDamaged(f"{path}: {error}; restore it from a copy") from error


def trend(folder: DataFolder, publisher: str, dataset: str, until: str = "") -> list[Point]:
    """The releases and the submissions that wait to be published, from the oldest to the newest.

    `until` is the id of a submission: what was sent after it is left out.
    """
    released = (of_release(folder, each) for each in releases.history(folder, publisher, dataset)[-SHOWN:])
    points = [*(each for each in released if each), *_waiting(folder, publisher, dataset, until)]
    return sorted(points, key=lambda each: each.when)[-SHOWN:]


def _waiting(folder: DataFolder, publisher: str, dataset: str, until: str) -> Iterator[Point]:
    every = [each for each in Submissions(folder).of(publisher) if each.dataset == dataset]
    ids = [each.id for each in every]
    for each in reversed(every[ids.index(until) :] if until in ids else every):
        cells = SubmissionFolder(folder, each.id).path / NAME
        if each.release is None and cells.exists():
            found = point(read_overview(cells), "Sent, not published", each.created)
            yield replace(found, conforms=each.conforms)
