"""A lesson, barrier or other claim: what is said, by whom, where, and who agrees or says otherwise."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from kb.ask.resource import Description
from kb.ask.surroundings import Surroundings
from web.account import VERDICTS
from web.class_pages import contact, facts
from web.class_pages.around import Headings, around, parts
from web.class_pages.facts import Fact, Line
from web.class_pages.frame import framed
from web.effects import effect_told

HEADINGS: Headings = {
    "differ": ("Who says otherwise", ("differ",), "No statement that contradicts it is recorded.", False),
    "agree": ("Who says the same", ("agree",), "No other statement that says the same is recorded.", False),
    "supports": ("Results that it rests on", ("supports",), "No measured result is recorded behind it.", False),
    "theme": ("Other lessons on its theme", ("theme",), "", True),
    "cases": ("Case studies that draw it", ("cases",), "", False),
    "adoptions": ("Who took it over", ("adoptions",), "", False),
}

ROWS = (
    "ww:recommendation", "ww:mitigation", "ww:mitigationWorked", "ww:about", "ww:observedIn", "ww:theme",
    "ww:lessonTheme", "ww:lessonKind", "ww:stageApplies", "ww:polarity", "ww:factorType", "ww:valence",
    "ww:cultureDimension", "ww:segment", "ww:need", "ww:insightMethod", "ww:sampleNote", "ww:organisationsInvolved",
    "ww:voice", "ww:quote", "ww:contextYear",
    "ww:contextNote", "ww:note", "ww:validAsOf", "ww:reviewBy",
)  # fmt: skip

TOLD = ("ww:context", "ww:supportedBy", "ww:corroborates", "ww:generalises", "ww:contradicts")


def variables(thing: Description) -> dict[str, Any]:
    """The variables of lesson-page.html."""
    if thing.page > 1:
        return framed(thing, (), ())
    found = around(thing, "lesson")
    advice = thing.about.first("ww:recommendation", "ww:mitigation")
    others = {node.value for each in found.things("theme") for node in each.all("ww:context")}
    here = {node.value for node in thing.about.all("ww:context")}
    first = [
        Fact("What to do", (Line(advice),) if advice else (), told=frozenset(("ww:recommendation",))),
        facts.where(thing),
        _agreement(found),
        _rests_on(found),
        _same_theme(thing, len(others - here), len(found.things("theme"))),
        contact.whom(thing),
    ]
    return framed(thing, first, list(parts(found, HEADINGS).values()), ROWS, TOLD)


def _agreement(found: Surroundings) -> Fact:
    agree, differ = len(found.things("agree")), len(found.things("differ"))
    words = f"{agree or 'none'} recorded as saying the same, {differ or 'none'} as saying otherwise"
    return Fact("Do others agree?", (Line(words, href="#account-differ"),))


def _rests_on(found: Surroundings) -> Fact:
    """How many results it rests on, by which way they went: none is left out."""
    results = found.things("supports")
    counted = Counter(effect_told(each).key for each in results)
    words = ", ".join(f"{counted[code]} {said}" for code, said in VERDICTS.items() if counted[code])
    rest = len(results) - sum(counted[code] for code in VERDICTS)
    words += f"{', ' if words else ''}{rest} without a measured effect" if rest else ""
    words = f"{len(results)} {'result' if len(results) == 1 else 'results'}: {words}"
    line = (Line(words, href="#account-supports"),) if results else ()
    return Fact("What it rests on", line, absent="Somebody’s word or account: no result is recorded.")


def _same_theme(thing: Description, places: int, lessons: int) -> Fact:
    """Who else reports on the theme."""
    themes = thing.about.all("ww:lessonTheme")
    if not themes:
        return Fact("On the same theme")
    where = f" from {places} other {'place' if places == 1 else 'places'}" if places else ""
    lines = [Line(f"{lessons} other {'lesson' if lessons == 1 else 'lessons'}{where}")] if lessons else []
    for node in themes:
        address = f"/lessons?{urlencode({'theme': _code(node.value)})}"
        lines.append(Line(f"All on: {thing.labels.name(node.value).lower()}", href=address))
    return Fact("On the same theme", tuple(lines))


def _code(iri: str) -> str:
    return iri.rpartition("/")[2]
