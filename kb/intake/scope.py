"""Variables to which BIND gives a value although the group before it may have given one (SPARQL 1.1 Query §10.1)."""

from collections.abc import Iterator, Sequence

from kb.intake.selects import closed
from kb.intake.tokens import Token

_APART = frozenset(["MINUS", "EXISTS"])
"""Words before a group whose variables stay within it."""


def bound_again(found: Sequence[Token]) -> Iterator[tuple[str, int]]:
    """What is wrong with each such BIND, and the offset of its variable in the query.

    The variables of a subquery are passed over, those that it projects too.
    """
    groups: list[tuple[set[str], bool]] = [(set(), False)]
    number = 0
    while number < len(found):
        token = found[number]
        word = token.text.upper() if token.kind == "word" else ""
        if token.text == "{":
            before, first = found[number - 1].text.upper() if number else "", found[number + 1 : number + 2]
            apart = before in _APART or (bool(first) and first[0].text.upper() == "SELECT")
            groups.append((set(), apart))
        elif token.text == "}" and len(groups) > 1:
            names, apart = groups.pop()
            groups[-1][0].update(() if apart else names)
        elif word in ("BIND", "FILTER") and number + 1 < len(found):
            named_function = word == "FILTER" and found[number + 1].text != "("
            opens = number + 2 if named_function else number + 1
            after = closed(found, opens) if opens < len(found) and found[opens].text == "(" else number + 1
            named = found[after - 2] if word == "BIND" and after - 2 > number else None
            if named is not None and named.kind == "variable" and found[after - 3].text.upper() == "AS":
                if named.text[1:] in groups[-1][0]:
                    what = f"{named.text} may have a value before this BIND, which needs a variable of its own"
                    yield what, named.start
                groups[-1][0].add(named.text[1:])
            number = max(after, number + 1)
            continue
        elif token.kind == "variable":
            groups[-1][0].add(token.text[1:])
        number += 1
