"""The primary store: named graphs and their merge stay right, normalised literals included."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store
from store_cases import dump

from kb.errors import StoreMissing
from kb.store import primary as primary_module
from kb.store.difference import difference
from kb.store.folder import DataFolder
from kb.store.primary import Primary

ONE, TWO = "https://x.example/one", "https://x.example/two"


def line(subject: str, value: str) -> bytes:
    decimal = "http://www.w3.org/2001/XMLSchema#decimal"
    return f'<https://x.example/{subject}> <https://x.example/p> "{value}"^^<{decimal}> .'.encode()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Primary]:
    with Primary(DataFolder(tmp_path / "data")) as opened:
        yield opened


def change(store: Primary, graph: str, old: Sequence[bytes], new: Sequence[bytes]) -> None:
    store.apply(graph, difference(sorted(old), sorted(new)))


def holds(store: Primary, tmp_path: Path, graphs: dict[str, Sequence[bytes]]) -> bool:
    """Whether the store holds exactly these graphs, and their merge."""
    expected = Store()
    for name, lines in graphs.items():
        for graph in (NamedNode(name), None):
            expected.load(input=b"\n".join(lines), format=RdfFormat.N_TRIPLES, to_graph=graph)
    copy = tmp_path / "copy"
    store.checkpoint(copy)
    return dump(Store.read_only(str(copy))) == dump(expected)


def test_the_merge_keeps_what_another_graph_has(store: Primary, tmp_path: Path) -> None:
    change(store, ONE, [], [line("a", "1"), line("b", "1")])
    change(store, TWO, [], [line("a", "1.0")])
    change(store, ONE, [line("a", "1"), line("b", "1")], [])
    assert holds(store, tmp_path, {TWO: [line("a", "1")]})


def test_one_spelling_of_a_value_goes_and_another_stays(store: Primary, tmp_path: Path) -> None:
    both = [line("a", "1.5"), line("a", "1.50")]
    change(store, ONE, [], both)
    change(store, ONE, both, [line("a", "1.5")])
    assert holds(store, tmp_path, {ONE: [line("a", "1.5")]})


def test_bulk_and_small_changes_are_the_same(
    store: Primary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(primary_module, "BULK", 3)
    many = [line("a", str(number)) for number in range(10)]
    change(store, ONE, [], many)
    change(store, ONE, many, [*many[5:], line("b", "1")])
    assert holds(store, tmp_path, {ONE: [*many[5:], line("b", "1")]})


@pytest.mark.parametrize("done", range(8))
def test_what_was_half_applied_is_found_and_finished(done: int, store: Primary, tmp_path: Path) -> None:
    """`done` elementary changes of the difference were made when the writer died; the rest is found from the store."""
    old = [line("a", "1.50"), line("b", "2"), line("shared", "3")]
    new = [line("b", "2.0"), line("c", "4"), line("d", "5")]
    change(store, ONE, [], old)
    change(store, TWO, [], [line("shared", "3.0")])
    writes = [("remove", None, 0), ("add", None, 1), ("add", None, 2), ("remove", ONE, 0), ("remove", ONE, 2),
              ("add", ONE, 1), ("add", ONE, 2)]  # fmt: skip
    for kind, graph, number in writes[:done]:
        lines = [(old if kind == "remove" else new)[number]]
        name = NamedNode(graph) if graph else None
        if kind == "add":
            store._store.load(input=lines[0], format=RdfFormat.N_TRIPLES, to_graph=name)
        else:
            for quad in primary_module._triples(lines):
                target = [name] if name else []
                store._store.remove(Quad(quad.subject, quad.predicate, quad.object, *target))
    store.apply(ONE, store.difference_to(ONE, sorted(new)))
    assert holds(store, tmp_path, {ONE: new, TWO: [line("shared", "3")]})


def test_lines_about_some_subjects(store: Primary) -> None:
    change(store, ONE, [], [line("a", "1"), line("b", "2")])
    change(store, TWO, [], [line("b", "3")])
    assert store.about(ONE, ["https://x.example/b", "https://x.example/none"]) == [line("b", "2")]
    assert store.lines(ONE) == [line("a", "1"), line("b", "2")]


def test_a_store_is_open_once(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with Primary(folder), pytest.raises(StoreMissing, match="whatworks rebuild"):
        Primary(folder)
    with Primary(folder):
        pass
