"""How an engine holds what is published: versions that never change, and an index whose last entry is current.

Every graph of ours on the engine has a name under `{HOME}/store`:

    …/store                        the index: each version with the graphs that it begins, and its record once complete
    …/store/{id}/{publisher}/{dataset}   the content of a dataset, from the version that brought it on
    …/store/{id}/merge             the RDF merge of all graphs of the version: what a query without GRAPH sees
    …/store/{id}/names             each graph of the version with the name of the dataset's graph

A name is used once, so that what a writer left half made is never read. One triple, the record, makes a version
current: engines of all kinds add a single triple whole or not at all.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from pyoxigraph import Literal, NamedNode, Triple

from kb.errors import NotFound
from kb.namespaces import HOME
from kb.store.engine import Engine
from kb.store.snapshots import SnapshotRecord

INDEX = f"{HOME}/store"
NOWHERE = f"{INDEX}/nowhere"
"""A graph that is never written: what stands for a graph that a version does not hold."""

VERSION_OF = NamedNode(f"{INDEX}#versionOf")
_BEGUN = NamedNode(f"{INDEX}#begun")
_RECORD = NamedNode(f"{INDEX}#record")


@dataclass(frozen=True)
class Version:
    """A complete state of the knowledge, as a snapshot is; `contents` tell whether a dataset has to be sent again."""

    record: SnapshotRecord
    graphs: dict[str, str]
    """Name of a dataset's graph → the graph on the engine that has its content."""
    contents: dict[str, str]
    """`publisher/dataset` → SHA-256 of its release's accepted.nq.gz."""

    @property
    def id(self) -> str:
        """The id of the version."""
        return self.record.id

    @property
    def merge(self) -> str:
        """The graph with the RDF merge of all graphs."""
        return merge(self.id)

    @property
    def names(self) -> str:
        """The graph that says which graph has which name."""
        return names(self.id)

    def held(self) -> set[str]:
        """Every graph that reading the version needs."""
        return {*self.graphs.values(), self.merge, self.names}


def content(id: str, name: str) -> str:
    """The graph in which version `id` brings on the dataset `publisher/dataset`."""
    return f"{INDEX}/{id}/{name}"


def merge(id: str) -> str:
    """The graph with the merge of version `id`."""
    return f"{INDEX}/{id}/merge"


def names(id: str) -> str:
    """The graph with the names of version `id`."""
    return f"{INDEX}/{id}/names"


def ids(engine: Engine) -> list[str]:
    """The ids of all complete versions, the oldest first; the last is current."""
    found = engine.solutions(f"SELECT ?version WHERE {{ ?version {_RECORD} ?record }}", [INDEX])
    return sorted(version.value.removeprefix(f"{INDEX}/") for (version,) in found)


def read(engine: Engine, id: str) -> Version:
    """A complete version; raises NotFound."""
    found = engine.solutions(f"SELECT ?record WHERE {{ {_node(id)} {_RECORD} ?record }}", [INDEX])
    if not found:
        raise NotFound(f"{id}: no such snapshot; see `whatworks snapshots`")
    written = json.loads(found[0][0].value)
    return Version(SnapshotRecord(**written["record"]), written["graphs"], written["contents"])


def begin(engine: Engine, id: str, graphs: Iterable[str]) -> None:
    """Notes, before anything is sent, which graphs version `id` will write."""
    engine.add(INDEX, [_line(Triple(_node(id), _BEGUN, NamedNode(graph))) for graph in graphs])


def complete(engine: Engine, version: Version) -> None:
    """Makes a version current, all its graphs being there."""
    record = Literal(json.dumps(asdict(version), ensure_ascii=False))
    engine.add(INDEX, [_line(Triple(_node(version.id), _RECORD, record))])


def name(engine: Engine, id: str, graphs: dict[str, str]) -> None:
    """Writes which graph of version `id` has which name."""
    lines = [_line(Triple(NamedNode(graph), VERSION_OF, NamedNode(name))) for name, graph in graphs.items()]
    engine.write(names(id), lines)


def retire(engine: Engine, doomed: Iterable[str], kept: Iterable[Version]) -> None:
    """Takes versions from the index, then drops every graph that no kept version needs, half made ones included."""
    for id in doomed:
        engine.remove(INDEX, _node(id), _RECORD, None)
    needed = {graph for version in kept for graph in version.held()}
    begun = engine.solutions(f"SELECT ?version ?graph WHERE {{ ?version {_BEGUN} ?graph }}", [INDEX])
    for version, graph in begun:
        if graph.value not in needed:
            engine.drop([graph.value])
            engine.remove(INDEX, version, _BEGUN, graph)


def _node(id: str) -> NamedNode:
    return NamedNode(f"{INDEX}/{id}")


def _line(triple: Triple) -> bytes:
    return f"{triple} .".encode()
