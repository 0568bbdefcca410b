"""Headings of a table: which property of the vocabulary a column holds, and of which thing within the record."""

import difflib
import re
from dataclasses import dataclass
from functools import cache

from kb.errors import BadInput
from kb.namespaces import compact
from kb.vocabulary import Term, term, terms

IDENTIFIER = "Identifier"
"""The heading of the column that names the record."""

_NUMBERED = re.compile(r"(.+?) ([2-9]|[1-9][0-9]+)")


@dataclass(frozen=True)
class Inner:
    """A thing within the record: the property that leads to it, its class, and which of several it is (from 1)."""

    property: Term
    class_: Term
    number: int


@dataclass(frozen=True)
class Column:
    """What a heading stands for; `inner` is None where the property is the record's own."""

    heading: str
    property: Term
    inner: Inner | None


def column(heading: str) -> Column:
    """The column of `Label`, `Label 2`, `Label: Label` or `Label 2: Label`; raises BadInput, with what comes near."""
    outer, colon, label = heading.partition(": ")
    if not colon:
        return Column(heading, _property(heading)[0], None)
    leading, number = _property(outer)
    within = [found for iri in leading.ranges if (found := term(iri)) and found.kind == "class"]
    if len(within) != 1:
        raise BadInput(f"{outer!r} does not lead to a thing with columns of its own")
    return Column(heading, _property(label)[0], Inner(leading, within[0], number))


def record_class(stem: str) -> Term:
    """The class of the records in a table, by its file's name without `.csv`; raises BadInput, with what comes near.

    The name is the class's ww:iriType or, where it has none, its local name with hyphens.
    """
    known = _classes()
    if stem not in known:
        raise BadInput(f"no kind of record is called {stem!r}{_near(stem, list(known))}")
    return known[stem]


def hyphened(name: str) -> str:
    """`effectEstimate` → `effect-estimate`; a compact name loses its prefix."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name.rpartition(":")[2]).lower()


@cache
def _classes() -> dict[str, Term]:
    classes = [each for each in terms() if each.kind == "class"]
    return {hyphened(compact(each.iri)): each for each in classes if not each.iri_type} | {
        each.iri_type: each for each in classes if each.iri_type
    }


@cache
def _labels() -> dict[str, Term]:
    return {each.label: each for each in terms() if each.kind == "property"}


def _property(label: str) -> tuple[Term, int]:
    known = _labels()
    if label in known:
        return known[label], 1
    numbered = _NUMBERED.fullmatch(label)
    if numbered and numbered[1] in known:
        return known[numbered[1]], int(numbered[2])
    raise BadInput(f"no property is called {label!r}{_near(label, list(known))}")


def _near(text: str, known: list[str]) -> str:
    near = difflib.get_close_matches(text, known, n=3)
    return f"; near it: {', '.join(near)}" if near else ""
