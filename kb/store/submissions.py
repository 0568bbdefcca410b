"""Submissions: what was sent for a dataset, and how far it has come on its way to a release.

received → reading → needs decisions → checked → publishing → published; or discarded, or failed, at any point before.
"""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kb.errors import Gone, NotFound, WrongState
from kb.store.clock import now
from kb.store.database import Connection, Database

State = Literal[
    "received", "reading", "needs decisions", "checked", "publishing", "published", "discarded", "failed"
]
Method = Literal["replace", "add", "empty", "restore"]
"""How the files become the content: they are all of it, they are added to it, nothing stays, or, without files, an
earlier release is published again."""

RESTING: tuple[State, ...] = ("needs decisions", "checked", "failed")
"""States in which a submission waits for its publisher."""

WORKING: tuple[State, ...] = ("received", "reading", "publishing")
"""States in which a submission waits for this site."""


@dataclass(frozen=True)
class Received:
    """A file as it was sent; `name` is without folders."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Submission:
    """What is known of a submission; its files are in its folder (kb.store.submission_folder)."""

    id: str
    publisher: str
    dataset: str
    protocol: str
    """`dp-01`, where the publisher chose one; else empty."""
    method: Method
    files: tuple[Received, ...]
    token: str
    """Name of the token by which it was sent."""
    created: str
    changed: str
    state: State
    message: str
    """Why it failed or what came of it, in a sentence; may be empty."""
    counts: Mapping[str, int]
    """triples, added, removed, violations, warnings, infos, problems, undecided, based_on; as far as they are known."""
    hold_back: bool
    """Whether records that violate a protocol are left out, so that the others can be published."""
    at_once: bool
    """Whether it is published as soon as it conforms."""
    release: int | None
    """The release that came of it; of one that restores, until then the release to go back to, 0 for nothing."""

    @property
    def name(self) -> str:
        """`publisher/dataset`."""
        return f"{self.publisher}/{self.dataset}"

    @property
    def conforms(self) -> bool:
        """Whether it has been checked, and nothing stands against its publication."""
        return self.state == "checked" and not self.counts.get("violations") and not self.counts.get("problems")

    @property
    def working(self) -> bool:
        """Whether this site has something to do with it."""
        return self.state in WORKING


@dataclass(frozen=True)
class Step:
    """Something that was done with a submission."""

    at: str
    text: str


_COLUMNS = (
    "id, publisher, dataset, protocol, method, files, token, created, changed, state, message, counts, hold_back, "
    "at_once, release"
)


class Submissions(Database):
    """The submissions of one data folder."""

    def add(
        self,
        id: str,
        publisher: str,
        dataset: str,
        files: Iterable[Received],
        token: str,
        *,
        protocol: str = "",
        method: Method = "replace",
        at_once: bool = False,
        release: int | None = None,
    ) -> Submission:
        """Registers what has been received, and queues its reading; `release` is the one to be restored."""
        listed = json.dumps([each.__dict__ for each in files])
        moment = now()
        with self.exclusive() as connection:
            connection.execute(
                f"INSERT INTO submissions ({_COLUMNS}) VALUES ({', '.join('?' * 15)})",
                (id, publisher, dataset, protocol, method, listed, token, moment, moment, "received", "", "{}")
                + (False, at_once, release),
            )
            _queue(connection, id, "read")
            _step(connection, id, "received")
        return self.submission(id)

    def submission(self, id: str) -> Submission:
        """Raises NotFound, and Gone for one that was discarded."""
        rows = self.rows(f"SELECT {_COLUMNS} FROM submissions WHERE id = ?", id)
        if not rows:
            raise NotFound("there is no such submission, or it is another publisher's")
        found = _submission(rows[0])
        if found.state == "discarded":
            raise Gone(f"this submission was discarded{f': {found.message}' if found.message else ''}")
        return found

    def of(self, publisher: str, limit: int = 100) -> list[Submission]:
        """The submissions of a publisher, the newest first, without those discarded."""
        query = f"SELECT {_COLUMNS} FROM submissions WHERE publisher = ? AND state <> 'discarded'"
        rows = self.rows(f"{query} ORDER BY created DESC, rowid DESC LIMIT ?", publisher, limit)
        return [_submission(row) for row in rows]

    def ids(self) -> set[str]:
        """The ids of all that were not discarded."""
        return {row[0] for row in self.rows("SELECT id FROM submissions WHERE state <> 'discarded'")}

    def older_than(self, moment: str) -> list[Submission]:
        """Those that nothing has happened to since, without those discarded."""
        query = f"SELECT {_COLUMNS} FROM submissions WHERE changed < ? AND state <> 'discarded' ORDER BY changed"
        return [_submission(row) for row in self.rows(query, moment)]

    def received_since(self, publisher: str, moment: str) -> int:
        """How many a publisher sent since."""
        query = "SELECT count(*) FROM submissions WHERE publisher = ? AND created > ?"
        rows = self.rows(query, publisher, moment)
        return int(rows[0][0]) if rows else 0

    def move(
        self,
        id: str,
        state: State,
        *,
        message: str = "",
        counts: Mapping[str, int] | None = None,
        release: int | None = None,
    ) -> None:
        """Notes how far it has come; for the one that works on it."""
        with self.exclusive() as connection:
            _move(connection, id, state, message)
            if counts is not None:
                connection.execute("UPDATE submissions SET counts = ? WHERE id = ?", (json.dumps(dict(counts)), id))
            if release is not None:
                connection.execute("UPDATE submissions SET release = ? WHERE id = ?", (release, id))

    def queue(self, id: str, work: Literal["read", "publish"], *, hold_back: bool | None = None) -> Submission:
        """Asks for it to be read (again) or published.

        Raises WrongState while something is being done with it, after it was published, and where it can't be
        published since it has not been checked.
        """
        with self.exclusive() as connection:
            found = self._locked(connection, id)
            _refuse(found, RESTING if work == "read" else ("checked",), "read again" if work == "read" else "published")
            _move(connection, id, "received" if work == "read" else "publishing", "")
            if hold_back is not None:
                connection.execute("UPDATE submissions SET hold_back = ? WHERE id = ?", (hold_back, id))
            _queue(connection, id, work)
        return self.submission(id)

    def ask_preview(self, id: str) -> None:
        """Asks for its preview, once. Raises WrongState for one that has not been checked."""
        with self.exclusive() as connection:
            _refuse(self._locked(connection, id), ("checked",), "previewed")
            waits = "SELECT 1 FROM jobs WHERE submission = ? AND work = 'preview'"
            if connection.execute(waits, (id,)).fetchone() is None:
                _queue(connection, id, "preview")

    def choose_protocol(self, id: str, protocol: str) -> None:
        """Notes for which protocol its sheets are."""
        with self.transaction() as connection:
            connection.execute("UPDATE submissions SET protocol = ? WHERE id = ?", (protocol, id))

    def discard(self, id: str, message: str = "") -> Submission:
        """Lets go of it; its folder is the caller's to delete. Raises WrongState while it is being worked on, and for
        one that was published.
        """
        with self.exclusive() as connection:
            found = self._locked(connection, id)
            _refuse(found, ("received", *RESTING), "discarded")
            _move(connection, id, "discarded", message)
            connection.execute("DELETE FROM jobs WHERE submission = ?", (id,))
            connection.execute("DELETE FROM steps WHERE submission = ?", (id,))
        return found

    def forget(self, id: str, message: str) -> None:
        """Lets go of one that has had its time, in whatever state."""
        with self.exclusive() as connection:
            _move(connection, id, "discarded", message)
            connection.execute("DELETE FROM steps WHERE submission = ?", (id,))

    def step(self, id: str, text: str) -> None:
        """Notes what is being done now."""
        with self.transaction() as connection:
            _step(connection, id, text)

    def steps(self, id: str) -> list[Step]:
        """What has been done with it, in order."""
        query = "SELECT at, text FROM steps WHERE submission = ? ORDER BY rowid"
        return [Step(*row) for row in self.rows(query, id)]

    def _locked(self, connection: Connection, id: str) -> Submission:
        row = connection.execute(f"SELECT {_COLUMNS} FROM submissions WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise NotFound("there is no such submission, or it is another publisher's")
        return _submission(row)


def new_id() -> str:
    """An id that nobody can guess: 128 random bits."""
    return secrets.token_hex(16)


def _submission(row: Any) -> Submission:
    id, publisher, dataset, protocol, method, files, token, created, changed, state, message, counts, *rest = row
    hold_back, at_once, release = rest
    received = tuple(Received(**each) for each in json.loads(files))
    return Submission(
        id, publisher, dataset, protocol, method, received, token, created, changed, state, message,
        json.loads(counts), bool(hold_back), bool(at_once), release,
    )  # fmt: skip


def _refuse(found: Submission, states: tuple[State, ...], what: str) -> None:
    if found.state not in states:
        raise WrongState(f"this submission is {found.state}, so it cannot be {what} now; look at it again in a moment")


def _move(connection: Connection, id: str, state: State, message: str) -> None:
    values = (state, message, now(), id)
    connection.execute("UPDATE submissions SET state = ?, message = ?, changed = ? WHERE id = ?", values)


def _queue(connection: Connection, id: str, work: str) -> None:
    connection.execute("INSERT INTO jobs (submission, work, queued) VALUES (?, ?, ?)", (id, work, now()))


def _step(connection: Connection, id: str, text: str) -> None:
    connection.execute("INSERT INTO steps VALUES (?, ?, ?)", (id, now(), text))
