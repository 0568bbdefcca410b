"""The SQLite file of all that changes between publications: a transaction a call, and reading changes nothing."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from kb.errors import StoreUnwritable
from kb.store.durability import PRIVATE_FILE
from kb.store.folder import DataFolder
from kb.store.layout import begin_layout
from kb.store.replica.read_only import check_is_no_replica

Connection = sqlite3.Connection

_WAIT = 10.0
"""Seconds for which another process's lock is waited for."""

_UNWRITABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
"""Primary result codes of SQLite where it may not make the files that it keeps beside the database."""

_NO_ROOM = (sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMMAP)
"""Extended result codes where there is no room for them."""

_PASSING = frozenset(["sessions", "attempts", "link_makers"])
"""Tables of what lasts for hours only."""

_SCHEMA = Path(__file__).with_name("state.sql")


class Database:
    """The database of one data folder, which all processes share.

    What is built on it raises StoreUnwritable where the file can't be opened, read or written.
    """

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._path = folder.state

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection whose changes are kept together, or none of them where the block raises."""
        try:
            if not self._path.exists():
                begin_layout(self._folder)
                check_is_no_replica(self._folder)
            # SQLite gives the files that it keeps beside this one the same mode.
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, PRIVATE_FILE))
            with closing(sqlite3.connect(self._path, timeout=_WAIT)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.executescript(_SCHEMA.read_text(encoding="utf-8"))
                with connection:
                    yield connection
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error

    @contextmanager
    def exclusive(self) -> Iterator[Connection]:
        """A transaction within which no other process writes, from its first reading on."""
        with self.transaction() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    def rows(self, query: str, *values: Any) -> list[Any]:
        """What a query finds; nothing where there is no such file or table yet."""
        if not self._path.exists():
            return []
        try:
            try:
                return self._read("mode=ro", query, values)
            except sqlite3.OperationalError as error:
                if str(error).startswith("no such table"):  # the file is older than the table
                    return []
                if error.sqlite_errorcode & 0xFF not in _UNWRITABLE and not self._without_room(error):
                    raise
                # Beside a file that is read SQLite keeps two others; in a folder that cannot be written it needs none.
                # Elsewhere this would read past other processes' locks, and miss what they wrote last.
                return self._read("mode=ro&immutable=1", query, values)
        except sqlite3.Error as error:
            raise self._unusable(error) from error

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

    def copy(self, target: Path) -> None:
        """Writes a copy as at one moment, while others write (SQLite Online Backup API); a file that is complete.

        Who is signed in, and who tried what from where, is left out; what was deleted is not in its bytes.
        """
        try:
            os.close(os.open(target, os.O_CREAT | os.O_RDWR, PRIVATE_FILE))
            with closing(sqlite3.connect(target, isolation_level=None)) as copy:
                with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                    connection.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
                there = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
                for table in _PASSING & there:
                    copy.execute(f"DELETE FROM {table}")
                copy.execute("VACUUM")
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error

    def faults(self) -> list[str]:
        """What SQLite finds wrong with the file, in its words; nothing where there is none, or it is sound."""
        if not self._path.exists():
            return []
        try:
            return [row[0] for row in self._read("mode=ro", "PRAGMA integrity_check", ()) if row[0] != "ok"]
        except sqlite3.Error as error:
            return [str(error)]

    def _read(self, how: str, query: str, values: tuple[Any, ...]) -> list[Any]:
        with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?{how}", timeout=_WAIT, uri=True)) as connection:
            return connection.execute(query, values).fetchall()

    def _without_room(self, error: sqlite3.Error) -> bool:
        """Whether the disk is full, nobody has the file open (else the others were there), and it is complete."""
        wal = self._path.with_name(f"{self._path.name}-wal")
        return error.sqlite_errorcode in _NO_ROOM and (not wal.exists() or wal.stat().st_size == 0)

    def _unusable(self, error: Exception) -> StoreUnwritable:
        return StoreUnwritable(f"{self._path}: cannot be used ({error}); put that right and try again")
