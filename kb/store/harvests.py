"""What is known of earlier harvests: by what a file is asked for again, so that what has not changed is not sent."""

from dataclasses import dataclass

from kb.store.clock import now
from kb.store.database import Database


@dataclass(frozen=True)
class Validators:
    """ETag and Last-Modified of an answer (RFC 9110 §8.8); empty where it had none."""

    etag: str = ""
    modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """With which a later request asks for what has changed only (RFC 9110 §13.1)."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": "" if self.etag else self.modified}
        return {name: value for name, value in asked.items() if value}


class Harvests(Database):
    """The harvests of one data folder."""

    def validators(self, catalogue: str, dataset: str) -> Validators:
        """Those of the file that was published last, or found equal."""
        query = "SELECT etag, modified FROM harvests WHERE catalogue = ? AND dataset = ?"
        rows = self.rows(query, catalogue, dataset)
        return Validators(*rows[0]) if rows else Validators()

    def note(self, catalogue: str, dataset: str, validators: Validators, outcome: str) -> None:
        """Notes what came of it."""
        with self.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO harvests VALUES (?, ?, ?, ?, ?, ?)",
                (catalogue, dataset, validators.etag, validators.modified, now(), outcome),
            )
