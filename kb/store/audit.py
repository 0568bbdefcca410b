"""The audit log: which publisher did what, with which token, and when. Rows are added, never changed or deleted.

It names no person and holds no secret and nothing of what was sent.
"""

from dataclasses import dataclass

from kb.store.clock import now
from kb.store.database import Connection, Database


@dataclass(frozen=True)
class Entry:
    """One line; `about` is a dataset or a submission, `detail` a few words on what came of it."""

    number: int
    at: str
    publisher: str
    token: str
    """The name that the publisher gave it; `command line` for the operator."""
    action: str
    about: str
    detail: str


OPERATOR = "command line"


class Audit(Database):
    """The log of one data folder."""

    def add(self, publisher: str, token: str, action: str, about: str, detail: str = "") -> None:
        """Notes what was done."""
        with self.transaction() as connection:
            note(connection, publisher, token, action, about, detail)

    def entries(self, publisher: str | None = None, limit: int = 1000) -> list[Entry]:
        """The latest entries, the newest first, of one publisher or of all."""
        where, values = ("WHERE publisher = ?", (publisher,)) if publisher else ("", ())
        query = f"SELECT id, at, publisher, token, action, about, detail FROM audit {where} ORDER BY id DESC LIMIT ?"
        return [Entry(*row) for row in self.rows(query, *values, limit)]


def note(connection: Connection, publisher: str, token: str, action: str, about: str, detail: str = "") -> None:
    """Notes a deed within the transaction that does it, so that neither is without the other."""
    connection.execute(
        "INSERT INTO audit (at, publisher, token, action, about, detail) VALUES (?, ?, ?, ?, ?, ?)",
        (now(), publisher, token, action, about, detail),
    )
