"""Names of bodies, places and other things that are known already, and the addresses that they stand for."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from kb.mapping.values.labels import Labels
from kb.mapping.values.said import Said, address, ask, empty, link, literal, says_nothing, unread
from kb.vocabulary import XSD_STRING, ancestors

_ANYTHING = "http://www.w3.org/2000/01/rdf-schema#Resource"


@dataclass(frozen=True)
class Known:
    """A thing that may be meant by its name: its IRI, the IRIs of its classes, and its labels, the main one first."""

    iri: str
    classes: tuple[str, ...]
    labels: tuple[str, ...]


class Names:
    """The known things of the store and of what is being published, found by name among those of a class."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self._known = tuple(known)
        self._by_ranges: dict[tuple[str, ...], Labels] = {}

    def with_more(self, known: Iterable[Known]) -> Self:
        """These names and more."""
        return type(self)((*self._known, *known))

    def among(self, ranges: Sequence[str]) -> Labels:
        """The labels of the things that are of one of these classes, or of one below it; of all where none is given."""
        key = tuple(sorted(ranges))
        if key not in self._by_ranges:
            wanted = set(key) - {_ANYTHING}
            chosen = [each for each in self._known if not wanted or _is_one(each, wanted)]
            labelled = [(label, each.iri) for each in chosen for label in each.labels]
            self._by_ranges[key] = Labels(labelled + [(each.iri, each.iri) for each in chosen])
        return self._by_ranges[key]


def read_name(cell: str, ranges: Sequence[str], names: Names, *, several: bool, or_text: bool = False) -> Said:
    """A link by address, or by a name that is known; a body that is not known is asked about, never guessed.

    With `or_text` (a payee) what is not known stays text.
    """
    labels = names.among(ranges)
    if found := _one(cell, labels):
        return Said((link(found),))
    pieces = [piece.strip() for piece in re.split(r"[;|\n]", cell) if piece.strip()]
    if several and len(pieces) > 1:
        targets = [_one(piece, labels) for piece in pieces]
        if all(targets):
            return Said(tuple(dict.fromkeys(link(each) for each in targets if each)))
    if or_text:
        return Said((literal(cell, XSD_STRING),))
    if says_nothing(cell):
        return empty(cell)
    found_near = labels.find(cell, close=False)
    if found_near.exact:
        return ask(f"“{cell}” is the name of several.", *_iris(cell, labels))
    if found_near.near:
        return ask(f"“{cell}” is not known by this name.", *found_near.near)
    return unread(f"“{cell}” is not known; say which it is, or give its address (https://…).")


def _one(written: str, labels: Labels) -> str | None:
    """The address that is written, or that of the only thing with this name."""
    if found := address(written):
        return found
    exact = labels.exact(written)
    return exact[0] if len(exact) == 1 else None


def _iris(cell: str, labels: Labels) -> list[str]:
    return labels.exact(cell)


def _is_one(known: Known, wanted: set[str]) -> bool:
    return any(not ancestors(each).isdisjoint(wanted) for each in known.classes)
