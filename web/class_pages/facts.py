"""What an officer asks first of any thing: a few questions, each with its answer or with what is missing."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from kb.ask.account import Account
from kb.ask.interventions.cost import COSTS, SAVINGS
from kb.ask.labels import Labels
from kb.ask.resource import Description
from kb.ask.summaries import Summary, Term
from kb.ask.vocabulary import GRADES, levels
from web import account as account_page
from web.listing import amount
from web.reading import snapshot
from web.values import date_in_words

PLACES = 6
"""Things that are named in one answer; there may be more."""

_MONEY_IS = ("ww:moneyKind", "ww:estimateStatus")
_SUM = re.compile(r"[£€$]\s?[0-9]")
_PLACED = ("ww:pilotPlace", "ww:inPlace", "ww:locatedIn", "ww:context", "dcterms:spatial")


@dataclass(frozen=True)
class Line:
    """One line of an answer; `iri` is the thing that it is about, `href` where more is told, each empty for none."""

    words: str
    iri: str = ""
    href: str = ""


@dataclass(frozen=True)
class Fact:
    """A question with what answers it: lines, then things (at most PLACES of `count`); `absent` where nothing does."""

    question: str
    lines: tuple[Line, ...] = ()
    nodes: tuple[Term, ...] = ()
    count: int = 0
    absent: str = ""
    told: frozenset[str] = field(default_factory=frozenset)
    """The properties (prefix:local) of the thing that it tells whole."""
    before: str = ""
    """What is said before the things, where lines come before them."""
    effect: str = ""
    """Key of web.effects: which way it went, as everybody is shown it."""

    @property
    def empty(self) -> bool:
        """Whether nothing answers it."""
        return not (self.lines or self.nodes or self.effect)


def few(lines: Sequence[Line], most: int) -> tuple[Line, ...]:
    """The first lines of an answer, and how many there are besides."""
    more = len(lines) - most
    return (*lines[:most], Line(f"and {more} more")) if more > 0 else tuple(lines)


def named(question: str, nodes: Sequence[Term], absent: str = "", told: Iterable[str] = ()) -> Fact:
    """An answer that consists of things."""
    return Fact(question, nodes=tuple(nodes[:PLACES]), count=len(nodes), absent=absent, told=frozenset(told))


def of_account(account: Account, labels: Labels) -> list[Fact]:
    """What was tried, what it cost, whether it worked and how sure that is: four answers, none made of another."""
    found = {point.key: point.words for point in account_page.points(account)}
    money = [thing for section in account.sections for thing in section.things("ww:MonetaryStatement")]
    lines = [Line(found["money"], href="#account-money")] if money else []
    lines += [Line(money_in_words(thing, labels), thing.iri) for thing in _leading(money)]
    results = [thing for section in account.sections for thing in section.things("ww:Finding")]
    return [
        Fact("What it cost or saved", tuple(lines), absent="No cost, saving or other sum is recorded."),
        Fact(
            "Did it work?",
            (Line(found["results"].partition("; evidence")[0], href="#account-results"),) if results else (),
            absent="Not known: nobody is known to have measured what came of it.",
        ),
        Fact("How sure are we?", (Line(how_sure([*results, *money, *_lessons(account)], labels)),)),
    ]


def _leading(money: Sequence[Summary]) -> list[Summary]:
    """One cost and one saving or receipt, the best supported of each; where there is neither, the first sum."""
    stated = [thing for thing in money if amount(thing)]
    kinds = {thing.iri: {iri.rpartition("/")[2] for iri in thing.iris("ww:moneyKind")} for thing in stated}
    costs = [thing for thing in stated if kinds[thing.iri] & COSTS]
    gains = [thing for thing in stated if kinds[thing.iri] & SAVINGS]
    return [*costs[:1], *gains[:1]] or stated[:1]


def _lessons(account: Account) -> list[Summary]:
    return [each for section in account.sections for each in section.things("ww:LessonLearned", "ww:Barrier")]


def money_in_words(thing: Summary, labels: Labels) -> str:
    """A statement of money in one line: of what it is, the figure, for what time, its kind, whether it was measured.

    Most names have the figure, and the time, in them already.
    """
    if not (figure := amount(thing)):
        return ""
    words = labels.name(thing.iri)
    known = [each for each in thing.all("ww:periodBasis") if not each.value.endswith("/unknown")]
    periods = [labels.name(each.value).lower() for each in known]
    said = [labels.name(each.value).lower() for name in _MONEY_IS for each in thing.all(name)]
    if not tells_sum(words):
        words += ": " + " ".join((figure, *periods))
    elif "year" not in words.lower():
        said = [each for each in periods if "year" in each] + said
    if thing.first("ww:approximate") == "true" and "about" not in words.lower():
        said = ["approximate", *said]
    return f"{words} ({', '.join(said)})" if said else words


def tells_sum(name: str) -> bool:
    """Whether the name of a statement of money has a sum in it."""
    return _SUM.search(name) is not None


def how_sure(statements: Sequence[Summary], labels: Labels) -> str:
    """The best grade among statements, and how many of them have no more than somebody's word or account."""
    scale = levels(snapshot().store, GRADES)
    graded = {thing.iri: [node.value for node in thing.all("ww:grade")] for thing in statements}
    found = {iri: max(grades, key=lambda each: scale.get(each, -1)) for iri, grades in graded.items() if grades}
    if not found:
        return "No statement about it has been graded."
    best = max(found.values(), key=lambda each: scale.get(each, -1))
    level = scale.get(best, 0)
    words = f"At best level {level} of 5, {labels.name(best).lower()}"
    counted = Counter(scale.get(each, 0) for each in found.values())
    weak = counted[0] + counted[1]
    if level > 1 and weak:
        words += f"; {weak} of {len(found)} statements rest on somebody’s word or account alone"
    return words


def where(thing: Description, places: Sequence[Term] = ()) -> Fact:
    """The places that a thing says it is in, or those that are given."""
    names = [name for name in _PLACED if thing.about.all(name)]
    found = [*dict.fromkeys((*(node for name in names for node in thing.about.all(name)), *places))]
    return named("Where", [node for node in found if isinstance(node, NamedNode)], "No place is recorded.", names)


def when(thing: Description, absent: str = "") -> Fact:
    """When it began and ended."""
    start, end = thing.about.first("ww:start"), thing.about.first("ww:end")
    words = date_in_words(start) if start else ""
    if end and end != start:
        words = f"{words} to {date_in_words(end)}" if start else f"until {date_in_words(end)}"
    elif start and not end:
        words = f"from {words}"
    line = (Line(words),) if words else ()
    return Fact("When", line, absent=absent, told=frozenset(("ww:start", "ww:end")))
