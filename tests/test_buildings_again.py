"""Tables of buildings made from those of the snapshot before: the same as made anew, and little of it read again.

After the register of tests/buildings_again each of its folders publishes a file, of the dataset that its name says, and
tells which buildings are gathered for it, and whether anything in the tables changes.
"""

import gzip
import tomllib
from pathlib import Path

import pytest
from store_cases import SETTINGS, new_folder, passing

from kb.store import touched
from kb.store.buildings import gather, gathered
from kb.store.buildings.build import build
from kb.store.buildings.tables import folder_of
from kb.store.difference import Difference, difference
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish
from kb.store.snapshots import SnapshotRecord, current_id, record_of

FOLDER = Path(__file__).parent / "buildings_again"
CASES = sorted(path for path in FOLDER.iterdir() if path.is_dir())
LESSON = FOLDER / "other-record" / "lessons.ttl"
ASSETS = "https://kent.example/id/asset/"


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The buildings that were read from the store, in their order."""
    found: list[str] = []
    real = gather._building

    def watched(store: gather.Store, iri: str, day: str) -> gather.Building:
        found.append(iri.removeprefix(ASSETS))
        return real(store, iri, day)

    monkeypatch.setattr(gather, "_building", watched)
    return found


def published(folder: DataFolder, file: Path) -> None:
    publish(folder, [PublicationRequest("kent", file.stem, (file,))], SETTINGS, checker=passing)


def with_register(path: Path) -> DataFolder:
    """A data folder in which the register is published, as dataset `assets`."""
    folder = new_folder(path)
    publish(folder, [PublicationRequest("kent", "assets", (FOLDER / "register.ttl",))], SETTINGS, checker=passing)
    return folder


def tables(folder: DataFolder) -> dict[str, bytes]:
    """The files of the current snapshot's tables by their names."""
    id = current_id(folder)
    assert id is not None
    return {path.name: path.read_bytes() for path in folder_of(folder, id).iterdir()}


def made_anew(folder: DataFolder, path: Path) -> dict[str, bytes]:
    """What they are when nothing is taken over."""
    id = current_id(folder)
    assert id is not None
    path.mkdir()
    (path / "store").symlink_to(folder.snapshots / id / "store")
    build(path, record_of(folder.snapshots / id), SETTINGS.near_metres)
    return {file.name: file.read_bytes() for file in (path / "buildings").iterdir()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_only_what_is_touched_is_gathered_again(case: Path, tmp_path: Path, noted: list[str]) -> None:
    folder = with_register(tmp_path)
    before = tables(folder)
    noted.clear()
    [file] = case.glob("*.ttl")
    published(folder, file)
    expected = tomllib.loads((case / "expected.toml").read_text(encoding="utf-8"))
    assert sorted(noted) == expected["gathered"]
    after = tables(folder)
    assert after == made_anew(folder, tmp_path / "anew")
    assert (after["buildings.arrow"] != before["buildings.arrow"]) == expected["tables_change"]


def test_on_another_day_what_has_dates_is_gathered_again(
    tmp_path: Path, noted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.store.checkpoint.now", lambda: "2026-11-29T12:00:00Z")
    folder = with_register(tmp_path)
    before = tables(folder)
    noted.clear()
    monkeypatch.setattr("kb.store.checkpoint.now", lambda: "2026-12-02T12:00:00Z")
    published(folder, LESSON)
    assert noted == ["depot"]
    after = tables(folder)
    assert after == made_anew(folder, tmp_path / "anew")
    assert after["buildings.arrow"] != before["buildings.arrow"], "the first break of the lease is over"


def damaged(whole: bytes, how: str) -> bytes | None:
    """The file with damage; None for none."""
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes(byte ^ 255 for byte in whole[middle : middle + 8]) + whole[middle + 8 :]
    header, _, rest = gzip.decompress(whole).partition(b"\n")
    other_fields = header.replace(b'"uprn"', b'"urn"')
    written = {
        "absent": None,
        "empty": b"",
        "no gzip": b"no gzip",
        "cut": whole[: middle],
        "flipped": flipped,
        "of other fields": gzip.compress(other_fields + b"\n" + rest),
        "of another form": gzip.compress(header.replace(b'"form": 1', b'"form": 0') + b"\n" + rest),
    }
    return written[how]


@pytest.mark.parametrize(
    "how", ["absent", "empty", "no gzip", "cut", "flipped", "of other fields", "of another form"]
)
def test_without_what_was_gathered_all_is_gathered(tmp_path: Path, noted: list[str], how: str) -> None:
    folder = with_register(tmp_path)
    id = current_id(folder)
    assert id is not None
    kept = folder_of(folder, id) / gathered.FILE
    content = damaged(kept.read_bytes(), how)
    kept.unlink()
    if content is not None:
        kept.write_bytes(content)
    noted.clear()
    published(folder, LESSON)
    assert sorted(noted) == ["annexe", "depot", "hall"]


def test_a_large_change_is_not_looked_at_line_by_line(
    tmp_path: Path, noted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(touched, "MOST", 1)
    folder = with_register(tmp_path)
    noted.clear()
    published(folder, FOLDER / "figure" / "assets.ttl")
    assert sorted(noted) == ["annexe", "depot", "hall"]


CHANGE = difference([b"<https://kent.example/id/asset/hall> <urn:p> <urn:o> ."], [])


@pytest.mark.parametrize(
    ("earlier", "now", "accepted", "expected"),
    [
        ({"kent/a": 1}, {"kent/a": 2}, {"kent/a": CHANGE}, {f"{ASSETS}hall"}),
        ({"kent/a": 1}, {"kent/a": 1, "kent/b": 1}, {"kent/b": CHANGE}, {f"{ASSETS}hall"}),
        ({"kent/a": 1}, {"kent/a": 1}, {}, set()),
        ({"kent/a": 1}, {"kent/a": 3}, {"kent/a": CHANGE}, None),
        ({"kent/a": 1}, {"kent/a": 2}, {}, None),
        ({"kent/a": 2}, {"kent/a": 1}, {"kent/a": CHANGE}, None),
        ({"kent/a": 1, "kent/b": 1}, {"kent/a": 2}, {"kent/a": CHANGE}, None),
    ],
    ids=["changed", "new", "same", "two releases", "by a writer before", "backwards", "one is gone"],
)
def test_what_is_touched_is_known_only_of_the_step_from_snapshot_to_snapshot(
    earlier: dict[str, int], now: dict[str, int], accepted: dict[str, Difference], expected: set[str] | None
) -> None:
    records = [SnapshotRecord("1", "2026-11-29T12:00:00Z", None, datasets, 0) for datasets in (earlier, now)]
    assert touched.touched(records[0], records[1], accepted) == expected
