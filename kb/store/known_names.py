"""The names of all bodies, places and other things that are published here, for sheets that name them."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from kb.config import Settings
from kb.errors import StoreMissing
from kb.mapping.values.names import Known, Names
from kb.namespaces import expand
from kb.protocols.catalogue import protocols
from kb.store.folder import DataFolder
from kb.store.serving import current_id, snapshots

_QUERY = Path(__file__).with_name("known-things.rq")


def known_names(settings: Settings) -> Names:
    """What the current snapshot names; nothing before the first."""
    try:
        id = current_id(DataFolder(settings.data), settings)
        return _names(settings, id) if id else Names(_protocols())
    except StoreMissing:
        return Names(_protocols())


@lru_cache(maxsize=1)
def _names(settings: Settings, id: str) -> Names:
    """Those of the snapshot with this id, which is the current one; kept until there is another."""
    snapshot = snapshots(settings).current()
    classes: dict[str, dict[str, None]] = {}
    names: dict[str, dict[str, None]] = {}
    for solution in snapshot.store.query(_QUERY.read_text(encoding="utf-8")):  # type: ignore[union-attr]
        thing, class_, name = solution["thing"], solution["class"], solution["name"]
        if isinstance(thing, NamedNode) and isinstance(class_, NamedNode) and isinstance(name, Literal):
            classes.setdefault(thing.value, {})[class_.value] = None
            names.setdefault(thing.value, {})[name.value] = None
    return Names([*(Known(iri, tuple(classes[iri]), tuple(names[iri])) for iri in names), *_protocols()])


def _protocols() -> Iterator[Known]:
    """The protocols, which come with the code, by title and by id."""
    classes = (expand("ww:DataProtocol"), expand("dcterms:Standard"))
    for each in protocols():
        yield Known(each.iri, classes, (each.title, each.id, f"protocol/{each.id}"))
