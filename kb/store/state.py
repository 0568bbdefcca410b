"""What changes between publications, in SQLite: publishers, pins, short links, and what the primary store holds."""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pyoxigraph import NamedNode

from kb.errors import BadInput, StoreFull, StoreUnwritable, TooBusy, UnknownPublisher
from kb.store.clock import now
from kb.store.durability import make_folder
from kb.store.folder import DataFolder

NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
"""What a publisher or a dataset may be called."""

_WAIT = 10.0
"""Seconds for which another process's lock is waited for."""

_UNWRITABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
"""Primary result codes of SQLite where it may not make the files that it keeps beside the database."""

_SCHEMA = Path(__file__).with_name("state.sql")


@dataclass(frozen=True)
class Publisher:
    """Who may publish, and the IRI under which its things are named (no slash at the end)."""

    id: str
    base: str
    created: str


@dataclass(frozen=True)
class Applied:
    """The release of a dataset in the primary store; not complete: a writer died while changing the store."""

    release: int
    complete: bool


@dataclass(frozen=True)
class LinkLimits:
    """How many short links are kept, and how many of them are made `since` a moment: by one client, and by all."""

    kept: int
    per_client: int
    by_all: int
    since: str


class State:
    """The state of one data folder; every method is one transaction. Reading changes nothing.

    Every method raises StoreUnwritable where the file can't be opened, read or written.
    """

    def __init__(self, folder: DataFolder) -> None:
        self._path = folder.state

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            make_folder(self._path.parent)
            with closing(sqlite3.connect(self._path, timeout=_WAIT)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.executescript(_SCHEMA.read_text(encoding="utf-8"))
                with connection:
                    yield connection
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error

    def _rows(self, query: str, *values: Any) -> list[Any]:
        if not self._path.exists():
            return []
        try:
            try:
                return self._read("mode=ro", query, values)
            except sqlite3.OperationalError as error:
                if str(error).startswith("no such table"):  # the file is older than the table
                    return []
                if error.sqlite_errorcode & 0xFF not in _UNWRITABLE:
                    raise
                # Beside a file that is read SQLite keeps two others; in a folder that cannot be written it needs none.
                # Elsewhere this would read past other processes' locks, and miss what they wrote last.
                return self._read("mode=ro&immutable=1", query, values)
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _read(self, how: str, query: str, values: tuple[Any, ...]) -> list[Any]:
        with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?{how}", timeout=_WAIT, uri=True)) as connection:
            return connection.execute(query, values).fetchall()

    def _unusable(self, error: Exception) -> StoreUnwritable:
        return StoreUnwritable(f"{self._path}: cannot be used ({error}); put that right and try again")

    def publishers(self) -> list[Publisher]:
        """All publishers, by id."""
        return [Publisher(*row) for row in self._rows("SELECT id, base, created FROM publishers ORDER BY id")]

    def publisher(self, id: str) -> Publisher:
        """Raises UnknownPublisher."""
        rows = self._rows("SELECT id, base, created FROM publishers WHERE id = ?", id)
        if not rows:
            raise UnknownPublisher(
                f"{id}: no such publisher; run `whatworks publisher add {id} --base IRI` first"
            )
        return Publisher(*rows[0])

    def add_publisher(self, id: str, base: str) -> Publisher:
        """Registers; the same again changes nothing. A slash at the end of `base` is dropped.

        Raises BadInput when the id or base is malformed, when the id has another base, or when another
        publisher has this base (two publishers would then write in one graph).
        """
        check_name("publisher", id)
        base = base.rstrip("/")
        if not _is_base(base):
            raise BadInput(f"{base!r}: not a base IRI; give an http or https IRI without query and fragment")
        with self._transaction() as connection:
            found = connection.execute(
                "SELECT id, base FROM publishers WHERE id = ? OR base = ?", (id, base)
            ).fetchall()
            for other, its_base in found:
                if (other, its_base) != (id, base):
                    raise BadInput(f"publisher {other} has the base {its_base} already; choose another")
            if not found:
                connection.execute("INSERT INTO publishers VALUES (?, ?, ?)", (id, base, now()))
        return self.publisher(id)

    def is_unchecked(self, publisher: str, dataset: str) -> bool:
        """Whether the operator lets the dataset in without a protocol check."""
        query = "SELECT 1 FROM unchecked WHERE publisher = ? AND dataset = ?"
        return bool(self._rows(query, publisher, dataset))

    def add_unchecked(self, publisher: str, dataset: str) -> None:
        """Lets the dataset in without a protocol check from now on."""
        with self._transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO unchecked VALUES (?, ?)", (publisher, dataset))

    def applied(self) -> dict[tuple[str, str], Applied]:
        """(publisher, dataset) → what the primary store holds of it."""
        rows = self._rows("SELECT publisher, dataset, release, complete FROM applied")
        return {(publisher, dataset): Applied(n, bool(complete)) for publisher, dataset, n, complete in rows}

    def begin(self, releases: Iterable[tuple[str, str, int]]) -> None:
        """Notes, before the store is touched, that these (publisher, dataset, number) are being applied."""
        with self._transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO applied VALUES (?, ?, ?, 0)", releases)
            connection.execute("INSERT OR REPLACE INTO marks VALUES ('unsnapshotted', '1')")

    def complete(self) -> None:
        """Notes that all that was begun is in the store, durably."""
        with self._transaction() as connection:
            connection.execute("UPDATE applied SET complete = 1")

    def forget_applied(self) -> None:
        """Notes that the primary store is gone."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM applied")

    def mark(self, name: str) -> str | None:
        """The value of a mark, None where it was never set."""
        rows = self._rows("SELECT value FROM marks WHERE name = ?", name)
        return str(rows[0][0]) if rows else None

    def set_mark(self, name: str, value: str) -> None:
        """Sets a mark."""
        with self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, value))

    def pins(self) -> set[str]:
        """Ids of the pinned snapshots."""
        return {row[0] for row in self._rows("SELECT snapshot FROM pins")}

    def pin(self, snapshot: str) -> None:
        """Keeps a snapshot from being retired."""
        with self._transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO pins VALUES (?)", (snapshot,))

    def unpin(self, snapshot: str) -> None:
        """Lets a snapshot be retired again."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM pins WHERE snapshot = ?", (snapshot,))

    def repin(self, old: str, new: str) -> None:
        """Pins what is left of a pinned snapshot in its place."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM pins WHERE snapshot = ?", (old,))
            connection.execute("INSERT OR IGNORE INTO pins VALUES (?)", (new,))

    def links(self) -> list[tuple[str, str]]:
        """Every short link with what it stands for."""
        return [(id, content) for id, content in self._rows("SELECT id, content FROM links")]

    def withdraw_links(self, ids: Iterable[str], withdrawal: int) -> None:
        """Forgets what these short links stand for, and remembers which withdrawal took them."""
        with self._transaction() as connection:
            for id in ids:
                connection.execute("DELETE FROM links WHERE id = ?", (id,))
                connection.execute("INSERT OR REPLACE INTO withdrawn_links VALUES (?, ?)", (id, withdrawal))

    def withdrawn_link(self, id: str) -> int | None:
        """The number of the withdrawal that took a short link; None where none did."""
        rows = self._rows("SELECT withdrawal FROM withdrawn_links WHERE id = ?", id)
        return int(rows[0][0]) if rows else None

    def compact(self) -> None:
        """Writes the file afresh: what was deleted from it is not in its bytes any more, nor in those beside it."""
        if not self._path.exists():
            return
        try:
            with closing(sqlite3.connect(self._path, timeout=_WAIT, isolation_level=None)) as connection:
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def link(self, id: str) -> str | None:
        """What a short link stands for, as it was kept; None where there is none."""
        rows = self._rows("SELECT content FROM links WHERE id = ?", id)
        return str(rows[0][0]) if rows else None

    def add_link(self, ids: Iterable[str], content: str, client: str, limits: LinkLimits) -> str:
        """Keeps `content` under the first of the ids that is free, or has it already, and answers that.

        Raises StoreFull and TooBusy where it is none of those that are kept, and the limits are reached.
        """
        with self._transaction() as connection:
            connection.execute("BEGIN IMMEDIATE")
            for id in ids:
                row = connection.execute("SELECT content FROM links WHERE id = ?", (id,)).fetchone()
                if row is None:
                    _check_room(connection, client, limits)
                    moment = now()
                    connection.execute("INSERT INTO links VALUES (?, ?, ?)", (id, content, moment))
                    connection.execute("DELETE FROM link_makers WHERE made <= ?", (limits.since,))
                    connection.execute("INSERT INTO link_makers VALUES (?, ?)", (client, moment))
                    return id
                if row[0] == content:
                    return id
        raise AssertionError("every id stands for something else")


def _check_room(connection: sqlite3.Connection, client: str, limits: LinkLimits) -> None:
    """Raises StoreFull or TooBusy unless the client may make one more link."""

    def count(query: str, *values: str) -> int:
        return int(connection.execute(query, values).fetchone()[0])

    if count("SELECT count(*) FROM links") >= limits.kept:
        raise StoreFull(f"{limits.kept:,} short links are kept here, and there is no room for another")
    lately = "SELECT count(*) FROM link_makers WHERE client = ? AND made > ?"
    if count(lately, client, limits.since) >= limits.per_client:
        raise TooBusy(f"you made {limits.per_client:,} short links in the last hour; make this one later", 600)
    if count("SELECT count(*) FROM links WHERE created > ?", limits.since) >= limits.by_all:
        raise TooBusy(f"{limits.by_all:,} short links were made in the last hour; make this one later", 600)


def _is_base(text: str) -> bool:
    try:
        NamedNode(text)
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not set("?#") & set(text)


def check_name(kind: str, name: str) -> None:
    """Raises BadInput unless `name` may be the name of a publisher or dataset (`kind` says which)."""
    if not NAME.fullmatch(name):
        raise BadInput(f"{name!r}: not a {kind} name; use small letters, digits and hyphens, not a hyphen first")
