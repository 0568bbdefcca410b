"""The queries of this folder, each a file, asked of a store; its default graph is the merge of all graphs."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from pyoxigraph import Store


def solutions(store: Store, name: str) -> Iterator[Any]:
    """The solutions of `{name}.rq`."""
    found: Any = store.query(_text(name))
    return iter(found)


@cache
def _text(name: str) -> str:
    return files("kb.store.distributions").joinpath(f"{name}.rq").read_text(encoding="utf-8")
