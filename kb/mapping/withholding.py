"""What the protocol keeps from the public is left out before anything is made of it (kb.protocols.withholding)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.mapping.plan import Plan, Planned, is_point
from kb.mapping.row import PRECISION, Values, lexical
from kb.mapping.values.postcodes import full_postcode
from kb.mapping.values.reader import POSTCODE
from kb.mapping.values.said import Remark, link, literal, text
from kb.namespaces import concept
from kb.protocols.background import local_name
from kb.protocols.columns import Column
from kb.protocols.withholding import withheld
from kb.vocabulary import XSD_STRING

_NOTE = (
    "This record is not for everybody (“{}”): what leads to its door is left out, and its point is no more exact than "
    "its postcode sector. Its name and description are published: see that they do not lead there either."
)

_OPEN = (
    "“{}” is not understood, and may say that this record is not for everybody: say what it means. Until then what "
    "leads to its door is left out, and its point is no more exact than its postcode sector."
)
_HOLDS = "This record is not for everybody, and “{}” holds the postcode {} in full: see whether that is to be public."

_SHORTEST = 6
"""Figures of a number that is looked for in all else that a record says."""


@dataclass(frozen=True)
class Sign:
    """Why a record is kept back: the cell that says so (−1: a constant), and what is said of it."""

    position: int
    column: Column
    reason: str
    remark: Remark


class Withholding:
    """The rules of one protocol for one plan."""

    def __init__(self, plan: Plan, protocol: str) -> None:
        self._rules = withheld(protocol)
        self._words = sorted({word for rule in self._rules for word in rule.words})
        paths = {path for rule in self._rules for path in rule.signs_in}
        self._signs = [each for each in plan.planned if each.column.path in paths]
        self._left_out = {shape for rule in self._rules for shape in rule.leaves_out}
        self._coarse = {shape for rule in self._rules for shape in rule.coarsens}
        self._enough = {link(code) for rule in self._rules for code in rule.coarse}
        self._reasons = [each for each in (*plan.planned, *plan.unfilled)
                         if each.column.field.shape in {rule.reason_in for rule in self._rules}]
        self._precision = plan.place_for(PRECISION)
        self._told: dict[tuple[Planned, str], str] = {}
        self._signed: dict[tuple[int, str], Sign] = {}
        self._open: dict[str, Remark] = {}
        self._held: dict[str, Remark] = {}

    def cell(self, cells: Sequence[str]) -> Sign | None:
        """The first sign in a row. What could not be read, and may be one, is taken for one: it is safer."""
        for planned in self._signs:
            written = [(position, cells[position]) for position in planned.cells if cells[position]]
            for position, words in written or [(-1, planned.written_constant)]:
                if words and (reason := self._reason(planned, words)):
                    return self._sign(position, planned, reason)
        return None

    def withhold(self, said: Values, sign: Sign) -> None:
        """Takes out of what a record says what the rules leave out, and says why where there is a field for it.

        A reference number that is left out is not said by any other field either.
        """
        coarse = any(each in self._enough for terms in _of(said, PRECISION) for each in terms)
        references: set[str] = set()
        for planned in [*said]:
            shapes = _shapes(planned.column)
            if shapes & self._left_out:
                references |= {words for term in said.pop(planned) if _is_reference(words := lexical(term))}
            elif not shapes & self._coarse:
                continue
            elif is_point(planned.column):
                if not coarse:
                    del said[planned]
            elif planned.column.path == POSTCODE:
                said[planned] = tuple(_sector(term) for term in said[planned])
        for planned in [*said] if references else ():
            kept = tuple(term for term in said[planned] if not any(each in term for each in references))
            if kept:
                said[planned] = kept
            else:
                del said[planned]
        for planned in self._reasons:
            said.setdefault(planned, (text(f"Withheld: {sign.reason}"),))

    def set_precision(self, said: Values) -> None:
        """Says how exact what remains is; to be called when the point is settled."""
        if self._precision is None or any(each in self._enough for terms in _of(said, PRECISION) for each in terms):
            return
        for terms in _of(said, POSTCODE):
            code = "postcode-sector" if " " in lexical(terms[0]) else "outward-code"
            said[self._precision] = (link(concept("geometry-precision", code)),)
            return
        said.pop(self._precision, None)

    def telling(self, said: Values, cells: Sequence[str]) -> Iterator[tuple[int, Column, Remark]]:
        """The cells of what is still said of a withheld record, such as its name, that hold a full postcode."""
        for planned in said:
            if planned.column.path == POSTCODE:
                continue
            for position in planned.cells:
                if found := full_postcode(cells[position]):
                    yield position, planned.column, self._holding(cells[position], found)

    def _holding(self, written: str, found: str) -> Remark:
        return self._held.setdefault(written, Remark("note", _HOLDS.format(written[:200], found)))

    def _reason(self, planned: Planned, written: str) -> str:
        key = (planned, written)
        if key not in self._told:
            said = planned.read(written)
            plain = any(word in each.lower() for each in (written, *said.terms) for word in self._words)
            maybe = said.remark.choices if said.remark and not said.terms else ()
            doubtful = not plain and any(word in each.lower() for each in maybe for word in self._words)
            if doubtful:
                self._open[written] = Remark("ask", _OPEN.format(written), maybe)
            self._told[key] = _named(said.terms, written) if plain or doubtful else ""
        return self._told[key]

    def _sign(self, position: int, planned: Planned, reason: str) -> Sign:
        key = (position, reason)
        if key not in self._signed:
            asked = self._open.get(reason) if position >= 0 else None
            remark = asked or Remark("note", _NOTE.format(reason))
            self._signed[key] = Sign(position, planned.column, reason, remark)
        return self._signed[key]


def _shapes(column: Column) -> set[str]:
    """The property shapes of a value: its own, and that of the thing that it belongs to."""
    return {column.field.shape} | ({column.outer.shape} if column.outer else set())


def _of(said: Values, path: str) -> Iterator[tuple[str, ...]]:
    return (terms for planned, terms in said.items() if planned.column.path == path)


def _is_reference(words: str) -> bool:
    """Whether it is a number that leads to one thing wherever it is said, as a UPRN in the place of a key."""
    return words.isdigit() and len(words) >= _SHORTEST


def _sector(term: str) -> str:
    """`CT9 1RE` → `CT9 1`; what is no finer stays."""
    outward, _, inward = lexical(term).partition(" ")
    return literal(f"{outward} {inward[:1]}".strip(), XSD_STRING)


def _named(terms: tuple[str, ...], written: str) -> str:
    """What the sign is called: the code in words, else what is written."""
    return local_name(terms[0][1:-1]).replace("-", " ") if terms and terms[0].startswith("<") else written
