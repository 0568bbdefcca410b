"""The access log: what was asked for and how it went, and nothing of who asked.

A line is a JSON object; `usage/2026-11.jsonl` has those of a month. No address of a client, no query text, no user
agent and no request id is in it: by the last, a line could be found again in the log of a proxy, which has addresses.
"""

import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from kb.store.folder import DataFolder

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_SUFFIX = ".jsonl"


class Visit(NamedTuple):
    """One request, as it is remembered."""

    at: float
    """Seconds since 1970."""
    page: str
    """The type of page (the endpoint that answered); `none` where no such page is known."""
    path: str
    """Without a query string; of what is private or failed, the pattern of such paths."""
    method: str
    status: int
    milliseconds: float
    bytes: int
    from_site: str
    """The host of the site whose link was followed; empty for none or this one."""
    client: str
    """`person`, `program` or `bot`, as far as it says so of itself."""
    query: str
    """What came of the query that was asked; empty where none was."""


class AccessLog:
    """The log of one data folder, for the one thread of a process that writes it; `months` are kept, this one included.

    Each file is opened to append (O_APPEND, POSIX write(2)) and every write is of whole lines, so the processes of a
    site share it without a lock.
    """

    def __init__(self, folder: DataFolder, months: int) -> None:
        self._folder = folder
        self._months = months
        self._month = ""
        self._file = -1

    def write(self, visits: Iterable[Visit]) -> None:
        """Appends the visits, each to the file of its month. Raises OSError where that cannot be written."""
        self.write_alike((visit.at, visit.milliseconds, visit) for visit in visits)

    def write_alike(self, visits: Iterable[tuple[float, float, Visit]]) -> None:
        """The same of visits that are like others in all but their time and milliseconds, which stand before them."""
        lines: dict[str, list[str]] = {}
        texts: dict[Visit, tuple[str, str]] = {}
        for second, milliseconds, like in visits:
            at = _time(int(second))
            before, after = texts.get(like) or texts.setdefault(like, _around(like))
            lines.setdefault(at[:7], []).append(f'{{"time":"{at}",{before},"ms":{milliseconds:.1f},{after}}}\n')
        for month, of_month in lines.items():
            self._open(month)
            text = "".join(of_month).encode()
            if os.write(self._file, text) < len(text):
                self.close()  # no room: the line that was cut is passed over when it is read

    def close(self) -> None:
        """Gives up the file; the next write opens it again."""
        if self._file >= 0:
            os.close(self._file)
        self._file, self._month = -1, ""

    def _open(self, month: str) -> None:
        if month == self._month:
            return
        self.close()
        self._folder.usage.mkdir(parents=True, exist_ok=True)
        path = self._folder.usage / f"{month}{_SUFFIX}"
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        self._month = month
        if os.lseek(self._file, 0, os.SEEK_END) and not _ends_a_line(path):
            os.write(self._file, b"\n")
        with suppress(OSError):  # which the server says that looks each hour
            prune(self._folder, self._months, month)


def months(folder: DataFolder) -> list[str]:
    """The months of which there is a log, as `2026-11`, the oldest first."""
    if not folder.usage.is_dir():
        return []
    names = (path.name.removesuffix(_SUFFIX) for path in folder.usage.glob(f"*{_SUFFIX}"))
    return sorted(name for name in names if _MONTH.fullmatch(name))


def prune(folder: DataFolder, kept: int, month: str = "") -> None:
    """Deletes the logs of all but the last `kept` months by the calendar, of which `month` is one; empty: this one.

    Raises OSError where one cannot be deleted.
    """
    year, of_year = map(int, (month or _time(int(time.time()))[:7]).split("-"))
    first = max(0, 12 * year + of_year - kept)
    oldest = f"{first // 12:04}-{first % 12 + 1:02}"
    for old in months(folder):
        if old < oldest:
            (folder.usage / f"{old}{_SUFFIX}").unlink(missing_ok=True)  # another process may be quicker


def visits(folder: DataFolder, month: str) -> Iterator[Visit]:
    """The visits of a month, in the order in which they were written; a line that was cut off is passed over."""
    with suppress(FileNotFoundError), open(folder.usage / f"{month}{_SUFFIX}", encoding="utf-8") as file:
        for line in file:
            with suppress(ValueError, KeyError, TypeError):
                yield _read(json.loads(line))


@lru_cache(maxsize=8)
def _time(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _around(visit: Visit) -> tuple[str, str]:
    """What stands before and after the milliseconds."""
    after: dict[str, str | int] = {"bytes": visit.bytes, "client": visit.client}
    if visit.from_site:
        after["from"] = visit.from_site
    if visit.query:
        after["query"] = visit.query
    said = {"page": visit.page, "path": visit.path, "method": visit.method}
    before: dict[str, str | int] = {**said, "status": visit.status}
    return _written(before)[1:-1], _written(after)[1:-1]


def _read(said: dict[str, str | int | float]) -> Visit:
    return Visit(
        at=datetime.strptime(str(said["time"]), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp(),
        page=str(said["page"]),
        path=str(said["path"]),
        method=str(said["method"]),
        status=int(said["status"]),
        milliseconds=float(said["ms"]),
        bytes=int(said["bytes"]),
        from_site=str(said.get("from", "")),
        client=str(said["client"]),
        query=str(said.get("query", "")),
    )


def _ends_a_line(path: Path) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
