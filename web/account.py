"""The account of a thing as its page tells it: headings, and what is said where nothing is recorded."""

from dataclasses import dataclass

from pyoxigraph import Literal

from kb.ask.account import Account, Section
from kb.ask.summaries import Summary
from web.listing import Listing, listing

HEADINGS = {
    "problem": ("The problem", "What problem this was to solve is not recorded."),
    "work": ("What was done", "What was done, beyond what stands above, is not recorded."),
    "bodies": ("By whom", "Who took part is not recorded."),
    "places": ("Where", "No place is recorded."),
    "money": ("Money", "No cost, saving or other sum is recorded."),
    "results": ("Results", "No result is recorded: nobody is known to have measured what came of it."),
    "lessons": ("Lessons, barriers and enablers", "No lesson is recorded."),
    "claims": ("What else is said", "No other statement is recorded."),
}
"""Section → its heading, and the sentence of an empty one."""

OPTIONAL = frozenset(("claims",))
"""Sections that are left out where they are empty."""


@dataclass(frozen=True)
class Told:
    """One section of a page; `tables` are caption, rows and how many there are in all."""

    key: str
    heading: str
    absent: str
    texts: tuple[tuple[Summary, Literal], ...]
    tables: list[tuple[str, Listing, int]]
    others: tuple[str, ...]
    empty: bool


def told(account: Account) -> list[Told]:
    """The sections as a page tells them."""
    return [_told(section) for section in account.sections if not (section.empty and section.key in OPTIONAL)]


def _told(section: Section) -> Told:
    heading, absent = HEADINGS[section.key]
    tables = [(table.kind.plural, listing(table.things, table.columns), table.count) for table in section.tables]
    return Told(section.key, heading, absent, section.texts, tables, section.others, section.empty)
