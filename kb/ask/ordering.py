"""ORDER BY over values of different kinds, which the engine's sort gives up where there are many of them.

SPARQL leaves open which comes first of a text, a number and a date (SPARQL 1.1 Query §15.1), and pyoxigraph calls such
pairs equal, which makes no order of all of them: its sort ends the process. Put by kind first, and by value within each
kind, they have one, which the specification allows.
"""

from collections.abc import Sequence
from dataclasses import replace

from kb.ask.query import Query
from kb.intake.tokens import Token, tokens

KIND = 'IF(isLiteral({0}), IF(isNumeric({0}), "1", STR(DATATYPE({0}))), "")'
"""Of one value: what is no literal first, then numbers, then each datatype by its IRI; nothing for no value."""

TOLD = (
    "ORDER BY meets values of different kinds, among which SPARQL has no order: here what is no literal comes first, "
    "then numbers, then each datatype by its IRI"
)

_DIRECTIONS = ("ASC", "DESC")


def by_kind(query: Query) -> Query | None:
    """The query with the kind of its value before each condition of ORDER BY; None where it has none to change."""
    found = list(tokens(query.text))
    text, done = "", 0
    for at in range(len(found) - 1):
        if found[at].text.upper() == "ORDER" and found[at + 1].text.upper() == "BY":
            for start, end, direction, value in _conditions(query.text, found, at + 2):
                kind = KIND.format(value)
                text += query.text[done:start] + f"{direction}({kind}) {direction}({value})"
                done = end
    return replace(query, text=text + query.text[done:]) if done else None


def _conditions(text: str, found: Sequence[Token], at: int) -> list[tuple[int, int, str, str]]:
    """Where each condition begins and ends in the text, its direction, and its expression (§19.8, rule 24)."""
    conditions = []
    while at < len(found):
        first = found[at]
        word = first.text.upper()
        opening = at if first.text == "(" else at + 1
        if first.kind == "variable":
            conditions.append((first.start, first.start + len(first.text), "ASC", first.text))
            at += 1
            continue
        if opening >= len(found) or found[opening].text != "(" or first.text in ("{", "}", ")") or word == "VALUES":
            break
        closing = _closing(found, opening)
        if closing is None:
            break
        end = found[closing].start + 1
        inside = text[found[opening].start + 1 : found[closing].start]
        plain = first.text == "(" or word in _DIRECTIONS
        value = f"({inside})" if plain else text[first.start : end]
        conditions.append((first.start, end, word if word in _DIRECTIONS else "ASC", value))
        at = closing + 1
    return conditions


def _closing(found: Sequence[Token], opening: int) -> int | None:
    """The bracket that closes this one; None where there is none, or a pattern lies between, as of EXISTS."""
    depth = 0
    for at in range(opening, len(found)):
        depth += (found[at].text == "(") - (found[at].text == ")")
        if found[at].text == "{":
            return None
        if not depth:
            return at
    return None
