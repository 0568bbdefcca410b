"""Lessons by theme: the places that report each, how they agree or contradict, and on what they rest."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request
from pyoxigraph import NamedNode

from kb.ask import lists
from kb.ask.labels import labels_of
from kb.ask.lessons import Lesson, chosen, lessons
from kb.ask.place_directory import directory
from kb.ask.questions import written
from kb.ask.summaries import Summary
from kb.ask.vocabulary import GRADES, levels
from kb.errors import BadInput, near_it
from kb.namespaces import HOME, concept
from kb.vocabulary import codes
from web import paging
from web.account import VERDICTS
from web.documents import address
from web.lesson_table import SAID, ordered, table, verdicts
from web.negotiation import CSV, HTML, choose
from web.reading import snapshot
from web.representation import respond

blueprint = Blueprint("lessons", __name__)

PAGE = 20
"""Lessons of one page."""


@dataclass(frozen=True)
class Choice:
    """What is chosen, as IRIs; empty for any."""

    theme: str
    stage: str
    place: str

    @property
    def any(self) -> bool:
        """Whether anything is chosen."""
        return bool(self.theme or self.stage or self.place)


@dataclass(frozen=True)
class Theme:
    """A theme as the overview tells it."""

    iri: str
    code: str
    lessons: int
    places: int
    verdicts: dict[str, int]
    agree: int
    differ: int


@blueprint.get("/lessons")
def by_theme() -> Response:
    """The themes of lessons, or the lessons of `?theme=`, `?stage=` and `?place=`; as CSV by `format=csv`."""
    store = snapshot().store
    choice = _choice()
    every = lessons(store)
    found = chosen(every.values(), choice.theme, choice.stage, choice.place, directory(store))
    format = choose((HTML, CSV))
    formats = [(CSV, address(CSV))]
    if format is CSV:
        response = respond(table(found), CSV, formats=formats, canonical=address())
        response.headers.set("Content-Disposition", "attachment", filename="lessons.csv")
        return response
    body = render_template("lessons.html", **_page(choice, every, found))
    return respond(body, HTML, formats=formats, canonical=address())


def _choice() -> Choice:
    theme, stage = (_code(name, scheme) for name, scheme in (("theme", "lesson-theme"), ("stage", "stage")))
    place = request.args.get("place", "").strip()
    if place and "://" not in place:
        place = f"{HOME}/id/{place if '/' in place else f'place/{place}'}"
    if place and place not in directory(snapshot().store).places:
        raise BadInput(f"place={place[:200]}: no such place; /places lists them")
    return Choice(theme, stage, place)


def _code(name: str, scheme: str) -> str:
    """The concept of a code of a list, written as its code, with the list before it, or in full."""
    text = request.args.get(name, "").strip()
    code = text.removeprefix(f"{concept(scheme, '')}").removeprefix(f"{scheme}/")
    if code and code not in codes(scheme):
        raise BadInput(f"{name}={text[:100]}: no code of the list {scheme}{near_it(code[:100], codes(scheme))}")
    return concept(scheme, code) if code else ""


def _page(choice: Choice, every: dict[str, Lesson], found: list[Lesson]) -> dict[str, Any]:
    store = snapshot().store
    scale = levels(store, GRADES)
    shown: list[Lesson] = []
    page = paging.asked(len(found), PAGE)
    said: dict[str, Summary] = {}
    if choice.any:
        shown = ordered(found, scale)[page.offset : page.offset + PAGE]
        said = lists.cells(store, [each.iri for each in shown], SAID)
    themes = _themes(every.values())
    stages = [concept("stage", code) for code in codes("stage")]
    places = _places(every.values())
    labels = labels_of(store, {*_named(shown, said.values()), *(each.iri for each in themes), *stages, *places})
    labels.update(labels_of(store, {choice.theme, choice.stage, choice.place} - {""}))
    return {
        "choice": choice,
        "lessons": shown,
        "said": said,
        "verdicts": {each.iri: verdicts([each]) for each in shown},
        "summary": _theme("", found),
        "themes": sorted(themes, key=lambda each: (-each.lessons, labels.name(each.iri))),
        "stages": stages,
        "places": sorted(places, key=labels.name),
        "written": lambda iri: written(NamedNode(iri)),
        "page": page,
        "levels": scale,
        "labels": labels,
        "words": VERDICTS,
        "csv": address(CSV),
    }


def _named(shown: Iterable[Lesson], said: Iterable[Summary]) -> Iterator[str]:
    """Every IRI that the page shows of its lessons."""
    for each in shown:
        for group in (each.themes, each.stages, each.places, each.agree, each.differ):
            yield from group
    for summary in said:
        yield summary.iri
        yield from summary.iris("prov:hadPrimarySource", "ww:grade")


def _places(every: Iterable[Lesson]) -> set[str]:
    """The places that lessons are from, as far as they are described."""
    known = directory(snapshot().store).places
    return {place for each in every for place in each.places if place in known}


def _themes(every: Iterable[Lesson]) -> list[Theme]:
    by_theme: dict[str, list[Lesson]] = {}
    for each in every:
        for theme in each.themes:
            by_theme.setdefault(theme, []).append(each)
    return [_theme(theme, found) for theme, found in by_theme.items()]


def _theme(iri: str, found: Sequence[Lesson]) -> Theme:
    return Theme(
        iri=iri,
        code=iri.rpartition("/")[2],
        lessons=len(found),
        places=len({place for each in found for place in each.places}),
        verdicts=verdicts(found),
        agree=_pairs(found, "agree"),
        differ=_pairs(found, "differ"),
    )


def _pairs(found: Sequence[Lesson], how: str) -> int:
    """Pairs of which one at least is among the lessons."""
    return len({frozenset((each.iri, other)) for each in found for other in getattr(each, how)})
