"""Submissions: what was sent for a dataset, and how far it has come on its way to a release.

received → reading → needs decisions → checked → publishing → published; or discarded, or failed, at any point before.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from kb.errors import Gone, NotFound, TooBusy, WrongState
from kb.store.audit import note
from kb.store.clock import ago, now
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
    def mark(self) -> str:
        """By which a release tells that it came of this submission, and nobody else finds this by the release."""
        return hashlib.sha256(self.id.encode()).hexdigest()[:16]

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


BEFORE: dict[State, tuple[State, ...]] = {
    "received": RESTING,
    "reading": ("received", "reading"),
    "needs decisions": ("reading",),
    "checked": ("reading", "publishing"),
    "publishing": ("received", "reading", "checked", "publishing"),
    "published": ("publishing",),
    "failed": WORKING,
    "discarded": ("received", *RESTING),
}
"""State → those from which a submission may come to it; a writer that was killed begins again where it was."""

_COLUMNS = (
    "id, publisher, dataset, protocol, method, files, token, created, changed, state, message, counts, hold_back, "
    "at_once, release"
)


class Submissions(Database):
    """The submissions of one data folder.

    Each change of state looks at the state before it and writes its job, its step and its line of the audit log in one
    transaction. Files are durable before it.
    """

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
        counts: Mapping[str, int] | None = None,
        most: int | None = None,
    ) -> Submission:
        """Registers what has been received, and queues its reading; `release` is the one to be restored.

        Raises TooBusy where the publisher has sent `most` within the hour.
        """
        listed = json.dumps([each.__dict__ for each in files])
        moment, restores = now(), method == "restore"
        with self.exclusive() as connection:
            if most is not None:
                _check_rate(connection, publisher, most)
            connection.execute(
                f"INSERT INTO submissions ({_COLUMNS}) VALUES ({', '.join('?' * 15)})",
                (id, publisher, dataset, protocol, method, listed, token, moment, moment, "received", "")
                + (json.dumps(dict(counts or {})), False, at_once, release),
            )
            _queue(connection, id, "publish" if restores else "read")
            _step(connection, id, "received")
            found = _found(connection, id)
            deed = ("asked to restore", f"release {release}") if restores else ("submitted", _short(found))
            _audit(connection, found, deed)
        return found

    def submission(self, id: str) -> Submission:
        """Raises NotFound, and Gone for one that was discarded."""
        return _there(self.rows(f"SELECT {_COLUMNS} FROM submissions WHERE id = ?", id))

    def of(self, publisher: str, limit: int = 100) -> list[Submission]:
        """The submissions of a publisher, the newest first, without those discarded."""
        query = f"SELECT {_COLUMNS} FROM submissions WHERE publisher = ? AND state <> 'discarded'"
        rows = self.rows(f"{query} ORDER BY created DESC, rowid DESC LIMIT ?", publisher, limit)
        return [_submission(row) for row in rows]

    def ids(self) -> set[str]:
        """The ids of all that were not discarded."""
        return {row[0] for row in self.rows("SELECT id FROM submissions WHERE state <> 'discarded'")}

    def states(self) -> list[State]:
        """The state of each that is kept."""
        return [row[0] for row in self.rows("SELECT state FROM submissions")]

    def older_than(self, moment: str) -> list[Submission]:
        """Those that nothing has happened to since, without those discarded."""
        query = f"SELECT {_COLUMNS} FROM submissions WHERE changed < ? AND state <> 'discarded' ORDER BY changed"
        return [_submission(row) for row in self.rows(query, moment)]

    def check_rate(self, publisher: str, most: int) -> None:
        """Raises TooBusy where the publisher has sent so many within the hour: before anything more is read."""
        with self.transaction() as connection:
            _check_rate(connection, publisher, most)

    def move(
        self,
        id: str,
        state: State,
        *,
        message: str = "",
        counts: Mapping[str, int] | None = None,
        release: int | None = None,
        deed: tuple[str, str] | None = None,
    ) -> Submission:
        """Notes how far it has come, for the one that works on it; `deed` is what the audit log says: action, detail.

        Work ends with it, or, where it comes to be published, goes on with that. Raises Gone where it was let go of
        meanwhile, WrongState where it may not come to this state from its own.
        """
        with self.exclusive() as connection:
            found = _move(connection, id, state, message)
            if counts is not None:
                connection.execute("UPDATE submissions SET counts = ? WHERE id = ?", (json.dumps(dict(counts)), id))
            if release is not None:
                connection.execute("UPDATE submissions SET release = ? WHERE id = ?", (release, id))
            if state == "publishing":
                again = "UPDATE jobs SET work = 'publish', begun = 0 WHERE submission = ? AND work <> 'publish'"
                connection.execute(again, (id,))
            elif state not in WORKING:
                connection.execute("DELETE FROM jobs WHERE submission = ?", (id,))
                _step(connection, id, message or state)
            if deed is not None:
                _audit(connection, found, deed)
            return _found(connection, id)

    def queue(
        self,
        id: str,
        work: Literal["read", "publish"],
        *,
        hold_back: bool | None = None,
        protocol: str = "",
        deed: tuple[str, str] | None = None,
        token: str = "",
        write: Callable[[], None] = lambda: None,
    ) -> Submission:
        """Asks for it to be read (again), for a protocol where one is named, or published.

        `write` makes durable what the work needs; it is called once nobody else can change the state any more.
        Raises WrongState while something is being done with it, after it was published, and where it can't be
        published since it has not been checked; Gone.
        """
        with self.exclusive() as connection:
            found = _found(connection, id)
            _refuse(found, RESTING if work == "read" else ("checked",), "read again" if work == "read" else "published")
            write()
            _move(connection, id, "received" if work == "read" else "publishing", "")
            if hold_back is not None:
                connection.execute("UPDATE submissions SET hold_back = ? WHERE id = ?", (hold_back, id))
            if protocol:
                connection.execute("UPDATE submissions SET protocol = ? WHERE id = ?", (protocol, id))
            _queue(connection, id, work if found.method != "restore" else "publish")
            if deed is not None:
                _audit(connection, found, deed, token)
            return _found(connection, id)

    def ask_preview(self, id: str) -> None:
        """Asks for its preview, once. Raises WrongState for one that has not been checked, Gone."""
        with self.exclusive() as connection:
            _refuse(_found(connection, id), ("checked",), "previewed")
            waits = "SELECT 1 FROM jobs WHERE submission = ? AND work = 'preview'"
            if connection.execute(waits, (id,)).fetchone() is None:
                _queue(connection, id, "preview")

    def discard(self, id: str, message: str = "", token: str = "") -> Submission:
        """Lets go of it; its folder is the caller's to delete. Raises WrongState while it is being worked on, and for
        one that was published; Gone.
        """
        with self.exclusive() as connection:
            found = _found(connection, id)
            _refuse(found, BEFORE["discarded"], "discarded")
            _let_go(connection, id, message)
            _audit(connection, found, ("discarded", _short(found)), token)
        return found

    def forget(self, id: str, message: str) -> None:
        """Lets go of one that has had its time, in whatever state, and of the work on it."""
        with self.exclusive() as connection:
            _let_go(connection, id, message)

    def step(self, id: str, text: str) -> None:
        """Notes what is being done now; raises Gone where it was let go of meanwhile."""
        with self.exclusive() as connection:
            _found(connection, id)
            _step(connection, id, text)

    def steps(self, id: str) -> list[Step]:
        """What has been done with it, in order."""
        query = "SELECT at, text FROM steps WHERE submission = ? ORDER BY rowid"
        return [Step(*row) for row in self.rows(query, id)]


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


def _there(rows: list[Any]) -> Submission:
    """The submission of the one row; raises NotFound, and Gone where it was discarded."""
    if not rows:
        raise NotFound("there is no such submission, or it is another publisher's")
    found = _submission(rows[0])
    if found.state == "discarded":
        raise Gone(f"this submission was discarded{f': {found.message}' if found.message else ''}")
    return found


def _found(connection: Connection, id: str) -> Submission:
    return _there(connection.execute(f"SELECT {_COLUMNS} FROM submissions WHERE id = ?", (id,)).fetchall())


def _refuse(found: Submission, states: tuple[State, ...], what: str) -> None:
    if found.state not in states:
        raise WrongState(f"this submission is {found.state}, so it cannot be {what} now; look at it again in a moment")


def _move(connection: Connection, id: str, state: State, message: str) -> Submission:
    """The submission as it was before; raises WrongState where it may not come to this state from its own."""
    found = _found(connection, id)
    _refuse(found, BEFORE[state], state)
    _set(connection, id, state, message)
    return found


def _set(connection: Connection, id: str, state: State, message: str) -> None:
    values = (state, message, now(), id)
    connection.execute("UPDATE submissions SET state = ?, message = ?, changed = ? WHERE id = ?", values)


def _let_go(connection: Connection, id: str, message: str) -> None:
    _set(connection, id, "discarded", message)
    for table in ("jobs", "steps"):
        connection.execute(f"DELETE FROM {table} WHERE submission = ?", (id,))


def _check_rate(connection: Connection, publisher: str, most: int) -> None:
    query = "SELECT count(*) FROM submissions WHERE publisher = ? AND created > ?"
    [sent] = connection.execute(query, (publisher, ago(timedelta(hours=1)))).fetchone()
    if sent >= most:
        raise TooBusy(f"{publisher} has sent {most} submissions within the hour; send the next one later", 600)


def _audit(connection: Connection, found: Submission, deed: tuple[str, str], token: str = "") -> None:
    note(connection, found.publisher, token or found.token, deed[0], found.name, deed[1])


def _short(found: Submission) -> str:
    """Of the id, for the audit log: who reads it must not find drafts by it."""
    return f"submission {found.id[:8]}…"


def _queue(connection: Connection, id: str, work: str) -> None:
    """Puts it at the end of the queue, in place of a preview that waits: what is asked for now is more."""
    connection.execute("DELETE FROM jobs WHERE submission = ?", (id,))
    connection.execute("INSERT INTO jobs (submission, work, queued) VALUES (?, ?, ?)", (id, work, now()))


def _step(connection: Connection, id: str, text: str) -> None:
    connection.execute("INSERT INTO steps VALUES (?, ?, ?)", (id, now(), text))
