"""The access log: a file for each month, shared by the processes of a site, without anything of a person."""

import json
import os
import time
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pytest

from kb.operations.access_log import AccessLog, Visit, months, prune, visits
from kb.store.folder import DataFolder


def visit(day: str = "2026-11-05", **given: object) -> Visit:
    at = datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp()
    known = {"page": "resource.document", "path": "/doc/pilot/kent", "method": "GET", "status": 200}
    known |= {"milliseconds": 1.5, "bytes": 100, "from_site": "", "client": "person", "query": ""}
    return Visit(at, **(known | given))  # type: ignore[arg-type]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    written = [visit(), visit(from_site="www.example.org", query="answered", path="/doc/ort/köln")]
    log = AccessLog(folder, 13)
    log.write(written[:1])
    log.write(written[1:])
    log.close()
    assert list(visits(folder, "2026-11")) == written
    lines = (folder.usage / "2026-11.jsonl").read_text(encoding="utf-8").splitlines()
    assert set(json.loads(lines[0])) == {"time", "page", "path", "method", "status", "ms", "bytes", "client"}
    assert os.stat(folder.usage / "2026-11.jsonl").st_mode & 0o007 == 0


def test_a_month_has_its_file_and_the_oldest_go(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.usage.mkdir()
    (folder.usage / "notes.jsonl").touch()
    log = AccessLog(folder, 2)
    for month in ("2026-08", "2026-09", "2026-10"):
        log.write([visit(f"{month}-28")])
    log.write([visit("2026-10-31"), visit("2026-11-01")])
    log.close()
    assert months(folder) == ["2026-10", "2026-11"]
    assert len(list(visits(folder, "2026-10"))) == 2
    assert (folder.usage / "notes.jsonl").exists()


@pytest.mark.parametrize(
    ("month", "kept", "left"),
    [
        ("2026-11", 13, ["2025-11", "2026-02", "2026-11"]),
        ("2026-12", 13, ["2026-02", "2026-11"]),
        ("2026-11", 1, ["2026-11"]),
        ("2027-01", 3, ["2026-11"]),
        ("2026-11", 10**6, ["2024-12", "2025-11", "2026-02", "2026-11"]),
        ("", 1, []),
    ],
)
def test_months_go_by_the_calendar_whatever_is_written(
    tmp_path: Path, month: str, kept: int, left: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(tmp_path)
    prune(folder, kept, month)  # where there is none
    folder.usage.mkdir()
    for name in ("2024-12", "2025-11", "2026-02", "2026-11", "notes"):
        (folder.usage / f"{name}.jsonl").touch()
    monkeypatch.setattr(time, "time", lambda: datetime(2031, 1, 1, tzinfo=UTC).timestamp())
    prune(folder, kept, month)
    assert months(folder) == left
    assert (folder.usage / "notes.jsonl").exists()


def test_a_line_that_was_cut_spoils_no_other(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    log = AccessLog(folder, 13)
    log.write([visit()])
    log.close()
    path = folder.usage / "2026-11.jsonl"
    path.write_bytes(path.read_bytes() + path.read_bytes()[:30])
    log.write([visit(status=404)])
    assert [each.status for each in visits(folder, "2026-11")] == [200, 404]


def write_many(root: Path, number: int) -> None:
    """In a process of its own."""
    log = AccessLog(DataFolder(root), 13)
    for _ in range(100):
        log.write([visit(path=f"/doc/pilot/{number}{'x' * 200}")] * 20)


def test_processes_share_the_file(tmp_path: Path) -> None:
    context = get_context("spawn")
    writers = [context.Process(target=write_many, args=(tmp_path, number)) for number in range(2)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert len(list(visits(DataFolder(tmp_path), "2026-11"))) == 2 * 100 * 20
    assert len((tmp_path / "usage" / "2026-11.jsonl").read_bytes().splitlines()) == 2 * 100 * 20


def test_what_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "usage").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(OSError, match="usage"):
        AccessLog(DataFolder(tmp_path), 13).write([visit()])


def test_times_are_utc(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    at = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
    AccessLog(folder, 13).write([visit(at.date().isoformat())])
    assert months(folder) == ["2026-12"]
