"""Which template shows a thing and what it needs besides: one module here for each class that has a page of its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode

from kb.ask.resource import Description
from kb.ask.vocabulary import INTERVENTIONS
from kb.namespaces import expand
from web.class_pages import (
    accounted,
    asset,
    lesson,
    organisation,
    partnership,
    place,
    service,
    source,
    statement,
)
from web.interventions import page as intervention


@dataclass(frozen=True)
class ClassPage:
    """A template that extends resource.html, and `more`: the variables that it needs besides those of resource.html.

    It may give those too.
    """

    template: str
    more: Callable[[Description], dict[str, Any]]
    told: frozenset[str] = frozenset()
    """Properties (prefix:local) that the template tells in its own place, so that the record leaves them out."""


def _nothing(_: Description) -> dict[str, Any]:
    return {}


ANY = ClassPage("resource.html", _nothing)

INTERVENTION = ClassPage("intervention.html", intervention.more, intervention.TOLD)
"""Also of the groups of the taxonomy, which are no ww:Intervention."""

_ACCOUNT = ClassPage("account-page.html", accounted.variables)
_BODY = ClassPage("organisation-page.html", organisation.variables)
_PARTNERSHIP = ClassPage("class-page.html", partnership.variables)
_SERVICE = ClassPage("class-page.html", service.variables)
_CLAIM = ClassPage("lesson-page.html", lesson.variables)
_FINDING = ClassPage("class-page.html", statement.finding)

PAGES: dict[str, ClassPage] = {
    "ww:Intervention": INTERVENTION,
    "ww:CaseStudy": _ACCOUNT,
    "ww:Programme": _ACCOUNT,
    "ww:Pilot": _ACCOUNT,
    "ww:Workstream": _ACCOUNT,
    "ww:Implementation": _ACCOUNT,
    "ww:Evaluation": _ACCOUNT,
    "ww:Place": ClassPage("place-page.html", place.variables),
    "ww:Partnership": _PARTNERSHIP,
    "ww:Board": _PARTNERSHIP,
    "org:FormalOrganization": _BODY,
    "ww:Asset": ClassPage("asset-page.html", asset.variables),
    "cpsv:PublicService": _SERVICE,
    "ww:Gateway": _SERVICE,
    "ww:AccessPoint": _SERVICE,
    "ww:LessonLearned": _CLAIM,
    "ww:Barrier": _CLAIM,
    "ww:CustomerInsight": _CLAIM,
    "ww:CultureFinding": _CLAIM,
    "ww:Claim": _CLAIM,
    "ww:Finding": _FINDING,
    "ww:Synthesis": _FINDING,
    "ww:MonetaryStatement": ClassPage("class-page.html", statement.money),
    "ww:Source": ClassPage("class-page.html", source.variables),
}
"""Class (prefix:local) → its page; of a thing of several classes the first here counts."""


def class_page(types: Iterable[str], schemes: Iterable[object] = ()) -> ClassPage:
    """The page of a thing of these classes (IRIs), or of a concept of these schemes."""
    if NamedNode(INTERVENTIONS) in schemes:
        return INTERVENTION
    found = set(types)
    return next((page for name, page in PAGES.items() if expand(name) in found), ANY)
