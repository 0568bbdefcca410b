"""Publishing: read, check, archive, store, catalogue, snapshot, switch; in this order, or not at all."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from kb import namespaces
from kb.config import Settings
from kb.errors import BadInput, NotFound, WhatWorksError
from kb.protocols.check import check
from kb.protocols.names import description
from kb.protocols.report import Report
from kb.store import catalogue, changes, releases
from kb.store.draft import Checker, Draft, PublicationRequest, nothing, read_and_check, repeat
from kb.store.folder import DataFolder
from kb.store.lock import writing
from kb.store.reconcile import OnStep, is_left_to_do, reconcile
from kb.store.releases import Release
from kb.store.replica.read_only import check_is_no_replica
from kb.store.state import Publisher, State, check_name

_log = logging.getLogger(__name__)

__all__ = [
    "Publication",
    "PublicationRequest",
    "catch_up",
    "finish",
    "is_unfinished",
    "publish",
    "register_unchecked",
    "rollback",
]


@dataclass(frozen=True)
class Publication:
    """What became of a request; release is None when nothing was released, snapshot when it was a dry run."""

    publisher: str
    dataset: str
    release: Release | None
    report: Report | None
    added: int
    removed: int
    unchanged: int
    """Triples, as the files state them, against the release before."""
    snapshot: str | None
    described: bool
    """Whether the content says anything about the dataset itself, such as its title, publisher and licence."""
    draft: Draft | None = field(default=None, repr=False)
    """Of a dry run: what would be released."""

    def summary(self, open: int | None = None) -> str:
        """One line for a person; `open` is how many recommendations a report of cells tells, where there is one."""
        name = f"{self.publisher}/{self.dataset}"
        counts = f"{self.added:,} triples added, {self.removed:,} removed, {self.unchanged:,} unchanged"
        if self.report is not None:
            counts += f"; {self.report.warnings if open is None else open:,} recommendations open"
        if not self.described:
            counts += "; the dataset does not yet say its title, publisher and licence (protocol dp-10)"
        if self.release is not None:
            return f"{name}: release {self.release.number}, {counts}; snapshot {self.snapshot}"
        if self.snapshot is None:
            return f"{name}: dry run, nothing was changed; {counts}"
        return f"{name}: equal to its latest release, so nothing was released"


def publish(
    folder: DataFolder,
    requests: Sequence[PublicationRequest],
    settings: Settings,
    *,
    dry_run: bool = False,
    on_step: OnStep = lambda step: None,
    checker: Checker = check,
) -> list[Publication]:
    """Publishes all requests, in one snapshot, or none of them; answers in the order of the requests.

    A dataset whose content is equal to its latest release gets no new one. Raises UnknownPublisher, BadInput
    (malformed files or names), NotConforming (with the report), StoreBusy, ReleaseDamaged, StoreUnwritable, ReadsOnly;
    before the archiving begins nothing has changed, and once a release is archived it is accepted, whatever happens
    next.
    """
    check_is_no_replica(folder)
    publishers = [_publisher(folder, request) for request in requests]
    _refuse_repeats(requests)

    def drafts() -> list[Draft]:
        pairs = zip(publishers, requests, strict=True)
        return [read_and_check(folder, by, request, settings, on_step, checker) for by, request in pairs]

    if dry_run:
        return [_publication(draft, None, None) for draft in drafts()]
    with writing(folder):
        snapshot = reconcile(folder, settings, on_step)
        return _accept(folder, drafts(), settings, on_step, snapshot)


def rollback(
    folder: DataFolder,
    publisher: str,
    dataset: str,
    number: int,
    settings: Settings,
    *,
    submission: str = "",
    on_step: OnStep = lambda step: None,
) -> Publication:
    """Publishes release `number` again as a new release; its report stays the one of that release.

    0 is what was public before the first: a release without content, so that a first one can be undone too. The
    dataset stays in the catalogue, with its history. Raises UnknownPublisher, NotFound, StoreBusy, ReleaseDamaged,
    StoreUnwritable.
    """
    State(folder).publisher(publisher)
    earlier = releases.read(folder, publisher, dataset, number) if number else None
    with writing(folder):
        snapshot = reconcile(folder, settings, on_step)
        latest = releases.latest(folder, publisher, dataset)
        if latest is None:
            raise NotFound(f"{publisher}/{dataset}: no releases, so there is nothing to undo")
        draft = repeat(folder, earlier, settings, submission) if earlier else nothing(folder, latest, submission)
        return _accept(folder, [draft], settings, on_step, snapshot)[0]


def catch_up(folder: DataFolder, settings: Settings, on_step: OnStep = lambda step: None) -> None:
    """Shows what was accepted by a writer that was killed before it did. Raises StoreBusy, ReleaseDamaged,
    StoreUnwritable.
    """
    with writing(folder):
        reconcile(folder, settings, on_step)


def finish(folder: DataFolder, settings: Settings, on_step: OnStep = lambda step: None) -> None:
    """The same where there is anything of that, for a server that starts; what prevents it is logged.

    The site then answers from what it has. An engine is brought up by the next publication.
    """
    try:
        if not settings.store and is_left_to_do(folder):
            catch_up(folder, settings, on_step)
    except WhatWorksError as error:
        _log.error("what was accepted before is not shown yet: %s", error)


def is_unfinished(folder: DataFolder, settings: Settings) -> bool:
    """Whether `finish` has anything to do, or to log: a release that cannot be read too."""
    try:
        return not settings.store and is_left_to_do(folder)
    except WhatWorksError:
        return True


def register_unchecked(folder: DataFolder, publisher: str, dataset: str) -> None:
    """Lets later publications of the dataset in without a check; the catalogue will say so.

    For the operator, where no protocol covers the data. Raises UnknownPublisher, BadInput.
    """
    check_name("dataset", dataset)
    state = State(folder)
    state.publisher(publisher)
    state.add_unchecked(publisher, dataset)


def _publisher(folder: DataFolder, request: PublicationRequest) -> Publisher:
    check_name("dataset", request.dataset)
    publisher = State(folder).publisher(request.publisher)
    if namespaces.graph(publisher.base, request.dataset) == catalogue.GRAPH:
        raise BadInput(f"{request.name}: the system itself writes this dataset; choose another name")
    return publisher


def _refuse_repeats(requests: Sequence[PublicationRequest]) -> None:
    names = [request.name for request in requests]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(f"{name}: asked for twice; give all its files in one request")


def _accept(
    folder: DataFolder, drafts: Sequence[Draft], settings: Settings, on_step: OnStep, snapshot: str | None
) -> list[Publication]:
    accepted: dict[str, Release] = {}
    for draft in drafts:
        if not draft.changes:
            on_step(f"{draft.release.name} is equal to release {draft.release.number - 1}: nothing to release")
            continue
        _note_clock(folder, draft.release)
        on_step(f"archiving {draft.release.name} release {draft.release.number}")
        accepted[draft.release.name] = releases.archive(
            folder, draft.release, draft.lines, draft.received, draft.report, draft.beside
        )
        on_step(f"accepted {draft.release.name} release {draft.release.number}")
        with suppress(OSError):  # it is made again when it is asked for
            changes.make(folder, accepted[draft.release.name], draft.lines, draft.change)
    if accepted:
        just_accepted = {draft.release.name: draft.change for draft in drafts if draft.release.name in accepted}
        snapshot = reconcile(folder, settings, on_step, just_accepted)
    return [_publication(draft, accepted.get(draft.release.name), snapshot) for draft in drafts]


def _note_clock(folder: DataFolder, release: Release) -> None:
    """Warns where the clock was set back: releases stay ordered by number, and snapshots by their serial number."""
    before = releases.latest(folder, release.publisher, release.dataset)
    if before is not None and before.issued > release.issued:
        _log.warning(
            "%s: the clock says %s, which is before release %s (%s); set it right: the order of releases is kept",
            release.name, release.issued, before.number, before.issued,
        )  # fmt: skip


def _publication(draft: Draft, release: Release | None, snapshot: str | None) -> Publication:
    planned = draft.release
    return Publication(
        planned.publisher,
        planned.dataset,
        release,
        draft.report,
        planned.added,
        planned.removed,
        draft.unchanged,
        snapshot,
        any(description(draft.lines, planned.dataset_iri)),
        draft if snapshot is None else None,
    )
