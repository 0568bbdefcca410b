"""Which template shows a thing and what it needs besides: one module here for each class that has a page of its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from kb.ask.resource import Description
from kb.namespaces import expand
from web.interventions import page as intervention


@dataclass(frozen=True)
class ClassPage:
    """A template that extends resource.html, and `more`: the variables that it needs besides those of resource.html."""

    template: str
    more: Callable[[Description], dict[str, Any]]
    told: frozenset[str] = frozenset()
    """Properties (prefix:local) that the template tells in its own place, so that the record leaves them out."""


def _nothing(_: Description) -> dict[str, Any]:
    return {}


ANY = ClassPage("resource.html", _nothing)

INTERVENTION = ClassPage("intervention.html", intervention.more, intervention.TOLD)
"""Also of the groups of the taxonomy, which are no ww:Intervention."""

PAGES: dict[str, ClassPage] = {
    "ww:Intervention": INTERVENTION,
}
"""Class (prefix:local) → its page; of a thing of several classes the first here counts."""


def class_page(types: Iterable[str]) -> ClassPage:
    """The page of a thing of these classes (IRIs)."""
    found = set(types)
    return next((page for name, page in PAGES.items() if expand(name) in found), ANY)
