"""What may be done only so often within a time, counted for all processes of this site together."""

from datetime import timedelta

from kb.errors import TooBusy
from kb.store.clock import ago, now
from kb.store.database import Database

LONGEST = timedelta(days=1)
"""The longest time within which anything is counted; an address is kept no longer."""


class Attempts(Database):
    """Counts by kind, as `sign-in`, and client: an address, or a publisher."""

    def check(self, kind: str, client: str, most: int, within: timedelta) -> None:
        """Raises TooBusy, with the time to wait, where the client did it `most` times within that time."""
        if self.made(kind, client, within) >= most:
            minutes = max(1, round(within.total_seconds() / 60))
            raise TooBusy(f"{most} times within {minutes} minutes is as often as this can be done; wait", minutes * 60)

    def made(self, kind: str, client: str, within: timedelta) -> int:
        """How often the client did it within that time."""
        query = "SELECT count(*) FROM attempts WHERE kind = ? AND client = ? AND made > ?"
        return sum(int(row[0]) for row in self.rows(query, kind, client, ago(within)))

    def count(self, kind: str, client: str, within: timedelta) -> None:
        """Counts one more; what is older than `within` is forgotten."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM attempts WHERE kind = ? AND made <= ?", (kind, ago(within)))
            connection.execute("INSERT INTO attempts VALUES (?, ?, ?)", (kind, client, now()))

    def tidy(self) -> None:
        """Forgets what counts no more, also where nobody has tried the same since."""
        before = ago(LONGEST)
        if self.rows("SELECT 1 FROM attempts WHERE made <= ? LIMIT 1", before):
            with self.transaction() as connection:
                connection.execute("DELETE FROM attempts WHERE made <= ?", (before,))
