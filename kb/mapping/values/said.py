"""What was made of the text of a cell: terms, and a remark where it was not plain."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Literal, ParamSpec

import pyoxigraph as ox

LONGEST = 2_000
"""Characters of a cell that is no text of its own, such as a number, a date or a name; what is longer is none."""

P = ParamSpec("P")

Kind = Literal["note", "unread", "ask"]
"""note: it was read, and this is how; unread: it is no such value; ask: a person decides what it means."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about a cell. `choices` are what may be meant, as they are written in a cell; the likeliest first."""

    kind: Kind
    sentence: str
    choices: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    """Where the answer holds for the dates of the whole column: the words for it (kb.mapping.values.dates)."""


@dataclass(frozen=True, slots=True)
class Said:
    """`terms` are objects as N-Triples writes them; none where the cell says nothing or could not be read."""

    terms: tuple[str, ...] = ()
    remark: Remark | None = None


NOTHING = Said()
_SPACES = re.compile("[ \t\u00a0]+")
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_EMPTY_MARKS = frozenset(
    {"-", "--", "–", "—", ".", "?", "n/a", "na", "n.a.", "#n/a", "none", "nil", "null", "nan", "tbc", "tba",
     "not known", "unknown", "withheld", "redacted", "confidential", "not applicable", "not available", "#ref!",
     "#value!", "#name?", "#div/0!", "#null!", "#num!"}
)
"""What stands in cells in place of a number, date, code or reference that is not known; in lower case."""


def link(iri: str) -> str:
    """The IRI as N-Triples; raises ValueError where it is none."""
    return str(ox.NamedNode(iri))


def address(words: str) -> str | None:
    """The web address that is written; None where it is none."""
    if not _ADDRESS.fullmatch(words):
        return None
    try:
        return ox.NamedNode(words).value
    except ValueError:
        return None


def tidy(words: str) -> str:
    """The text without doubled and non-breaking spaces; lines stay."""
    return _SPACES.sub(" ", words)


def text(words: str) -> str:
    """Text in English as N-Triples."""
    return str(ox.Literal(words, language="en"))


def literal(words: str, datatype: str) -> str:
    """A literal as N-Triples."""
    return str(ox.Literal(words, datatype=ox.NamedNode(datatype)))


def unread(sentence: str, *choices: str) -> Said:
    """What is no value of the kind."""
    return Said((), Remark("unread", sentence, choices))


def ask(sentence: str, *choices: str) -> Said:
    """What a person has to decide."""
    return Said((), Remark("ask", sentence, choices))


def noted(term: str, sentence: str) -> Said:
    """A value that was read in a way that its publisher should know of."""
    return Said((term,), Remark("note", sentence))


def bounded(read: Callable[Concatenate[str, P], Said]) -> Callable[Concatenate[str, P], Said]:
    """For functions that read a cell: one of more than LONGEST characters is unread before any pattern sees it."""

    @wraps(read)
    def within(cell: str, /, *args: P.args, **kwargs: P.kwargs) -> Said:
        return read(cell, *args, **kwargs) if len(cell) <= LONGEST else too_long(cell)

    return within


def too_long(cell: str) -> Said:
    """A cell of more than LONGEST characters where none is expected."""
    return unread(f"“{cell[:40]}…” has {len(cell):,} characters, and up to {LONGEST:,} are read here.")


def says_nothing(cell: str) -> bool:
    """Whether the cell holds a mark for what is not known, not a value."""
    return len(cell) <= LONGEST and cell.casefold() in _EMPTY_MARKS


def empty(cell: str) -> Said:
    """A cell whose mark was taken as empty."""
    return Said((), Remark("note", f"“{cell}” was taken as an empty cell."))
