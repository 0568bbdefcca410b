"""The primary store: one named graph per dataset, and the RDF merge of them all as its default graph."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from kb.errors import StoreMissing
from kb.store.difference import Difference, difference
from kb.store.durability import make_folder
from kb.store.folder import DataFolder

BULK = 10_000
"""From this many lines on a bulk load is quicker than a transaction (measured: equal at about 10,000)."""

PART = 400_000
"""Lines that are loaded at a time: a bulk load holds all of its quads in memory, 900 B each."""

COMPACT = 100
"""From this many changed lines on the files are compacted before a snapshot."""


class Primary:
    """The store of the one writer, as a context: its files are open until the block ends. The lock is the caller's."""

    def __init__(self, folder: DataFolder) -> None:
        """Opens or creates the store; raises StoreMissing when its files are damaged or open elsewhere."""
        self._changes = 0
        make_folder(folder.root)
        try:
            self._store = Store(folder.store)
        except (OSError, RuntimeError) as error:  # pyoxigraph raises the latter for damaged files
            raise StoreMissing(f"{folder.store}: cannot be opened ({error}); run `whatworks rebuild`") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        del self._store  # the only way to close it

    def apply(self, graph: str, change: Difference) -> None:
        """Applies a difference to the merge and then to the named graph.

        In this order a writer that dies on the way leaves a named graph from which the same difference, or what
        is left of it, can be found again: a triple is in the named graph until the merge has been seen to.
        """
        name = NamedNode(graph)
        self._changes += len(change.removed) + len(change.added) + len(change.again)
        self._remove(DefaultGraph(), (t for t in _triples(change.removed) if not self._held_elsewhere(t, name)))
        self._add(DefaultGraph(), change)
        self._remove(name, _triples(change.removed))
        self._add(name, change)

    def difference_to(self, graph: str, lines: Sequence[bytes]) -> Difference:
        """What leads from the graph as it is now to `lines`, in the store's own form of literals.

        All of `lines` count as added, for the merge may lack what the graph has.
        """
        present = self.lines(graph)
        removed = difference(present, _normalised(lines)).removed if present else []
        return Difference(removed, lines, [])

    def lines(self, graph: str) -> list[bytes]:
        """The graph as sorted N-Triples lines, in the store's own form of literals."""
        return lines_of(self._store, NamedNode(graph))

    def about(self, graph: str, subjects: Iterable[str]) -> list[bytes]:
        """The sorted lines of the graph that have one of the subjects."""
        found = Store()
        for subject in subjects:
            for quad in self._store.quads_for_pattern(NamedNode(subject), None, None, NamedNode(graph)):
                found.add(Quad(quad.subject, quad.predicate, quad.object))
        return lines_of(found, DefaultGraph())

    def flush(self) -> None:
        """Makes durable what was applied.

        After many changes the files are compacted: for 0.2 s a grouped join over 200,000 triples takes a fifth less.
        """
        if self._changes >= COMPACT:
            self._store.optimize()
            self._changes = 0
        self._store.flush()

    def checkpoint(self, target: Path) -> None:
        """Writes a complete copy to `target`, a folder that does not exist yet; files are hard links."""
        self._store.backup(target)

    def _held_elsewhere(self, triple: Quad, graph: NamedNode) -> bool:
        holders = self._store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        return any(quad.graph_name not in (graph, DefaultGraph()) for quad in holders)

    def _remove(self, graph: NamedNode | DefaultGraph, triples: Iterable[Quad]) -> None:
        for triple in triples:
            self._store.remove(Quad(triple.subject, triple.predicate, triple.object, graph))

    def _add(self, graph: NamedNode | DefaultGraph, change: Difference) -> None:
        for lines in filter(None, (change.added, change.again)):
            load = self._store.load if len(lines) < BULK else self._store.bulk_load
            for part in in_parts(lines):
                # lenient: the lines were validated when they were read; a seventh of the time is saved.
                load(input=part, format=RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)


def open_for_reading(folder: DataFolder) -> Store:
    """The store as it is on the disk, for who holds the lock and only looks. Raises StoreMissing for damage."""
    try:
        return Store.read_only(str(folder.store))
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreMissing(f"{folder.store}: cannot be opened ({error}); run `whatworks rebuild`") from error


def _triples(lines: Sequence[bytes]) -> Iterator[Quad]:
    for part in in_parts(lines):
        yield from parse(part, RdfFormat.N_TRIPLES)


def in_parts(lines: Sequence[bytes]) -> Iterator[bytes]:
    """The lines as N-Triples, in parts that bound what loading them takes."""
    for first in range(0, len(lines), PART):
        yield b"\n".join(lines[first : first + PART])


def _normalised(lines: Sequence[bytes]) -> list[bytes]:
    store = Store()
    store.bulk_load(input=b"\n".join(lines), format=RdfFormat.N_TRIPLES)
    return lines_of(store, DefaultGraph())


def lines_of(store: Store, graph: NamedNode | DefaultGraph) -> list[bytes]:
    """A graph of a store as sorted N-Triples lines, in the store's own form of literals."""
    dump = store.dump(format=RdfFormat.N_TRIPLES, from_graph=graph)
    assert dump is not None  # bytes, when no output is given
    return sorted(dump.splitlines())
