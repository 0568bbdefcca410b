"""What readers send to say that something is wrong or missing: a draft for a publisher to take up, answer or decline.

Nothing of it is public. An e-mail address goes some days after it was given, a contribution as long after it was dealt
with; the audit log keeps that there was one, and nothing of what it said.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from kb.errors import NotFound, StoreFull, WrongState
from kb.store.audit import OPERATOR, note
from kb.store.clock import ago, now
from kb.store.database import Database
from kb.store.tombstones import Tombstone, hashed

KINDS = ("correction", "lesson", "adoption")
"""Something is wrong; something was learned; somebody did it too."""

OPEN, TAKEN_UP, ANSWERED, DECLINED = "open", "taken up", "answered", "declined"

MOST_OPEN = 500
"""Contributions to one publisher that wait to be dealt with; more are not taken."""

STRANGER = "a reader"
"""Who sent it, in the audit log."""

_COLUMNS = "id, kind, about, publisher, fields, email, created, changed, state, answer"


@dataclass(frozen=True)
class Contribution:
    """What a reader sent; who knows its `id` may see what became of it, and take it back."""

    id: str
    kind: str
    about: str
    """The IRI of a thing, or the path of a page."""
    publisher: str
    """Whose it is to deal with; empty where nobody is registered: then it is the operator's."""
    fields: Mapping[str, str]
    """Name of a question → what was written."""
    email: str
    created: str
    changed: str
    state: str
    answer: str
    """What the publisher says to it."""


class Contributions(Database):
    """The contributions of one data folder."""

    def send(self, kind: str, about: str, publisher: str, fields: Mapping[str, str], email: str) -> str:
        """Keeps a contribution; its id. Raises StoreFull where as many wait for this publisher as are taken."""
        id, moment = secrets.token_urlsafe(16), now()
        with self.exclusive() as connection:
            waiting = "SELECT count(*) FROM contributions WHERE publisher = ? AND state = ?"
            if int(connection.execute(waiting, (publisher, OPEN)).fetchone()[0]) >= MOST_OPEN:
                raise StoreFull(f"{MOST_OPEN} contributions wait to be dealt with; send yours later")
            row = (id, kind, about, publisher, json.dumps(fields, ensure_ascii=False), email, moment, moment, OPEN, "")
            connection.execute(f"INSERT INTO contributions ({_COLUMNS}) VALUES ({', '.join('?' * len(row))})", row)
            note(connection, publisher, STRANGER, "contributed", _name(id), kind)
        return id

    def contribution(self, id: str) -> Contribution:
        """Raises NotFound."""
        found = self._found("WHERE id = ?", id)
        if not found:
            raise NotFound("there is no such contribution: it was taken back, or dealt with long ago")
        return found[0]

    def of(self, publisher: str | None = None) -> list[Contribution]:
        """Those for a publisher, or all; open ones first, the oldest of them first."""
        where, values = ("WHERE publisher = ?", (publisher,)) if publisher is not None else ("", ())
        found = self._found(f"{where} ORDER BY created, id", *values)
        return sorted(found, key=lambda each: each.state != OPEN)

    def waiting(self, publisher: str) -> int:
        """How many are open."""
        query = "SELECT count(*) FROM contributions WHERE publisher = ? AND state = ?"
        return sum(int(row[0]) for row in self.rows(query, publisher, OPEN))

    def settle(self, id: str, state: str, answer: str, publisher: str, token: str) -> None:
        """Notes what the publisher did with it, and its answer. Raises NotFound, WrongState where that was done."""
        found = self.contribution(id)
        with self.transaction() as connection:
            change = "UPDATE contributions SET state = ?, answer = ?, changed = ? WHERE id = ? AND state IN (?, ?)"
            values = (state, answer or found.answer, now(), id, OPEN, TAKEN_UP)
            if not connection.execute(change, values).rowcount:  # somebody else may have done it meanwhile
                raise WrongState("this contribution was answered, declined or taken back already")
            note(connection, publisher, token, f"contribution {state}", _name(id), found.kind)

    def take_back(self, id: str) -> None:
        """Deletes it, at the wish of who sent it. Raises NotFound."""
        self._delete([self.contribution(id)], "taken back", STRANGER)

    def delete(self, id: str) -> None:
        """Deletes it, for the operator. Raises NotFound."""
        self._delete([self.contribution(id)], "deleted", OPERATOR)

    def tidy(self, days: int) -> None:
        """Deletes e-mail addresses that were given so many days ago, and what was dealt with so long ago."""
        before = ago(timedelta(days=days))
        if not self.rows("SELECT 1 FROM contributions WHERE created <= ? LIMIT 1", before):
            return
        with self.transaction() as connection:
            connection.execute("UPDATE contributions SET email = '' WHERE created <= ?", (before,))
            connection.execute("DELETE FROM contributions WHERE state <> ? AND changed <= ?", (OPEN, before))

    def holding(self, tombstone: Tombstone, marks: Iterable[str]) -> Iterator[Contribution]:
        """Those that are about what was withdrawn, or hold one of the texts by which it is known."""
        known, names = [each.casefold() for each in marks], set(tombstone.names)
        for each in self._found(""):
            said = "\n".join((each.about, *each.fields.values(), each.answer)).casefold()
            if hashed(each.about) in names or any(mark in said for mark in known):
                yield each

    def withdraw(self, tombstone: Tombstone, marks: Iterable[str]) -> None:
        """Deletes them."""
        self._delete(list(self.holding(tombstone, marks)), f"held something that was {tombstone.said}", OPERATOR)

    def _delete(self, found: list[Contribution], why: str, who: str) -> None:
        if found:
            with self.transaction() as connection:
                for each in found:
                    connection.execute("DELETE FROM contributions WHERE id = ?", (each.id,))
                    note(connection, each.publisher, who, "contribution deleted", _name(each.id), why)

    def _found(self, where: str, *values: Any) -> list[Contribution]:
        return [
            Contribution(row[0], row[1], row[2], row[3], json.loads(row[4]), *row[5:])
            for row in self.rows(f"SELECT {_COLUMNS} FROM contributions {where}", *values)
        ]


def _name(id: str) -> str:
    """What the audit log calls it: enough to tell it from others, too little to open it."""
    return f"contribution {id[:6]}"
