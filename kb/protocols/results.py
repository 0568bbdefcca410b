"""Results of a check, and many of them as one: what they share is kept once, and each is a number.

A million results as objects take 400 MB, half of it the addresses of things that are said again for each field.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import chain
from operator import eq
from typing import NamedTuple, TypeVar, overload


class Severity(StrEnum):
    """SHACL §2.1.4; a Violation blocks publication, a Warning lowers completeness, an Info informs."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"

    @property
    def obligation(self) -> str:
        """The word that the protocols use for a field of this severity."""
        return {"Violation": "Must", "Warning": "Should", "Info": "May"}[self.value]


_SEVERITIES = tuple(Severity)
_RANK = {severity: rank for rank, severity in enumerate(_SEVERITIES)}


class Result(NamedTuple):
    """One validation result (SHACL §3.6.2).

    `focus` and `value` are an IRI as it is, or a literal in N-Triples; `path` is the IRI of a predicate, or a longer
    path in SPARQL's syntax; `component` and `shape` are IRIs; `message` is the shape's own, or empty.
    """

    focus: str
    path: str | None
    value: str | None
    severity: Severity
    component: str
    shape: str
    message: str


def ordered(results: Iterable[Result]) -> tuple[Result, ...]:
    """The results, each once, in the order of a Report."""
    return tuple(sorted(set(results), key=_order))


def _order(result: Result) -> tuple[int, str, str, str, str, str, str]:
    rank = _RANK[result.severity]
    path, value = result.path or "", result.value or ""
    return rank, result.focus, result.shape, path, result.component, value, result.message


Rule = tuple[str, str, str]
"""Shape, path (empty for none) and component."""

Key = TypeVar("Key")

Told = tuple[str, str | None, str]
"""Value (empty for none), value, message."""


