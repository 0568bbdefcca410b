"""What the doctor finds: one line, how bad it is, and what to do."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "fault"]
"""A warning will become a fault, or cannot be judged from here; a fault keeps the site from doing what it is for."""


@dataclass(frozen=True)
class Finding:
    """One line; `about` is one word for what was looked at, `do` is empty where nothing is to be done."""

    about: str
    level: Level
    said: str
    do: str = ""

    def line(self) -> str:
        """The finding for a person."""
        return f"{self.level:<8}{self.about:<12}{self.said}{f'. {self.do}' if self.do else ''}"


def size(bytes: int) -> str:
    """`1.4 GB`, `120 MB`; below one megabyte `under 1 MB`."""
    if bytes >= 1_000_000_000:
        return f"{bytes / 1_000_000_000:.1f} GB"
    return f"{bytes / 1_000_000:.0f} MB" if bytes >= 1_000_000 else "under 1 MB"
