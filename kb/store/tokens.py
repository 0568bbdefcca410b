"""Tokens: what a publisher's people and programs show to be let in. It is shown once, and only its hash kept."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from kb.errors import BadInput, NotFound, NotSignedIn
from kb.store.audit import note
from kb.store.clock import ago, now
from kb.store.database import Database
from kb.store.state import State

SCOPES = ("submit", "publish")
"""What a token may do: send and check; and with the second also publish, and undo it."""

LONGEST_NAME = 60

_WRITTEN = re.compile(r"ww_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class Token:
    """What is kept of a token; `name` says what it is for, not whose it is."""

    id: str
    publisher: str
    name: str
    scope: str
    created: str
    expires: str | None
    """UTC; None where it lasts until it is revoked."""
    revoked: str | None

    def may(self, scope: str) -> bool:
        """Whether its scope is that one, or includes it."""
        return SCOPES.index(scope) <= SCOPES.index(self.scope)

    @property
    def status(self) -> str:
        """`in force`, `expired` or `revoked`."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= now() else "in force"


_COLUMNS = "id, publisher, name, scope, created, expires, revoked"


class Tokens(Database):
    """The tokens of all publishers."""

    def create(
        self, publisher: str, name: str, scope: str, days: int | None, by: str = ""
    ) -> tuple[Token, str]:
        """A new token and how it is written, which can't be had again; it lasts for `days`, None: until revoked.

        `by`: who does so, for the audit log, or nobody who is to be named there.
        Raises UnknownPublisher, and BadInput for an unknown scope or a name that is not one line or taken already.
        """
        State(self._folder).publisher(publisher)
        if scope not in SCOPES:
            raise BadInput(f"{scope}: no such scope; the scopes are {', '.join(SCOPES)}")
        name = name.strip()
        if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise BadInput(f"{name!r}: not a name for a token; say in up to {LONGEST_NAME} letters what it is for")
        if days is not None and days < 1:
            raise BadInput(f"{days}: a token lasts for 1 day or more")
        id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        expires = None if days is None else ago(-timedelta(days=days))
        with self.exclusive() as connection:
            taken = connection.execute("SELECT 1 FROM tokens WHERE publisher = ? AND name = ?", (publisher, name))
            if taken.fetchone():
                raise BadInput(f"{publisher} had a token named {name!r} already; the audit log needs another name")
            row = (id, publisher, name, scope, _hash(secret), now(), expires)
            connection.execute("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", row)
            if by:
                note(connection, publisher, by, "created token", name, scope)
        return self.token(id), f"ww_{id}_{secret}"

    def token(self, id: str) -> Token:
        """The token of that id; raises NotFound."""
        rows = self.rows(f"SELECT {_COLUMNS} FROM tokens WHERE id = ?", id)
        if not rows:
            raise NotFound(f"{id}: no such token; see `whatworks token list`")
        return Token(*rows[0])

    def all(self, publisher: str | None = None) -> Sequence[Token]:
        """The tokens of a publisher, or of all, by publisher and age, those included that are no longer in force."""
        found = [Token(*row) for row in self.rows(f"SELECT {_COLUMNS} FROM tokens ORDER BY publisher, created, id")]
        return [each for each in found if publisher in (None, each.publisher)]

    def revoke(self, id: str, by: str = "") -> Token:
        """Ends a token and whoever is signed in with it, at once and for good; `by` as above. Raises NotFound."""
        found = self.token(id)
        with self.transaction() as connection:
            connection.execute("UPDATE tokens SET revoked = ? WHERE id = ? AND revoked IS NULL", (now(), id))
            connection.execute("DELETE FROM sessions WHERE token = ?", (id,))
            if by:
                note(connection, found.publisher, by, "revoked token", found.name)
        return self.token(id)

    def verify(self, written: str) -> Token:
        """The token that is written so; raises NotSignedIn where there is none, or it is not in force."""
        parts = _WRITTEN.fullmatch(written.strip())
        kept = self.rows(f"SELECT hash, {_COLUMNS} FROM tokens WHERE id = ?", parts[1]) if parts else []
        hash, row = (kept[0][0], kept[0][1:]) if kept else (_hash(""), None)
        matches = hmac.compare_digest(hash, _hash(parts[2] if parts else "-"))
        if row is None or not matches:
            raise NotSignedIn("this token is not known here; copy it whole, from `ww_` on")
        return in_force(Token(*row))


def in_force(token: Token) -> Token:
    """The token itself; raises NotSignedIn where it is expired or revoked."""
    if token.status != "in force":
        raise NotSignedIn(f"this token is {token.status}; ask whoever runs this site for a new one")
    return token


def _hash(secret: str) -> str:
    # No slow hash: the secret is 256 random bits, which nobody guesses, and every request of a program is checked.
    return hashlib.sha256(secret.encode()).hexdigest()
