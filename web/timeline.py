"""The drawing of what came before and after a body or place: a line with a mark for each change, made by the server."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.ask.labels import Labels
from kb.ask.succession import Change
from web.values import date_in_words

ROW = 26
"""Height of a line of the drawing, in pixels: its text keeps its size in a narrow window."""

LONGEST = 34
"""Characters of a name in the drawing; the table beside it has it whole."""

UNNAMED = "Not named in the sources"


@dataclass(frozen=True)
class Row:
    """One line: `mark` is `before`, `change`, `planned`, `after` or `unnamed`; `own` for the thing of the page."""

    y: int
    mark: str
    text: str
    title: str
    own: bool


@dataclass(frozen=True)
class Span:
    """A piece of the line from one row to another; `planned` where it has not come about."""

    top: int
    bottom: int
    planned: bool


@dataclass(frozen=True)
class Timeline:
    """The drawing with its words."""

    rows: tuple[Row, ...]
    spans: tuple[Span, ...]
    height: int
    description: str


def timeline(changes: Sequence[Change], iri: str, labels: Labels) -> Timeline | None:
    """The drawing of changes in the order given; None where there is none."""
    if not changes:
        return None
    rows: list[Row] = []
    spans: list[Span] = []

    def add(mark: str, words: str, own: bool = False) -> None:
        short = words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"
        rows.append(Row(ROW // 2 + ROW * len(rows), mark, short, words, own))

    for change in changes:
        start = len(rows)
        for body in _by_name(change.before, labels):
            add("before", labels.name(body), body == iri)
        middle = len(rows)
        add("planned" if change.planned else "change", when(change))
        for body in _by_name(change.after, labels):
            add("after", labels.name(body), body == iri)
        if not change.after:
            add("unnamed", UNNAMED)
        spans.append(Span(rows[start].y, rows[middle].y, False))
        spans.append(Span(rows[middle].y, rows[-1].y, change.planned))
    return Timeline(tuple(rows), tuple(spans), ROW * len(rows), " ".join(_sentence(each, labels) for each in changes))


def when(change: Change) -> str:
    """The date of a change in words, and whether it is only planned."""
    date = date_in_words(change.date) if change.date else "date not recorded"
    return f"{date}, planned" if change.planned else date


def _sentence(change: Change, labels: Labels) -> str:
    before = ", ".join(labels.name(each) for each in _by_name(change.before, labels)) or "what is not named"
    after = ", ".join(labels.name(each) for each in _by_name(change.after, labels)) or "what is not named"
    return f"{when(change)}: {before}; then {after}."


def _by_name(bodies: Sequence[str], labels: Labels) -> list[str]:
    return sorted(bodies, key=labels.name)
