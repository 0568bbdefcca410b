"""The releases as news, the newest first: of a publisher, a class, a time, or of one record, whose history they are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kb.ask.difference_text import counted
from kb.ask.difference_words import Counts
from kb.ask.memory import once
from kb.store import changes, releases
from kb.store.changes import Change
from kb.store.folder import DataFolder
from kb.store.releases import Release
from kb.store.snapshots import Snapshot
from kb.vocabulary import ancestors


@dataclass(frozen=True)
class Wanted:
    """Which releases are asked for; "" asks for all. `since` is a moment or its start, as `2026-11` or `2026-11-22`."""

    publisher: str = ""
    dataset: str = ""
    since: str = ""
    class_: str = ""
    """IRI of a class: releases that change records of it, or of a class below it."""
    resource: str = ""
    """IRI of a record: releases that change it."""


@dataclass(frozen=True)
class News:
    """A release and how many records it changed; `change` is what it did with the record that was asked for."""

    release: Release
    counts: Counts
    change: Change | None

    @property
    def sentence(self) -> str:
        """`adds 12 assets, changes 3 services`."""
        return counted(self.counts)


def news(folder: DataFolder, snapshot: Snapshot, wanted: Wanted) -> list[Release]:
    """The releases up to a snapshot that are asked for, the newest first; raises ReleaseDamaged."""
    return [each for each in all_releases(folder, snapshot) if _is_wanted(folder, snapshot, each, wanted)]


def told(folder: DataFolder, snapshot: Snapshot, release: Release, wanted: Wanted) -> News:
    """One of these releases with what it changed; raises ReleaseDamaged."""
    change = changes.of_resource(folder, release, wanted.resource) if wanted.resource else None
    return News(release, counts_of(folder, snapshot, release), change)


def all_releases(folder: DataFolder, snapshot: Snapshot) -> list[Release]:
    """Every release up to a snapshot, the newest first; of those at one moment, what areas and sources say."""

    def read() -> list[Release]:
        return sorted(_read(folder, snapshot.record.datasets), key=_newest_first, reverse=True)

    return once(snapshot.store, "releases", "all", read)


def counts_of(folder: DataFolder, snapshot: Snapshot, release: Release) -> Counts:
    """How many records of which class a release changed; raises ReleaseDamaged."""
    return once(snapshot.store, "changes", release.iri, lambda: changes.counts(folder, release))


def _read(folder: DataFolder, datasets: Mapping[str, int]) -> Iterator[Release]:
    for name, latest in datasets.items():
        publisher, _, dataset = name.partition("/")
        for number in releases.numbers(folder, publisher, dataset):
            if number <= latest:
                yield releases.read(folder, publisher, dataset, number)


def _newest_first(release: Release) -> tuple[str, bool, str, int]:
    return release.issued, release.checked_by != "background", release.name, release.number


def _is_wanted(folder: DataFolder, snapshot: Snapshot, release: Release, wanted: Wanted) -> bool:
    for asked, has in ((wanted.publisher, release.publisher), (wanted.dataset, release.dataset)):
        if asked and asked != has:
            return False
    if wanted.since and release.issued < wanted.since:
        return False
    if wanted.class_ and not any(
        wanted.class_ in ancestors(class_) for _, class_ in counts_of(folder, snapshot, release) if class_
    ):
        return False
    return not wanted.resource or changes.of_resource(folder, release, wanted.resource) is not None
