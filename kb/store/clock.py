"""The time, as releases, snapshots and the state record it."""

from datetime import UTC, datetime


def now() -> str:
    """UTC to the second, as xsd:dateTime: `2026-11-22T19:15:35Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
