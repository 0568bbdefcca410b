"""The names of all bodies, places and other things that are published here, for sheets and forms that name them."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from kb.config import Settings
from kb.errors import StoreMissing
from kb.mapping.values.names import Known, Names
from kb.store.readable import Store
from kb.store.serving import snapshots
from kb.store.snapshots import Snapshot

_QUERY = Path(__file__).with_name("known-names.rq")


def known_names(settings: Settings) -> Names:
    """What the current snapshot names; nothing before the first."""
    try:
        return names_of(snapshots(settings).current())
    except StoreMissing:
        return Names()


@lru_cache(maxsize=2)
def names_of(snapshot: Snapshot) -> Names:
    """What a snapshot names; read once for each of the last two."""
    return names_in(snapshot.store)


def names_in(store: Store) -> Names:
    """What a store names, but for codes and for the things of very large classes; see the query."""
    classes: dict[str, dict[str, None]] = {}
    names: dict[str, dict[str, None]] = {}
    solutions: Any = store.query(_QUERY.read_text(encoding="utf-8"))
    for thing, class_, _, name in solutions:
        classes.setdefault(thing.value, {})[class_.value] = None
        names.setdefault(thing.value, {})[name.value] = None
    return Names(Known(iri, tuple(classes[iri]), tuple(names[iri])) for iri in names)