class Results(Sequence[Result]):
    """Results in the order of a Report, each once; the objects are made when they are asked for.

    A result is one number, made of the places of its severity and of its focus, rule and told in these lists.
    """

    def __init__(self, focuses: list[str], rules: list[Rule], told: list[Told], numbers: "array[int]") -> None:
        self.focuses, self.rules, self.told, self.numbers = focuses, rules, told, numbers
        self._after_focus = len(rules) * len(told)
        self._after_severity = len(focuses) * self._after_focus

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[Result]:
        things, rules, told = len(self.focuses), self.rules, self.told
        last, focus, severity = -1, "", _SEVERITIES[0]
        for number in self.numbers:
            thing, rest = divmod(number, self._after_focus)
            if thing != last:  # those of one thing stand together
                rank, place = divmod(thing, things)
                last, focus, severity = thing, self.focuses[place], _SEVERITIES[rank]
            rule, said = divmod(rest, len(told))
            shape, path, component = rules[rule]
            _, value, message = told[said]
            yield Result(focus, path or None, value, severity, component, shape, message)

    def runs(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """All results in order, those of one focus and one severity together: the focus, and the `kind` of each."""
        size, things = self._after_focus, len(self.focuses)
        end, others, focus, kinds = 0, 0, "", list[int]()
        for number in self.numbers:
            if number >= end:
                if kinds:
                    yield focus, tuple(kinds)
                thing = number // size
                rank, place = divmod(thing, things)
                end, others, focus, kinds = (thing + 1) * size, (thing - rank) * size, self.focuses[place], []
            kinds.append(number - others)
        if kinds:
            yield focus, tuple(kinds)

    def kind(self, number: int) -> Result:
        """What all results of a kind have in common: the same but for the focus, which is empty."""
        rank, rest = divmod(number, self._after_focus)
        return self._told("", _SEVERITIES[rank], rest)

    @overload
    def __getitem__(self, at: int) -> Result: ...
    @overload
    def __getitem__(self, at: slice) -> list[Result]: ...
    def __getitem__(self, at: int | slice) -> Result | list[Result]:
        if isinstance(at, slice):
            return [self._result(number) for number in self.numbers[at]]
        return self._result(self.numbers[at])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]

    def counts(self) -> Counter[Severity]:
        """Results by severity."""
        ranks = Counter(number // self._after_severity for number in self.numbers)
        return Counter({_SEVERITIES[rank]: count for rank, count in ranks.items()})

    def _result(self, number: int) -> Result:
        rank, rest = divmod(number, self._after_severity)
        focus, rest = divmod(rest, self._after_focus)
        return self._told(self.focuses[focus], _SEVERITIES[rank], rest)

    def _told(self, focus: str, severity: Severity, number: int) -> Result:
        """`number`: of rule and told together."""
        rule, told = divmod(number, len(self.told))
        shape, path, component = self.rules[rule]
        _, value, message = self.told[told]
        return Result(focus, path or None, value, severity, component, shape, message)


class Gathered(NamedTuple):
    """What a Gathering has taken, to be sent to another process: each result is a place in each of the arrays."""

    focuses: list[str]
    rules: list[Rule]
    told: list[Told]
    parts: "tuple[array[int], ...]"


class Gathering:
    """Takes results in any order, as often as they come."""

    def __init__(self, results: Iterable[Result] = ()) -> None:
        self._focuses: dict[str, int] = {}
        self._rules: dict[Rule, int] = {}
        self._told: dict[Told, int] = {}
        self._parts = tuple(array("I") for _ in range(4))
        self.add(results)

    def add(self, results: Iterable[Result]) -> None:
        """Some more."""
        ranks, focuses, rules, told = self._parts
        for each in results:
            rule = each.shape, each.path or "", each.component
            said = each.value or "", each.value, each.message
            ranks.append(_RANK[each.severity])
            focuses.append(self._focuses.setdefault(each.focus, len(self._focuses)))
            rules.append(self._rules.setdefault(rule, len(self._rules)))
            told.append(self._told.setdefault(said, len(self._told)))

    def gathered(self) -> Gathered:
        """What was taken so far."""
        return Gathered(list(self._focuses), list(self._rules), list(self._told), self._parts)

    def add_gathered(self, other: Gathered) -> None:
        """What another has taken."""
        ranks, focuses, rules, told = self._parts
        ranks.extend(other.parts[0])
        focuses.extend(_numbered(self._focuses, other.focuses, other.parts[1]))
        rules.extend(_numbered(self._rules, other.rules, other.parts[2]))
        told.extend(_numbered(self._told, other.told, other.parts[3]))

    def results(self) -> Results:
        """All of them."""
        focuses, rules, told = sorted(self._focuses), sorted(self._rules), sorted(self._told, key=_by_value)
        places = (_places(self._focuses, focuses), _places(self._rules, rules), _places(self._told, told))
        numbers = [
            ((rank * len(focuses) + places[0][focus]) * len(rules) + places[1][rule]) * len(told) + places[2][said]
            for rank, focus, rule, said in zip(*self._parts, strict=True)
        ]
        numbers.sort()
        once = [number for before, number in zip(chain((-1,), numbers), numbers, strict=False) if number != before]
        return Results(focuses, rules, told, array("Q", once))


def _by_value(told: Told) -> tuple[str, str]:
    return told[0], told[2]


def _numbered(known: dict[Key, int], others: list[Key], numbers: "array[int]") -> "array[int]":
    """The numbers that stand for some of the others, as those by which they are known here."""
    here = [known.setdefault(each, len(known)) for each in others]
    return array("I", map(here.__getitem__, numbers))


def _places(known: dict[Key, int], in_order: list[Key]) -> "array[int]":
    """Number as it came → place in the order."""
    found = array("I", bytes(4 * len(known)))
    for place, each in enumerate(in_order):
        found[known[each]] = place
    return found


def as_numbers(results: Sequence[Result]) -> Results:
    """Results of any kind in the order of a Report, each once."""
    return results if isinstance(results, Results) else Gathering(results).results()
