"""Who is signed in on the pages: a random cookie that stands for a token, for some hours."""

import hashlib
import secrets
from datetime import timedelta

from kb.errors import NotFound, NotSignedIn
from kb.store.clock import ago, now
from kb.store.database import Database
from kb.store.tokens import Token, Tokens, in_force


class Sessions(Database):
    """Sessions of all publishers; of the cookie only the hash is kept."""

    def begin(self, token: Token, hours: int) -> str:
        """Signs in with a token; answers what the cookie holds."""
        value = secrets.token_urlsafe(32)
        with self.transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE expires <= ?", (now(),))
            row = (_hash(value), token.id, ago(-timedelta(hours=hours)))
            connection.execute("INSERT INTO sessions VALUES (?, ?, ?)", row)
        return value

    def token(self, value: str) -> Token:
        """The token that the cookie stands for; raises NotSignedIn where the session or the token has ended."""
        rows = self.rows("SELECT token FROM sessions WHERE hash = ? AND expires > ?", _hash(value), now())
        if not rows:
            raise NotSignedIn("you are not signed in any more; sign in again")
        try:
            return in_force(Tokens(self._folder).token(rows[0][0]))
        except NotFound as error:
            raise NotSignedIn("you are not signed in any more; sign in again") from error

    def end(self, value: str) -> None:
        """Signs out."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE hash = ?", (_hash(value),))


def form_key(value: str) -> str:
    """What every form of a session carries, so that no other site can send one: it can't be told without the cookie."""
    return hashlib.sha256(b"form " + value.encode()).hexdigest()


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
