"""What readers are asked when they contribute (contribution-questions.toml), what is taken, and what it becomes."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LONGEST_TEXT, LONGEST_LINE = 2000, 200
"""Characters of an answer."""

MOST_LINKS = 1
"""Web addresses in all answers together: a source needs one, advertising wants several."""

_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,180}\.[^@\s,;<>\"]{2,60}")


@dataclass(frozen=True)
class Question:
    """`name` is the field's; `column` that of the protocol's record that the answer fills, if one does."""

    name: str
    label: str
    hint: str = ""
    must: bool = False
    lines: int = 1
    column: str = ""

    @property
    def longest(self) -> int:
        """Characters that are taken."""
        return LONGEST_LINE if self.lines == 1 else LONGEST_TEXT


@dataclass(frozen=True)
class Kind:
    """A kind of contribution, with the record of a protocol that it becomes, where there is one.

    `about` is the column of that record that names what the contribution is about.
    """

    name: str
    label: str
    meaning: str
    questions: tuple[Question, ...]
    protocol: str = ""
    record: str = ""
    about: str = ""


@cache
def kinds() -> dict[str, Kind]:
    """Name → kind, in the order in which they are offered."""
    with Path(__file__).with_name("contribution-questions.toml").open("rb") as file:
        found = tomllib.load(file)
    return {
        name: Kind(name, **{**about, "questions": tuple(Question(**each) for each in about["questions"])})
        for name, about in found.items()
    }


def faults(kind: Kind, given: Mapping[str, str], email: str) -> dict[str, str]:
    """Name of a field → what is wrong with its answer."""
    found: dict[str, str] = {}
    for each in kind.questions:
        written = given.get(each.name, "")
        if each.must and not written:
            found[each.name] = f"Answer: {each.label}"
        elif len(written) > each.longest:
            found[each.name] = f"Shorten this to {each.longest:,} characters; it has {len(written):,}"
    linked = [name for name, written in given.items() if _LINK.search(written)]
    if sum(len(_LINK.findall(written)) for written in given.values()) > MOST_LINKS:
        found.setdefault(linked[-1], "Give one web address at most, that of the source")
    if email and (len(email) > LONGEST_LINE or not _EMAIL.fullmatch(email)):
        found["email"] = "Write an e-mail address, as name@example.org, or leave it empty"
    return found


def as_record(kind: Kind, given: Mapping[str, str], about: str) -> dict[str, list[str]]:
    """The answers as those of the entry form of the record that they become: id of a column → values."""
    filled = {each.column: [given[each.name]] for each in kind.questions if each.column and given.get(each.name)}
    return filled | ({kind.about: [about]} if kind.about and "://" in about else {})
