"""Short links: the same name for the same request, kept for good, within bounds."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from absent import absent

from kb.errors import NotFound, StoreFull, TooBusy, TooLarge
from kb.store import links
from kb.store.folder import DataFolder
from kb.store.links import LONGEST, SHORTEST, Asked, asked, find, keep, known

ASK = asked("ASK { ?s ?p ?o }", "000001-00000000", ["https://b.example/", "https://a.example/"])


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def test_what_is_kept_is_found_again(folder: DataFolder) -> None:
    assert known(folder, ASK) is None
    assert not folder.root.exists()
    id = keep(folder, ASK, 10, "a")
    assert find(folder, id) == find(folder, id.upper().replace("0", "O").replace("1", "I")) == ASK
    assert known(folder, ASK) == id == keep(folder, ASK, 1, "a")
    assert len(id) == SHORTEST
    assert id == id.lower()
    assert not set(id) & set("ilou")


def test_one_request_in_several_spellings_has_one_name(folder: DataFolder) -> None:
    spelt = asked(" ASK\r\n{ }\r\n", "", ["b:b", "a:a", "b:b"])
    assert spelt == Asked("ASK\n{ }", None, ("a:a", "b:b"))
    assert keep(folder, spelt, 10, "a") == keep(folder, asked("ASK\n{ }", None, ["a:a", "b:b"]), 10, "a")


@pytest.mark.parametrize(
    "other",
    [
        asked("ASK { ?s ?p  ?o }", ASK.snapshot, ASK.default_graphs),
        asked(ASK.query, None, ASK.default_graphs),
        asked(ASK.query, ASK.snapshot, (), ASK.default_graphs),
    ],
)
def test_another_request_has_another_name(folder: DataFolder, other: Asked) -> None:
    assert keep(folder, other, 10, "a") != keep(folder, ASK, 10, "a")


def test_a_name_that_is_taken_grows(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_names", lambda content: ["same", f"same{content.count('x')}"])
    first, second = asked("ASK {}"), asked("ASK { ?x ?x ?x }")
    names = [keep(folder, each, 10, "a") for each in (first, second, second, first)]
    assert names == ["same", "same3", "same3", "same"]
    assert [known(folder, each) for each in (first, second)] == ["same", "same3"]
    assert find(folder, "same3") == second


def test_bounds(folder: DataFolder) -> None:
    with pytest.raises(TooLarge, match=f"up to {LONGEST:,} bytes"):
        keep(folder, asked("#" + "é" * (LONGEST // 2)), 10, "a")
    first = keep(folder, asked("ASK {}"), 1, "a")
    with pytest.raises(StoreFull, match="1 short links are kept"):
        keep(folder, ASK, 1, "a")
    assert keep(folder, asked("ASK {}"), 1, "a") == first
    with pytest.raises(NotFound, match="no short link"):
        find(folder, "nothing000")


def test_as_many_are_made_in_an_hour_as_may_be(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "PER_HOUR", 2)
    made = [keep(folder, asked(f"ASK {{}} # {number}"), 10, "a") for number in range(2)]
    with pytest.raises(TooBusy, match="in the last hour") as raised:
        keep(folder, ASK, 10, "a")
    assert raised.value.seconds == 600
    assert keep(folder, asked("ASK {} # 0"), 10, "a") == made[0]
    with closing(sqlite3.connect(folder.state)) as connection, connection:
        connection.execute("UPDATE links SET created = '2026-01-01T00:00:00Z'")
    assert find(folder, keep(folder, ASK, 10, "a")) == ASK


def test_one_client_alone_keeps_nobody_from_making_links(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "PER_CLIENT", 2)
    made = [keep(folder, asked(f"ASK {{}} # {number}"), 10, "a") for number in range(2)]
    with pytest.raises(TooBusy, match="you made 2 short links in the last hour"):
        keep(folder, ASK, 10, "a")
    assert keep(folder, asked("ASK {} # 0"), 10, "a") == made[0]
    assert find(folder, keep(folder, ASK, 10, "b")) == ASK
    with closing(sqlite3.connect(folder.state)) as connection, connection:
        connection.execute("UPDATE link_makers SET made = '2026-01-01T00:00:00Z'")
    assert keep(folder, asked("ASK {} # 2"), 10, "a")
    with closing(sqlite3.connect(folder.state)) as connection:
        assert connection.execute("SELECT client FROM link_makers").fetchall() == [("a",)], "the older are forgotten"


def test_a_state_from_before_there_were_links(folder: DataFolder) -> None:
    folder.root.mkdir()
    with sqlite3.connect(folder.state) as connection:
        connection.execute("CREATE TABLE marks (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    connection.close()
    assert known(folder, ASK) is None
    assert find(folder, keep(folder, ASK, 10, "a")) == ASK


READS = """
import sys
from pathlib import Path
from kb.errors import StoreUnwritable
from kb.store.folder import DataFolder
from kb.store.links import asked, find, keep
folder = DataFolder(Path(sys.argv[1]))
print(find(folder, sys.argv[2]).query)
try:
    keep(folder, asked("ASK {}"), 10, "a")
except StoreUnwritable:
    print("unwritable")
"""


def bound_by_modes() -> list[str]:
    """What starts a process that modes of files bind, as they do not bind root."""
    if os.geteuid():
        return []
    if shutil.which("setpriv") is None:
        absent("setpriv, without which root may write everything")
    return ["setpriv", "--bounding-set", "-dac_override"]


@pytest.fixture
def read_only(folder: DataFolder) -> Iterator[tuple[DataFolder, str]]:
    """A data folder that nobody may write, and a link in it."""
    id = keep(folder, ASK, 10, "a")
    folder.state.chmod(0o444)
    folder.root.chmod(0o555)
    yield folder, id
    folder.root.chmod(0o755)


def test_a_folder_that_cannot_be_written_is_read(read_only: tuple[DataFolder, str]) -> None:
    folder, id = read_only
    command = [*bound_by_modes(), sys.executable, "-c", READS, str(folder.root), id]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent.parent)
    assert done.stdout.splitlines() == [ASK.query, "unwritable"], done.stderr
    assert {path.name for path in folder.root.iterdir()} == {folder.state.name, folder.version.name}
