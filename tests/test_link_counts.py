"""How often much-used things are linked to, as it is counted at publication and told by their pages."""

import json
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from kb.ask import incoming
from kb.ask.resource import describe
from kb.store.folder import DataFolder
from kb.store.link_counts import build as link_counts
from kb.store.snapshots import Snapshots

EXAMPLE = "http://x.example/"
OFTEN, SELDOM, TEXT = f"{EXAMPLE}often", f"{EXAMPLE}seldom", "the same words"


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Store]:
    """The folder of a snapshot in which a thing is linked to often by one property and seldom by another."""
    folder = tmp_path_factory.mktemp("snapshot")
    store = Store(str(folder / "store"))
    _link(store, OFTEN, "use", link_counts.LEAST + 1)
    _link(store, OFTEN, "seeAlso", 3)
    _link(store, SELDOM, "use", link_counts.LEAST)
    store.flush()
    link_counts.build(folder)
    return folder, store


def _link(store: Store, to: str, property: str, times: int) -> None:
    graph = NamedNode(f"{EXAMPLE}graph")
    for number in range(times):
        terms = NamedNode(f"{EXAMPLE}{number}"), NamedNode(f"{EXAMPLE}{property}"), NamedNode(to)
        store.add(Quad(*terms, graph))
        store.add(Quad(*terms, DefaultGraph()))


def test_what_is_linked_to_often_is_counted_once_and_as_a_reader_counts_it(counted: tuple[Path, Store]) -> None:
    folder, store = counted
    found = link_counts.read(folder, OFTEN)
    assert found == {f"{EXAMPLE}use": link_counts.LEAST + 1, f"{EXAMPLE}seeAlso": 3}
    assert found == incoming.counts(store, OFTEN) == incoming.counts(store, OFTEN, folder)
    assert link_counts.read(folder, SELDOM) is None
    assert incoming.counts(store, SELDOM, folder) == {f"{EXAMPLE}use": link_counts.LEAST}


def test_a_snapshot_without_the_counts_or_with_those_of_another_form_is_counted_by_who_reads(
    counted: tuple[Path, Store], tmp_path: Path
) -> None:
    _, store = counted
    wanted = incoming.counts(store, OFTEN)
    assert link_counts.read(tmp_path / "absent", OFTEN) is None
    assert incoming.counts(store, OFTEN, tmp_path / "absent") == wanted
    wrong = {"form": link_counts.FORM + 1, "things": {OFTEN: {f"{EXAMPLE}use": 7}}}
    (tmp_path / link_counts.FILE).write_text(json.dumps(wrong), encoding="utf-8")
    assert incoming.counts(store, OFTEN, tmp_path) == wanted


def test_a_damaged_file_costs_time_and_no_page(counted: tuple[Path, Store], tmp_path: Path) -> None:
    (tmp_path / link_counts.FILE).write_text('{"form": 1, "thi', encoding="utf-8")
    assert link_counts.read(tmp_path, OFTEN) is None
    assert incoming.counts(counted[1], OFTEN, tmp_path) == link_counts.read(counted[0], OFTEN)


def test_the_page_of_such_a_thing_tells_what_was_counted(counted: tuple[Path, Store], tmp_path: Path) -> None:
    folder, store = counted
    plain, counting = describe(store, OFTEN), describe(store, OFTEN, snapshot=folder)
    assert (counting.incoming, counting.pages) == (plain.incoming, plain.pages)
    said = {"form": link_counts.FORM, "things": {OFTEN: {f"{EXAMPLE}use": 2_000}}}
    (tmp_path / link_counts.FILE).write_text(json.dumps(said), encoding="utf-8")
    assert describe(store, OFTEN, snapshot=tmp_path).incoming_count == 2_000


def test_a_publication_counts(shipped_folder: DataFolder) -> None:
    id = Snapshots(shipped_folder).current().id
    assert link_counts.has_counts(shipped_folder, id)
    written = json.loads((shipped_folder.snapshots / id / link_counts.FILE).read_bytes())
    store = Snapshots(shipped_folder).current().store
    assert written["things"]
    for iri, said in written["things"].items():
        assert said == incoming.counts(store, iri)


@pytest.mark.parametrize("first", [0, 37, link_counts.LEAST - 12])
def test_a_page_of_many_links_is_a_stretch_of_all(counted: tuple[Path, Store], first: int) -> None:
    _, store = counted
    every = incoming.links(store, OFTEN, 2_000, 0, incoming.counts(store, OFTEN))
    [(property, things)] = [each for each in every.items() if len(each[1]) > link_counts.LEAST]
    assert len(set(things)) == link_counts.LEAST + 1
    assert incoming.links(store, OFTEN, 10, 3 + first, incoming.counts(store, OFTEN)) == {
        property: things[first : first + 10]
    }
