"""The difference in words of two releases of a dataset, or of its latest release and a content that may follow it."""

from collections.abc import Collection, Sequence

from kb import namespaces
from kb.ask.difference_words import SHOWN, DifferenceInWords, difference_in_words
from kb.config import Settings
from kb.errors import StoreMissing
from kb.namespaces import HOME
from kb.store import releases
from kb.store.folder import DataFolder
from kb.store.readable import Store
from kb.store.serving import snapshots
from kb.store.state import State


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

    Names and links from other datasets are those of `store`, what is published now. Raises NotFound, ReleaseDamaged.
    """
    last = releases.read(folder, publisher, dataset, end or start)
    before, after = (
        releases.accepted(folder, releases.read(folder, publisher, dataset, number)) if number else ()
        for number in (start, end)
    )
    return difference_in_words(before, after, graph=last.graph, store=store, bases=bases(folder), shown=shown)


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
