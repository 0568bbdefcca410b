"""The SELECT queries in a text, subqueries too, by their tokens: columns, pattern, and what follows that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.intake.tokens import Token


@dataclass(frozen=True)
class Select:
    """The tokens of a SELECT: `columns` after the word, `pattern` with its braces, `modifiers` from GROUP BY on."""

    columns: Sequence[Token]
    pattern: Sequence[Token]
    modifiers: Sequence[Token]


def selects(found: Sequence[Token]) -> Iterator[Select]:
    """Each SELECT among the tokens of a query; of one that is not well formed, as far as it can be told."""
    for number, word in enumerate(found):
        if word.kind != "word" or word.text.upper() != "SELECT":
            continue
        end = number + 1
        while end < len(found) and found[end].text != "{" and found[end].text.upper() not in ("WHERE", "FROM"):
            end = closed(found, end) if found[end].text == "(" else end + 1
        opens = end
        while opens < len(found) and found[opens].text != "{":
            opens += 1
        begin = after = closed(found, opens)
        while after < len(found) and found[after].text != "}":
            after = closed(found, after) if found[after].text == "{" else after + 1
        yield Select(found[number + 1 : end], found[opens:begin], found[begin:after])


def closed(found: Sequence[Token], opens: int) -> int:
    """The number of the token after the bracket that closes the one at `opens`; where none does, after the last."""
    depth = 0
    for number in range(opens, len(found)):
        depth += (found[number].text in ("(", "{")) - (found[number].text in (")", "}"))
        if depth <= 0:
            return number + 1
    return len(found)
