"""Answers that many pages need, kept for the stores that were read last: a snapshot never changes."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from kb.store.readable import Store

LARGEST = 50_000
"""Answers of one kind that are kept; above it they are asked for anew."""

T = TypeVar("T")

STORES = 3
"""Stores whose answers are kept, so that readers of an earlier snapshot take nothing from those of the current one."""


class _Memory:
    def __init__(self, store: Store) -> None:
        self.store = store
        """Held, since another store could get the same `id` once this one is gone."""
        self.kinds: dict[str, dict[str, Any]] = {}


_kept: OrderedDict[int, _Memory] = OrderedDict()
_lock = threading.Lock()


def remembered(store: Store, kind: str) -> dict[str, Any]:
    """The answers of one kind that were kept for this store, to be added to by the caller."""
    with _lock:
        memory = _kept.get(id(store))
        if memory is None:
            memory = _kept[id(store)] = _Memory(store)
        _kept.move_to_end(id(store))
        while len(_kept) > STORES:
            _kept.popitem(last=False)
    answers = memory.kinds.setdefault(kind, {})
    if len(answers) > LARGEST:
        answers = memory.kinds[kind] = {}
    return answers


def once(store: Store, kind: str, key: str, read: Callable[[], T], most: int = LARGEST) -> T:
    """The answer of one kind under this key, read where it was not kept; whoever gets it must not change it.

    Once there are `most` of the kind, they are let go.
    """
    answers = remembered(store, kind)
    found: T | None = answers.get(key)
    if found is None:
        found = read()
        if len(answers) >= most:
            answers.clear()
        answers[key] = found
    return found
