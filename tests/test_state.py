"""Publishers, marks and pins."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kb.errors import BadInput, StoreUnwritable, UnknownPublisher
from kb.store.folder import DataFolder
from kb.store.state import Applied, State


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(DataFolder(tmp_path / "data"))


def test_reading_creates_nothing(state: State, tmp_path: Path) -> None:
    assert state.publishers() == []
    assert state.pins() == set()
    assert state.applied() == {}
    assert state.mark("shipped") is None
    with pytest.raises(UnknownPublisher, match="whatworks publisher add kent --base"):
        state.publisher("kent")
    assert list(tmp_path.iterdir()) == []


def test_the_same_publisher_again_is_no_error(state: State) -> None:
    first = state.add_publisher("kent", "https://kent.example/")
    assert first.base == "https://kent.example"
    assert state.add_publisher("kent", "https://kent.example") == first
    assert state.publishers() == [first]


@pytest.mark.parametrize(
    ("id", "base"),
    [
        ("kent", "https://other.example"),
        ("other", "https://kent.example"),
        ("other", "https://kent.example/"),
        ("Other", "https://other.example"),
        ("other", "other.example"),
        ("other", "https://other.example/#x"),
        ("other", "https://other.example/a b"),
        ("other", "https://other.example/>"),
        ("other", "https://other.example?x"),
        ("other", "https://other.example/%zz"),
        ("other", "https://other.example:port"),
        ("other", "https:///"),
        ("other", "urn:x-other:a"),
        ("other", ""),
        ("", "https://other.example"),
        ("an other", "https://other.example"),
        ("../other", "https://other.example"),
    ],
)
def test_a_publisher_that_cannot_be(state: State, id: str, base: str) -> None:
    state.add_publisher("kent", "https://kent.example")
    with pytest.raises(BadInput):
        state.add_publisher(id, base)
    assert [publisher.id for publisher in state.publishers()] == ["kent"]


def test_a_file_that_is_no_state_is_said_so(state: State, tmp_path: Path) -> None:
    state.add_publisher("kent", "https://kent.example")
    path = tmp_path / "data" / "state.sqlite"
    path.write_bytes(b"nonsense" * 1000)
    with pytest.raises(StoreUnwritable, match=r"state\.sqlite: cannot be used \(file is not a database\)"):
        state.publishers()


def test_what_another_process_holds_is_not_read_past_its_lock(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.store.database._WAIT", 0.1)
    state.pin("000001-00000000")
    with closing(sqlite3.connect(state._path)) as connection:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        with connection:
            connection.execute("INSERT INTO pins VALUES ('000002-00000000')")
        with pytest.raises(StoreUnwritable, match="database is locked"):
            state.pins()
    assert state.pins() == {"000001-00000000", "000002-00000000"}


def test_what_is_applied(state: State) -> None:
    state.begin([("kent", "assets", 2), ("kent", "places", 1)])
    assert state.applied()["kent", "assets"] == Applied(2, complete=False)
    assert state.mark("unsnapshotted") == "1"
    state.complete()
    assert state.applied()["kent", "assets"] == Applied(2, complete=True)
    state.forget_applied()
    assert state.applied() == {}


def test_marks_and_pins(state: State) -> None:
    state.set_mark("shipped", "a")
    state.set_mark("shipped", "b")
    assert state.mark("shipped") == "b"
    state.pin("000001-00000000")
    state.pin("000001-00000000")
    assert state.pins() == {"000001-00000000"}
    state.unpin("000001-00000000")
    assert state.pins() == set()
