"""Small answers that every page needs, kept for the store that was read last: a snapshot never changes."""

from typing import Any

from kb.store.readable import Store

LARGEST = 50_000
"""Answers of one kind that are kept; above it they are asked for anew."""


class _Memory:
    def __init__(self, store: Store | None) -> None:
        self.store = store
        self.kinds: dict[str, dict[str, Any]] = {}


_last = _Memory(None)


def remembered(store: Store, kind: str) -> dict[str, Any]:
    """The answers of one kind that were kept for this store, to be added to by the caller."""
    global _last
    memory = _last
    if memory.store is not store:
        memory = _last = _Memory(store)
    answers = memory.kinds.setdefault(kind, {})
    if len(answers) > LARGEST:
        answers = memory.kinds[kind] = {}
    return answers
