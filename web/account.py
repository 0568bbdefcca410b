"""The account of a thing as its page tells it: what it comes to, headings, and what an empty section says."""

from collections import Counter
from dataclasses import dataclass

from kb.ask.account import LONGEST, Account, Section, Text
from kb.ask.labels import labels_of
from kb.ask.summaries import Summary
from kb.ask.vocabulary import GRADES, levels
from web.effects import effect_told
from web.listing import Listing, listing
from web.reading import snapshot

HEADINGS = {
    "problem": ("The problem", "What problem this was to solve is not recorded."),
    "work": ("What was done", "What was done, beyond what stands above, is not recorded."),
    "bodies": ("By whom", "Who took part is not recorded."),
    "places": ("Where", "No place is recorded."),
    "money": ("Money", "No cost, saving or other sum is recorded."),
    "results": ("Results", "No result is recorded: nobody is known to have measured what came of it."),
    "lessons": ("Lessons, and what got in the way or helped", "No lesson is recorded."),
    "elsewhere": ("Could it work elsewhere?", "What did not work, and what it would need elsewhere, is not recorded."),
    "claims": ("What else is said", ""),
}
"""Section → its heading, and the sentence of an empty one; without a sentence, an empty one is left out."""

WORDS = {
    "ww:failure": "What did not work",
    "ww:sustainedHow": "How it was sustained",
    "ww:replicationCondition": "What it needs elsewhere",
}
"""What is said before a text of a property, where the heading of the section does not say it."""

FOLDED = frozenset(("work", "bodies", "places", "claims"))
"""Sections whose long tables are folded away."""

LONG = 8
"""Rows above which a table, and texts above which the rest of them, are folded away."""

NAMED = 2
"""Outcomes up to which the summary names them."""

VERDICTS = {
    "better": "for the better",
    "none": "no clear difference",
    "worse": "for the worse",
    "mixed": "mixed",
    "moved": "changed, welcome or not",
}
"""Effect (a key of kb.effects) → how the summary puts it; what was not measured is counted apart."""


@dataclass(frozen=True)
class PageTable:
    """One table of a section; `count` is of all its rows, `folded` whether it opens on request only."""

    caption: str
    listing: Listing
    count: int
    folded: bool


@dataclass(frozen=True)
class PageSection:
    """One section of a page."""

    key: str
    heading: str
    absent: str
    texts: tuple[Text, ...]
    tables: list[PageTable]
    others: tuple[str, ...]
    empty: bool


@dataclass(frozen=True)
class Point:
    """One line of what the account comes to, and the section that tells it in full."""

    key: str
    words: str


def sections(account: Account) -> list[PageSection]:
    """The sections as a page tells them."""
    return [_section(each) for each in account.sections if not each.empty or HEADINGS[each.key][1]]


def points(account: Account) -> list[Point]:
    """What the account comes to, in a few lines: where, for what money, with what results and lessons."""
    by_key = {section.key: section for section in account.sections}
    lines = (_tried(by_key), _money(by_key["money"]), _results(by_key["results"]), _lessons(by_key["lessons"]))
    return [line for line in lines if line]


def _section(section: Section) -> PageSection:
    heading, absent = HEADINGS[section.key]
    tables = [
        PageTable(
            table.kind.plural,
            listing(table.things[:LONGEST], table.columns),
            table.count,
            folded=section.key in FOLDED and table.count > LONG,
        )
        for table in section.tables
    ]
    return PageSection(section.key, heading, absent, section.texts, tables, section.others, section.empty)


def _tried(sections: dict[str, Section]) -> Point | None:
    work = len(sections["work"].things("ww:Workstream", "ww:Implementation"))
    studies = len(sections["results"].things("ww:Evaluation"))
    places = len(sections["places"].things("ww:Place"))
    tried = [f"{_counted(work, 'piece')} of work"] if work else []
    tried += [_counted(studies, "study")] if studies else []
    if not tried:
        return None
    return Point("work", " and ".join(tried) + (f", in {_counted(places, 'place')}" if places else ""))


def _money(section: Section) -> Point:
    found = section.things("ww:MonetaryStatement")
    if not found:
        return Point("money", "No sum of money is recorded")
    ahead = sum(_code(thing, "ww:estimateStatus") in ("aspiration", "forecast", "business-case") for thing in found)
    against = sum(bool(thing.all("ww:contradicts")) for thing in found)
    words = _counted(len(found), "statement") + " of money"
    if ahead:
        measured = sum(_code(thing, "ww:estimateStatus") in ("evaluated", "audited", "not-realised") for thing in found)
        words += f", {ahead} of them forecasts or hopes, {measured or 'none'} a measured or audited result"
    return Point("money", words + (f"; {against} contradicted by another" if against else ""))


def _results(section: Section) -> Point:
    found = section.things("ww:Finding")
    verdicts = Counter(effect_told(thing).key for thing in found)
    counted = [f"{verdicts[code]} {words}" for code, words in VERDICTS.items() if verdicts[code]]
    if not counted:
        return Point("results", "No measured result is recorded")
    if unmeasured := len(found) - sum(verdicts[code] for code in VERDICTS):
        counted.append(f"{unmeasured} without a measured effect")
    scale = levels(snapshot().store, GRADES)
    grades = [scale.get(node.value, 0) for thing in found for node in thing.all("ww:grade")]
    outcomes = {node.value for thing in found for node in thing.all("ww:outcome")}
    names = [name.lower() for name in map(labels_of(snapshot().store, outcomes).name, sorted(outcomes))]
    named = len(names) <= NAMED and all(thing.all("ww:outcome") for thing in found)
    about = f" on {' and '.join(names)}" if named else ""
    words = f"{_counted(len(found), 'result')}{about}: {', '.join(counted)}"
    return Point("results", f"{words}; evidence up to level {max(grades)} of 5")


def _lessons(section: Section) -> Point | None:
    lessons = len(section.things("ww:LessonLearned"))
    return Point("lessons", _counted(lessons, "lesson")) if lessons else None


def _code(thing: Summary, name: str) -> str:
    return (thing.first(name) or "").rpartition("/")[2]


def _counted(number: int, noun: str) -> str:
    plural = noun.removesuffix("y") + "ies" if noun.endswith("y") else noun + "s"
    return f"{number:,} {noun if number == 1 else plural}"
