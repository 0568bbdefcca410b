"""The commonest mistakes of a query that does not parse, found in its tokens near the error, and what to write instead.

A parser names what could follow at the place where it gave up, which is seldom what was meant. What is not one of these
mistakes is left to its words (`kb.intake.sparql`). Asked only of a query that does not parse: most of this is no error
by itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from kb.intake.patterns import unclosed, wrong_patterns
from kb.intake.scope import bound_again
from kb.intake.selects import Select, closed, selects
from kb.intake.tokens import Token, tokens, undeclared
from kb.intake.words import unknown_words
from kb.namespaces import PREFIXES

_AGGREGATES = frozenset(["COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"])
_AFTER_GROUP_BY = frozenset(["HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"])
_OPERATORS = frozenset("=<>!&|+-*/")
_COMPARE = frozenset("=<>&|!")
_ENDS = frozenset(["}", "{", ".", ";"])
_ENDING_WORDS = frozenset(
    ["FILTER", "OPTIONAL", "MINUS", "BIND", "UNION", "GRAPH", "VALUES", "GROUP", "ORDER", "LIMIT", "OFFSET", "HAVING"]
)
_DOUBLE = "“”„‟«»"
_SINGLE = "‘’‚‛"
_ANGLED = "‹›"
_SCHEMES = frozenset(["http:", "https:"])
_LOOKED_AT = 2000
"""Tokens in which mistakes are looked for; a longer query with a mistake behind them has the words of the parser."""

_SHOWN = 60
"""Characters of the query that are written again; of more, an ellipsis stands for them."""


@dataclass(frozen=True)
class Mistake:
    """What is wrong and what to write, without a full stop, and the offset in the query where it stands."""

    what: str
    start: int


def mistake(text: str, until: int) -> Mistake | None:
    """The first mistake that begins before the offset `until`, where the parser gave up; None where none is known.

    The parser looks at the values of variables once the rest is well formed, and so do these: what is not grouped, or
    is bound again, comes last.
    """
    found = list(islice(tokens(text), _LOOKED_AT))
    mistakes = [*_signs(found), *_prefixes(text, found), *_numbers(found), *_conditions(text, found)]
    mistakes += [*_orders(found), *_operands(found)]
    mistakes += [Mistake(*wrong) for find in (unknown_words, wrong_patterns) for wrong in find(found)]
    queries = list(selects(found))
    mistakes += [each for select in queries for each in _columns(text, select.columns)]
    ungrouped = (each for select in queries for each in _ungrouped(select))
    bound = (Mistake(*wrong) for wrong in bound_again(found))
    open_ends = (Mistake(*wrong) for wrong in (unclosed(found, until) if len(found) < _LOOKED_AT else ()))
    return _first(mistakes, until) or _first(open_ends, until) or _first(ungrouped, until) or _first(bound, until)


def declaration(prefix: str) -> str:
    """The line that declares the prefix; what is not known of it is left open."""
    return f"PREFIX {prefix}: <{PREFIXES.get(prefix, '…')}>"


def _first(mistakes: Iterable[Mistake], until: int) -> Mistake | None:
    return min((each for each in mistakes if each.start <= until), key=lambda each: each.start, default=None)


def _signs(found: Sequence[Token]) -> Iterator[Mistake]:
    """Typographic signs, which word processors put in place of those of SPARQL, and IRIs that are none."""
    for token, after in zip(found, [*found[1:], None], strict=True):
        if token.kind != "other":
            continue
        opens = token.text == "<" and after is not None and after.start == token.start + 1
        if opens and after is not None and after.text.lower() in _SCHEMES:
            yield Mistake("an IRI holds no space, quote or bracket: write %20 for a space", token.start)
        elif token.text in _ANGLED:
            yield Mistake(f"{token.text} is no sign of SPARQL: write <…> around an IRI", token.start)
        elif token.text in _DOUBLE:
            yield Mistake(f'curly quotes ({token.text}) open no string: write "…"', token.start)
        elif token.text in _SINGLE:
            yield Mistake(f"curly quotes ({token.text}) open no string: write '…'", token.start)


def _prefixes(text: str, found: Sequence[Token]) -> Iterator[Mistake]:
    """PREFIX without its colon or its angle brackets, and names whose prefix is not declared."""
    for word, name, iri in zip(found, found[1:], [*found[2:], None], strict=False):
        if word.kind != "word" or word.text.upper() != "PREFIX":
            continue
        if name.kind == "word":
            yield Mistake(f"a colon belongs after the prefix: {declaration(name.text)}", name.start)
        elif name.kind == "prefixed" and iri is not None and iri.kind != "iri":
            prefix = name.text.partition(":")[0]
            yield Mistake(f"angle brackets belong around the namespace: {declaration(prefix)}", iri.start)
    missing = undeclared(text)
    if missing is not None:
        prefix = missing.text.partition(":")[0]
        line = f"add {declaration(prefix)}" if prefix in PREFIXES else f"add its line, {declaration(prefix)},"
        yield Mistake(f"no PREFIX declares {prefix}: – {line} at the top", missing.start)


def _numbers(found: Sequence[Token]) -> Iterator[Mistake]:
    """LIMIT and OFFSET with anything but a whole number (SPARQL 1.1 Query §19.8, rules 25 and 26)."""
    for word, value, after in zip(found, found[1:], [*found[2:], None], strict=False):
        name = word.text.upper()
        if word.kind != "word" or name not in ("LIMIT", "OFFSET"):
            continue
        if not value.text.isdecimal() or (after is not None and after.text == "."):
            yield Mistake(f"{name} takes a whole number, as {name} 10", value.start)


def _operands(found: Sequence[Token]) -> Iterator[Mistake]:
    """Comparisons, and conditions that are joined, without their second half."""
    for before, sign, value in zip(found, found[1:], found[2:], strict=False):
        if sign.kind == "other" and sign.text in _COMPARE and value.text == ")":
            double = before.kind == "other" and before.text in _COMPARE and before.start + 1 == sign.start
            yield Mistake(f"a value is missing after {before.text if double else ''}{sign.text}", value.start)


def _orders(found: Sequence[Token]) -> Iterator[Mistake]:
    for word, value in zip(found, found[1:], strict=False):
        if word.kind == "word" and word.text.upper() in ("ASC", "DESC") and value.kind == "variable":
            name = word.text.upper()
            yield Mistake(f"brackets belong after {name}: {name}({value.text})", value.start)


def _conditions(text: str, found: Sequence[Token]) -> Iterator[Mistake]:
    """FILTER and HAVING with a condition that needs brackets and has none, or only around a part of it."""
    for number, word in enumerate(found[:-1]):
        if word.kind != "word" or word.text.upper() not in ("FILTER", "HAVING"):
            continue
        first = found[number + 1]
        bare = first.kind in ("variable", "string") or first.text == "!"
        if not bare:
            called = first.text != "(" and number + 2 < len(found) and found[number + 2].text == "("
            after = closed(found, number + 2 if called else number + 1)
            continues = after < len(found) and found[after].kind == "other" and found[after].text in _OPERATORS
            bare = continues and (called or first.text == "(")
        if bare:
            condition = _condition(text, found, number + 1)
            name = word.text.upper()
            yield Mistake(f"put the condition in brackets: {name} ({condition})", first.start)


def _condition(text: str, found: Sequence[Token], begin: int) -> str:
    depth, end = 0, begin
    for end in range(begin, len(found) + 1):
        if end == len(found):
            break
        token = found[end]
        depth += (token.text == "(") - (token.text == ")")
        ends = token.text in _ENDS or (token.kind == "word" and token.text.upper() in _ENDING_WORDS)
        if depth < 0 or (depth == 0 and ends):
            break
    return _written(text, found, begin, end)


def _columns(text: str, clause: Sequence[Token]) -> Iterator[Mistake]:
    """Commas, and expressions without their brackets or their name, in a SELECT clause (§19.8, rule 9)."""
    number = 0
    while number < len(clause):
        token = clause[number]
        called = token.kind in ("word", "prefixed", "iri") and token.text.upper() not in ("DISTINCT", "REDUCED")
        if token.text == ",":
            yield Mistake("no comma stands between the columns of SELECT: leave it out", token.start)
        if called and number + 1 < len(clause) and clause[number + 1].text == "(":
            end = closed(clause, number + 1)
            call = _written(text, clause, number, end)
            named = clause[end + 1] if end + 1 < len(clause) and clause[end].text.upper() == "AS" else None
            name = named.text if named is not None else "?n"
            yield Mistake(f"a computed column stands in brackets, with its name: write ({call} AS {name})", token.start)
            number = end
        elif token.text == "(":
            end = closed(clause, number)
            inside = clause[number + 1 : end - 1]
            if end <= len(clause) and clause[end - 1].text == ")" and not any(_is_as(each) for each in inside):
                expression = _written(text, clause, number + 1, end - 1)
                yield Mistake(f"a computed column needs a name: write ({expression} AS ?n)", token.start)
            number = end
        else:
            number += 1


def _ungrouped(select: Select) -> Iterator[Mistake]:
    """Variables of SELECT that a query with groups has no one value for (§11.4)."""
    grouped = _group_by(select.modifiers)
    counts = any(token.text.upper() in _AGGREGATES for token in select.columns)
    if not grouped and not counts:
        return
    has_value = _kept(grouped)
    within, depth, before = 0, 0, ""
    for token in select.columns:
        if token.text == "(":
            depth += 1
            within = depth if not within and before in _AGGREGATES else within
        elif token.text == ")":
            within = 0 if within == depth else within
            depth -= 1
        elif token.kind == "variable" and before == "AS":
            has_value.add(token.text[1:])
        elif token.kind == "variable" and not within and token.text[1:] not in has_value:
            name = token.text
            how = f"add {name} to GROUP BY" if grouped else f"add GROUP BY {name} at the end"
            what = f"{name} has many values for each row of SELECT: {how}, or take one, as (SAMPLE({name}) AS ?one)"
            yield Mistake(what, token.start)
        before = token.text.upper()


def _kept(grouped: Sequence[Token]) -> set[str]:
    """The variables that have one value in each group: those that stand alone, or are named by AS."""
    depth, before, names = 0, "", set()
    for token in grouped:
        depth += (token.text == "(") - (token.text == ")")
        if token.kind == "variable" and (depth == 0 or before == "AS"):
            names.add(token.text[1:])
        before = token.text.upper()
    return names


def _group_by(modifiers: Sequence[Token]) -> Sequence[Token]:
    words = [token.text.upper() for token in modifiers]
    if words[:2] != ["GROUP", "BY"]:
        return ()
    end = next((number for number, word in enumerate(words) if word in _AFTER_GROUP_BY), len(words))
    return modifiers[2:end]


def _written(text: str, found: Sequence[Token], begin: int, end: int) -> str:
    """The tokens from `begin` up to `end` as the query writes them, in one line."""
    if begin >= end:
        return "…"
    last = found[end - 1]
    written = " ".join(text[found[begin].start : last.start + len(last.text)].split())
    return written if len(written) <= _SHOWN else "…"


def _is_as(token: Token) -> bool:
    return token.kind == "word" and token.text.upper() == "AS"
