"""A release without what was withdrawn: its lines, its report, and what was received, in a folder that takes its place.

A received file from which a row or a cell can't be taken with certainty goes whole, and release.json says so.
"""

import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from kb.protocols.packing import packed
from kb.protocols.report import Report, Severity, ordered
from kb.store import releases
from kb.store.difference import difference
from kb.store.durability import HALF_MADE, move, sync, sync_tree
from kb.store.folder import DataFolder
from kb.store.partitions import count_partitions
from kb.store.releases import ACCEPTED, RECORD, REPORT, Release
from kb.store.withdrawal.blanking import blanked
from kb.store.withdrawal.scope import Scope, may_hold

REMADE = ".remade-"
"""Start of the name of a release's folder that is complete and takes the place of the other; no reader looks at it."""

RECEIVED = "received/"


@dataclass(frozen=True)
class Order:
    """What is to be taken from the releases, and how the release notes it."""

    scope: Scope
    marks: frozenset[str]
    note: dict[str, Any]
    """`number`, `when` and `rule` of the withdrawal."""
    dataset: str | None = None
    """`publisher/dataset` of which everything goes."""
    received_of: str | None = None
    """`publisher/dataset/n` of which all that was received goes."""


def redact(folder: DataFolder, release: Release, order: Order, before: Release | None, touched: bool) -> Release:
    """Writes the release without what the order takes, and answers it.

    Where it has been done already, or nothing of it goes, nothing is written. `before`: the release before it, as it
    is now; `touched`: whether the lines of that change, so that the counts must be made again. Raises ReleaseDamaged.
    """
    if any(each["number"] == order.note["number"] for each in release.withdrawals):
        return release
    place = releases.path_of(folder, release.publisher, release.dataset, release.number)
    kept, gone = order.scope.divide(release.name, releases.accepted(folder, release))
    if not (gone or touched or _may_concern(place, release, order)):
        return release
    draft = place.with_name(HALF_MADE + place.name)
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(place, draft)
    went = _files(draft, release, order, affected=bool(gone))
    if not (gone or went or touched):
        shutil.rmtree(draft)
        return release
    releases.write_accepted(draft / ACCEPTED, kept, release.graph)
    change = difference(releases.accepted(folder, before) if before else (), kept)
    counts: dict[str, Any] = {**asdict(count_partitions(kept)), **_report(folder, draft, release, order)}
    note = [{**order.note, "files": went}] if gone or went else []
    remade = replace(
        release,
        triples=len(kept),
        added=len(change.added),
        removed=len(change.removed),
        withdrawals=[*release.withdrawals, *note],
        **counts,
    )
    remade = replace(remade, files=releases.checksums(draft))
    (draft / RECORD).write_text(json.dumps(asdict(remade), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sync_tree(draft)
    move(draft, place.with_name(REMADE + place.name))
    take_places(place.parent)
    return remade


def take_places(parent: Path) -> None:
    """Puts each complete remade folder of a dataset in the place of the release; a dead writer may have left some."""
    for remade in parent.glob(f"{REMADE}*"):
        place = parent / remade.name.removeprefix(REMADE)
        doomed = parent / (HALF_MADE + "old-" + place.name)
        if place.exists():
            shutil.rmtree(doomed, ignore_errors=True)
            place.rename(doomed)
        remade.rename(place)
        sync(parent)
        shutil.rmtree(doomed, ignore_errors=True)


def _may_concern(place: Path, release: Release, order: Order) -> bool:
    """Whether a file beside the lines may have to go, or to be changed."""
    return any(_whole(release, order) or (order.marks and may_hold(path, order.marks)) for path in _beside(place))


def _beside(place: Path) -> list[Path]:
    """The files of a release but for its lines, its report and its record."""
    own = {place / name for name in (ACCEPTED, REPORT, RECORD)}
    return sorted(each for each in place.rglob("*") if each.is_file() and each not in own)


def _whole(release: Release, order: Order) -> bool:
    """Whether all that was received for a release goes."""
    return order.dataset == release.name or order.received_of == f"{release.name}/{release.number}"


def _files(draft: Path, release: Release, order: Order, affected: bool) -> list[str]:
    """Takes from the draft what was received, and whatever else it has, so far as it may hold what goes."""
    whole = _whole(release, order)
    went = []
    for path in _beside(draft):
        name = path.relative_to(draft).as_posix()
        text = name.startswith(RECEIVED) and path.suffix == ".csv"
        if whole or (order.marks and _holds(path, order, affected, text)):
            path.unlink()
            went.append(name)
    return went


def _holds(path: Path, order: Order, affected: bool, table: bool) -> bool:
    """Whether the file must go whole; of a table that can be blanked it takes what goes."""
    if table and may_hold(path, order.marks):
        text = blanked(path, order.scope)
        if text is not None:
            path.write_text(text, encoding="utf-8", newline="")
    elif affected and path.suffix not in (".csv", ".gz", ".json"):
        return True  # names in RDF may be written in pieces, and a spreadsheet is no text
    return may_hold(path, order.marks)


def _report(folder: DataFolder, draft: Path, release: Release, order: Order) -> dict[str, int]:
    """Writes the report of the check without what goes, and answers its counts; none where there is no report."""
    report = releases.report(folder, release)
    if report is None:
        return {}
    whole = order.dataset == release.name
    left = Report(ordered(() if whole else _left(report, order)), report.focus, report.rules)
    (draft / REPORT).write_bytes(packed(left))
    counts = left.counts
    return {
        "violations": counts[Severity.VIOLATION],
        "warnings": counts[Severity.WARNING],
        "infos": counts[Severity.INFO],
    }


def _left(report: Report, order: Order) -> Iterable[Any]:
    scope = order.scope
    things = {each[1:-1].decode() for each in scope.inner}
    record = scope.record[1:-1].decode() if scope.record else ""
    predicates = {each[1:-1].decode() for each in scope.fields}
    for result in report.results:
        about = result.focus in things or result.value in things
        if predicates:
            about = about or (result.focus == record and result.path in predicates)
        else:
            about = about or (record != "" and record in (result.focus, result.value))
        said = f"{result.value or ''} {result.message}"
        if not about and not any(mark in said for mark in order.marks):
            yield result
