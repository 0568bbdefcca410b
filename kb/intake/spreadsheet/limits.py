"""How large a file may be, and what reading it may take."""

from dataclasses import dataclass

from kb.config import Settings

MOST_COLUMNS = 2_000
"""Columns that a table may have: nobody maps more."""


@dataclass(frozen=True)
class Limits:
    """Of one upload: `megabytes` as sent, `unpacked_mb` once a zip (.xlsx and .ods are zips) is unpacked, `rows` and
    `cells` over all its sheets; `seconds` and `memory_mb` are those of the process that reads it."""

    megabytes: int = 100
    unpacked_mb: int = 500
    rows: int = 1_000_000
    cells: int = 8_000_000
    seconds: int = 60
    memory_mb: int = 1024


def limits_of(settings: Settings) -> Limits:
    """The limits that the settings state."""
    return Limits(
        megabytes=settings.upload_mb,
        unpacked_mb=settings.upload_unpacked_mb,
        rows=settings.upload_rows,
        cells=settings.upload_cells,
        seconds=settings.reading_seconds,
        memory_mb=settings.reading_mb,
    )
