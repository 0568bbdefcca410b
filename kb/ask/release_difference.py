"""The difference in words of two releases of a dataset, or of its latest release and a content that may follow it."""

from collections import Counter
from collections.abc import Collection, Sequence

from kb import namespaces
from kb.ask.difference_words import ORDER, SHOWN, DifferenceInWords, RecordInWords, difference_in_words
from kb.ask.labels import Labels, labels_of
from kb.config import Settings
from kb.errors import StoreMissing
from kb.namespaces import HOME
from kb.store import changes, releases
from kb.store.folder import DataFolder
from kb.store.readable import Store
from kb.store.record_changes import RecordChange
from kb.store.releases import Release
from kb.store.serving import snapshots
from kb.store.state import State

LARGE = 200_000
"""Triples from which on what a release changed is not compared again for each reader: that takes half a minute."""


def between(
    folder: DataFolder,
    store: Store | None,
    publisher: str,
    dataset: str,
    start: int,
    end: int,
    *,
    shown: int = SHOWN,
) -> DifferenceInWords:
    """From release `start` to release `end`; 0 is nothing, before the first.

    Names and links from other datasets are those of `store`, what is published now. What one release changed, where
    that is more than LARGE, is told as it was counted when the release was accepted: without fields and without links
    that lead to nothing. Raises NotFound, ReleaseDamaged.
    """
    last = releases.read(folder, publisher, dataset, end or start)
    if end == start + 1 and last.added + last.removed > LARGE:
        return _as_counted(folder, last, store, shown)
    before, after = (
        releases.accepted(folder, releases.read(folder, publisher, dataset, number)) if number else ()
        for number in (start, end)
    )
    return difference_in_words(before, after, graph=last.graph, store=store, bases=bases(folder), shown=shown)


def _as_counted(folder: DataFolder, release: Release, store: Store | None, shown: int) -> DifferenceInWords:
    counts = changes.counts(folder, release)
    left = Counter({how: min(shown, sum(n for (each, _), n in counts.items() if each == how)) for how in ORDER})
    told: list[RecordChange] = []
    for each in changes.records(folder, release):
        if not left.total():
            break
        if how := next((how for how in ORDER if how == each.how and left[how]), None):
            left[how] -= 1
            told.append(RecordChange(each.iri, each.class_, how, each.other or None))
    labels = Labels()
    if store is not None:
        labels.update(labels_of(store, {each.iri for each in told}))
    records = tuple(RecordInWords(each, labels.name(each.iri)) for each in told)
    return DifferenceInWords(release.added, release.removed, counts, {}, records, (), labels)


def of_draft(
    folder: DataFolder,
    store: Store | None,
    publisher: str,
    dataset: str,
    lines: Sequence[bytes],
    *,
    shown: int = SHOWN,
) -> DifferenceInWords:
    """From the latest release to these sorted N-Triples lines; raises UnknownPublisher, ReleaseDamaged."""
    latest = releases.latest(folder, publisher, dataset)
    graph = namespaces.graph(State(folder).publisher(publisher).base, dataset)
    before = releases.accepted(folder, latest) if latest else ()
    return difference_in_words(before, lines, graph=graph, store=store, bases=bases(folder), shown=shown)


def bases(folder: DataFolder) -> Collection[str]:
    """The bases under which something is described here: of every publisher, and of the knowledge that ships."""
    return {HOME, *(publisher.base for publisher in State(folder).publishers())}


def published(settings: Settings) -> Store | None:
    """The store that is served now, None before anything is published."""
    try:
        return snapshots(settings).current().store
    except StoreMissing:
        return None
