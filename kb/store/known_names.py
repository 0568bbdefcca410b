"""The names of all bodies, places and other things that are published here, for sheets and forms that name them."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from kb.config import Settings
from kb.errors import StoreMissing
from kb.mapping.values.names import Known, Names
from kb.namespaces import expand
from kb.protocols.catalogue import protocols
from kb.store.folder import DataFolder
from kb.store.readable import Store
from kb.store.serving import current_id, snapshots
from kb.store.snapshots import Snapshot

_QUERY = Path(__file__).with_name("known-names.rq")


def known_names(settings: Settings) -> Names:
    """What the current snapshot names; before the first, the protocols alone."""
    try:
        id = current_id(DataFolder(settings.data), settings)
        return _names(settings, id) if id else Names(_protocols())
    except StoreMissing:
        return Names(_protocols())


@lru_cache(maxsize=1)
def _names(settings: Settings, id: str) -> Names:
    """Those of the snapshot with this id, which is the current one; kept until there is another."""
    return names_in(snapshots(settings).current().store)


@lru_cache(maxsize=2)
def names_of(snapshot: Snapshot) -> Names:
    """What a snapshot names; read once for each of the last two."""
    return names_in(snapshot.store)


def names_in(store: Store) -> Names:
    """What a store names, but for codes and for the things of very large classes (see the query), and the protocols."""
    classes: dict[str, dict[str, None]] = {}
    names: dict[str, dict[str, None]] = {}
    solutions: Any = store.query(_QUERY.read_text(encoding="utf-8"))
    for thing, class_, _, name in solutions:
        classes.setdefault(thing.value, {})[class_.value] = None
        names.setdefault(thing.value, {})[name.value] = None
    return Names([*(Known(iri, tuple(classes[iri]), tuple(names[iri])) for iri in names), *_protocols()])


def _protocols() -> Iterator[Known]:
    """The protocols, which come with the code, by title and by id."""
    classes = (expand("ww:DataProtocol"), expand("dcterms:Standard"))
    for each in protocols():
        yield Known(each.iri, classes, (each.title, each.id, f"protocol/{each.id}"))
