"""Headings of a table: which property of the vocabulary a column holds, and of which thing within the record."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from kb.errors import BadInput, either, near_it
from kb.namespaces import compact
from kb.vocabulary import Term, ancestors, term, terms

IDENTIFIER = "Identifier"
"""The heading of the column that names the record."""

_SHOWN = 3
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

    def leading(self) -> Term:
        """The property that the record itself has."""
        return self.inner.property if self.inner else self.property


def column(heading: str) -> Column:
    """The column of `Label`, `Label 2`, `Label: Label` or `Label 2: Label`; raises BadInput, with what comes near."""
    outer, colon, label = heading.partition(": ")
    if not colon:
        found, number = _property(heading)
        if found.label == IDENTIFIER and number > 1:
            raise BadInput(f"{heading!r}: a record has one {IDENTIFIER}")
        return Column(heading, found, None)
    leading, number = _property(outer)
    within = inner_class(leading)
    if within is None:
        raise BadInput(f"{outer!r} does not lead to a thing with columns of its own")
    return Column(heading, _property(label)[0], Inner(leading, within, number))


def record_class(stem: str) -> Term:
    """The class of the records in a table, by its file's name without `.csv`; raises BadInput, with what comes near.

    The name is the class's ww:iriType or, where it has none, its local name with hyphens.
    """
    known = record_kinds()
    if stem not in known:
        raise BadInput(f"no kind of record is called {stem!r}{near_it(stem, known)}")
    return known[stem]


def belongs(property: Term, classes: Collection[str]) -> bool:
    """Whether a thing of these classes may have the property, by its domains; the vocabulary leaves some open."""
    return not property.domains or any(not ancestors(each).isdisjoint(property.domains) for each in classes)


def misplaced(property: Term, classes: Collection[str], kind: Term) -> str | None:
    """None where a thing of these classes may have the property; else what to do: `kind` is what the thing is called.

    Where a property leads from such a thing to one that may have it, that is the heading to write.
    """
    if belongs(property, classes):
        return None
    owners = [owner for iri in property.domains if (owner := term(iri))]
    headings = [
        f'"{leading.label}: {property.label}"'
        for leading in _labels().values()
        if leading.domains and belongs(leading, classes)
        if (within := inner_class(leading)) and not within.iri_type and belongs(property, [within.iri])
    ]
    if headings:
        return f"{property.label} belongs to {_listed(owners)}: head it {' or '.join(headings[:_SHOWN])}"
    return f"{property.label} belongs to {_listed(owners)}, not to {_one(kind)}"


def inner_class(leading: Term) -> Term | None:
    """The class of the thing that the property leads to, where it can have columns: a code has none."""
    within = [found for iri in leading.ranges if (found := term(iri)) and found.kind == "class"]
    return within[0] if len(within) == 1 and not leading.code_lists else None


def hyphened(name: str) -> str:
    """`effectEstimate` → `effect-estimate`; a compact name loses its prefix."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name.rpartition(":")[2]).lower()


def _listed(classes: list[Term]) -> str:
    words = [_one(each) for each in classes[:_SHOWN]]
    if len(classes) > _SHOWN:
        words.append(f"{len(classes) - _SHOWN} more")
    return either(words)


def _one(class_: Term) -> str:
    name = class_.label.lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


@cache
def record_kinds() -> Mapping[str, Term]:
    """The classes by the kind that stands in the addresses of their things, as `record_class` tells."""
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
    raise BadInput(f"no property is called {label!r}{near_it(label, known)}")

