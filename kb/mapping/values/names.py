"""Names of bodies, places and other things that are known already, and the addresses that they stand for."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from kb.mapping.classes import classes_of
from kb.mapping.values.labels import Labels, plain
from kb.mapping.values.said import LONGEST, Said, address, ask, empty, link, literal, says_nothing, too_long, unread
from kb.vocabulary import XSD_STRING

_ANYTHING = "http://www.w3.org/2000/01/rdf-schema#Resource"


@dataclass(frozen=True)
class Known:
    """A thing that may be meant by its name: its IRI, the IRIs of its classes, and its labels, the main one first."""

    iri: str
    classes: tuple[str, ...]
    labels: tuple[str, ...]


class Names:
    """The known things of the store and of what is being published, found by name among those of a class."""

    def __init__(self, known: Iterable[Known] = (), own: Known | None = None) -> None:
        """`own` is the body that publishes: what it is called means it and no other of its kind."""
        self._known = (*known, own) if own else tuple(known)
        self._own = own
        self._by_ranges: dict[tuple[str, ...], Labels] = {}

    def with_more(self, known: Iterable[Known]) -> Self:
        """These names and more."""
        return type(self)((*self._known, *known), self._own)

    def with_own(self, own: Known) -> Self:
        """These names, and those of the body that publishes."""
        return type(self)(self._known, own)

    def among(self, ranges: Sequence[str]) -> Labels:
        """The labels of the things that are of one of these classes, or of one below it; of all where none is given."""
        key = tuple(sorted(ranges))
        if key not in self._by_ranges:
            wanted = set(key) - {_ANYTHING}
            chosen = [each for each in self._known if not wanted or _is_one(each, wanted)]
            taken = {plain(label) for label in self._own.labels} if self._own and self._own in chosen else set()
            labelled = [
                (label, each.iri)
                for each in chosen
                for label in each.labels
                if each == self._own or plain(label) not in taken
            ]
            self._by_ranges[key] = Labels(labelled + [(each.iri, each.iri) for each in chosen])
        return self._by_ranges[key]


def read_name(cell: str, ranges: Sequence[str], names: Names, *, several: bool, or_text: bool = False) -> Said:
    """A link by address, or by a name that is known; a body that is not known is asked about, never guessed.

    With `or_text` (a payee) what is not known stays text.
    """
    if len(cell) > LONGEST:
        return Said((literal(cell, XSD_STRING),)) if or_text else too_long(cell)
    labels = names.among(ranges)
    if found := _one(cell, labels):
        return Said((link(found),))
    pieces = [piece.strip() for piece in re.split(r"[;|\n]", cell) if piece.strip()]
    targets = [_one(piece, labels) for piece in pieces] if len(pieces) > 1 else []
    if targets and all(targets):
        if not several:
            return unread(f"“{cell}” names {len(pieces)} where one may stand.", *pieces)
        return Said(tuple(dict.fromkeys(link(each) for each in targets if each)))
    if or_text:
        return Said((literal(cell, XSD_STRING),))
    if says_nothing(cell):
        return empty(cell)
    if several_named := labels.exact(cell):
        return ask(f"“{cell}” is the name of several.", *several_named)
    if near := labels.alike(cell):
        return ask(f"“{cell}” is not known by this name.", *near)
    return unread(f"“{cell}” is not known; say which it is, or give its address (https://…).")


def _one(written: str, labels: Labels) -> str | None:
    """The only thing with this name, or with this address in another dataset; else the address that is written."""
    exact = labels.exact(written)
    return exact[0] if len(exact) == 1 else address(written)


def _is_one(known: Known, wanted: set[str]) -> bool:
    return any(not wanted.isdisjoint(classes_of(each)) for each in known.classes)
