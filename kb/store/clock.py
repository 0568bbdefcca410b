"""The time, as releases, snapshots and the state record it."""

from datetime import UTC, datetime, timedelta


def now() -> str:
    """UTC to the second, as xsd:dateTime: `2026-11-22T19:15:35Z`; such texts sort by time."""
    return ago(timedelta())


def ago(time: timedelta) -> str:
    """The moment that lies so far back."""
    return (datetime.now(UTC) - time).strftime("%Y-%m-%dT%H:%M:%SZ")
