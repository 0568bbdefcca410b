"""What changes between publications, in SQLite: publishers, pins, short links, and what the primary store holds."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from pyoxigraph import NamedNode

from kb.errors import BadInput, StoreFull, StoreUnwritable, TooBusy, UnknownPublisher
from kb.store.clock import now
from kb.store.database import Connection, Database
from kb.store.durability import replace_file

NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
"""What a publisher or a dataset may be called."""
LONGEST_NAME = 100
"""Characters of a name: it is that of a folder too."""


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


class State(Database):
    """The state of one data folder; every method is one transaction. Reading changes nothing.

    Every method raises StoreUnwritable where the file can't be opened, read or written.
    """

    def publishers(self) -> list[Publisher]:
        """All publishers, by id."""
        return [Publisher(*row) for row in self.rows("SELECT id, base, created FROM publishers ORDER BY id")]

    def publisher(self, id: str) -> Publisher:
        """Raises UnknownPublisher."""
        rows = self.rows("SELECT id, base, created FROM publishers WHERE id = ?", id)
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
        with self.transaction() as connection:
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
        return bool(self.rows(query, publisher, dataset))

    def add_unchecked(self, publisher: str, dataset: str) -> None:
        """Lets the dataset in without a protocol check from now on."""
        with self.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO unchecked VALUES (?, ?)", (publisher, dataset))

    def applied(self) -> dict[tuple[str, str], Applied]:
        """(publisher, dataset) → what the primary store holds of it."""
        rows = self.rows("SELECT publisher, dataset, release, complete FROM applied")
        return {(publisher, dataset): Applied(n, bool(complete)) for publisher, dataset, n, complete in rows}

    def begin(self, releases: Iterable[tuple[str, str, int]]) -> None:
        """Notes, before the store is touched, that these (publisher, dataset, number) are being applied."""
        with self.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO applied VALUES (?, ?, ?, 0)", releases)
            connection.execute("INSERT OR REPLACE INTO marks VALUES ('unsnapshotted', '1')")

    def complete(self) -> None:
        """Notes that all that was begun is in the store, durably."""
        with self.transaction() as connection:
            connection.execute("UPDATE applied SET complete = 1")

    def forget_applied(self) -> None:
        """Notes that the primary store is gone."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM applied")

    def mark(self, name: str) -> str | None:
        """The value of a mark, None where it was never set."""
        rows = self.rows("SELECT value FROM marks WHERE name = ?", name)
        return str(rows[0][0]) if rows else None

    def set_mark(self, name: str, value: str) -> None:
        """Sets a mark."""
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, value))

    def kept_mark(self, name: str, value: str) -> str:
        """The value of a mark, which is set to this one where it was never set."""
        known = self.mark(name)
        if known is not None:
            return known
        with self.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO marks VALUES (?, ?)", (name, value))
        return self.mark(name) or value

    def pins(self) -> set[str]:
        """Ids of the pinned snapshots."""
        return {row[0] for row in self.rows("SELECT snapshot FROM pins")}

    def pin(self, snapshot: str) -> None:
        """Keeps a snapshot from being retired."""
        with self.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO pins VALUES (?)", (snapshot,))
        self.list_pins()

    def unpin(self, snapshot: str) -> None:
        """Lets a snapshot be retired again."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM pins WHERE snapshot = ?", (snapshot,))
        self.list_pins()

    def repin(self, old: str, new: str) -> None:
        """Pins what is left of a pinned snapshot in its place."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM pins WHERE snapshot = ?", (old,))
            connection.execute("INSERT OR IGNORE INTO pins VALUES (?)", (new,))
        self.list_pins()

    def list_pins(self) -> None:
        """Writes the list of the pinned snapshots beside the state, for copies (kb.store.replica)."""
        try:
            replace_file(self._folder.pinned, json.dumps(sorted(self.pins())) + "\n")
        except OSError as error:
            raise StoreUnwritable(f"{self._folder.pinned}: cannot be written ({error.strerror})") from error

    def links(self) -> list[tuple[str, str]]:
        """Every short link with what it stands for."""
        return [(id, content) for id, content in self.rows("SELECT id, content FROM links")]

    def withdraw_links(self, ids: Iterable[str], withdrawal: int) -> None:
        """Forgets what these short links stand for, and remembers which withdrawal took them."""
        with self.transaction() as connection:
            for id in ids:
                connection.execute("DELETE FROM links WHERE id = ?", (id,))
                connection.execute("INSERT OR REPLACE INTO withdrawn_links VALUES (?, ?)", (id, withdrawal))

    def withdrawn_link(self, id: str) -> int | None:
        """The number of the withdrawal that took a short link; None where none did."""
        rows = self.rows("SELECT withdrawal FROM withdrawn_links WHERE id = ?", id)
        return int(rows[0][0]) if rows else None

    def link(self, id: str) -> str | None:
        """What a short link stands for, as it was kept; None where there is none."""
        rows = self.rows("SELECT content FROM links WHERE id = ?", id)
        return str(rows[0][0]) if rows else None

    def add_link(self, ids: Iterable[str], content: str, client: str, limits: LinkLimits) -> str:
        """Keeps `content` under the first of the ids that is free, or has it already, and answers that.

        Raises StoreFull and TooBusy where it is none of those that are kept, and the limits are reached.
        """
        with self.exclusive() as connection:
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


def _check_room(connection: Connection, client: str, limits: LinkLimits) -> None:
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
    if len(name) > LONGEST_NAME:
        raise BadInput(f"{name[:50]!r}…: a {kind} name has up to {LONGEST_NAME} characters")
    if not NAME.fullmatch(name):
        raise BadInput(f"{name!r}: not a {kind} name; use small letters, digits and hyphens, not a hyphen first")
