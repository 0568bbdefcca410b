"""The SPARQL of a query file as text: its form, whether it is well formed, and the values that can be bound in it.

pyoxigraph parses a query only to run it, so it is run on an empty store; what would send a request is refused first.
"""

import re
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from kb.errors import BadInput, QueryError, QueryRefused
from kb.intake.mistakes import Mistake, mistake
from kb.intake.size import check_size
from kb.intake.tokens import IRI, STRING, calls_service, opening, place, tokens

Term = NamedNode | Literal

UNDEF = "UNDEF"

_HIDDEN = re.compile(rf"{STRING}|{IRI}|(?P<comment>#[^\n\r]*)", re.DOTALL)
_VALUES = re.compile(r"\bVALUES\s*\(((?:\s*\?\w+)+)\s*\)\s*\{\s*\(([^{}]*)\)\s*\}", re.IGNORECASE)
_WRITTEN = re.compile(rf"(?:{STRING})(?:@[\w-]+|\^\^(?:{IRI}|[^\s()]+))?|{IRI}|[()]|[^\s()]+", re.DOTALL)

_POSITION = re.compile(r"error at (\d+):(\d+): (?:expected )?(.*)", re.DOTALL)
_NO_SPARQL = "this is not SPARQL; mend the query there or shortly before"
_SHOWN = 60
_CLASS = re.compile(r"\[(?:[^\[\]']|'(?:\\.|[^'\\])*')*\]")


@dataclass(frozen=True)
class Values:
    """The block of the parameters: where it stands in the query, and the defaults of each as they are written."""

    start: int
    end: int
    defaults: dict[str, tuple[str, ...]]


def values(text: str) -> Values | None:
    """The first block `VALUES (?a ?b) { (default default) }` outside comments; None where there is none.

    A single parameter may have several defaults, one a row; a first block of several variables with several rows is a
    table of the query's own. Raises ValueError where a row has more or fewer defaults than there are parameters.
    """
    found = _VALUES.search(_blank(text))
    if found is None:
        return None
    names = [name.lstrip("?") for name in found[1].split()]
    written = _WRITTEN.findall(_blank(text, only_comments=True)[found.start(2) : found.end(2)])
    defaults = tuple(each for each in written if each not in ("(", ")"))
    if len(names) == 1:
        return Values(found.start(), found.end(), {names[0]: defaults})
    if ")" in written:
        return None
    if len(names) != len(defaults):
        raise ValueError(f"{len(names)} parameters have {len(defaults)} defaults in: {text[found.start():found.end()]}")
    return Values(
        found.start(), found.end(), {name: (default,) for name, default in zip(names, defaults, strict=True)}
    )


def form(text: str) -> str:
    """`select`, `ask` or `construct`; raises BadInput for any other."""
    word = opening(text)
    if word is None or word.text.upper() not in ("SELECT", "ASK", "CONSTRUCT"):
        raise BadInput("a question is a SELECT, ASK or CONSTRUCT query, after its prefixes")
    return word.text.lower()


def check(text: str) -> None:
    """Raises QueryError, with line and column, for a query that is not well formed.

    Raises QueryRefused for one that calls SERVICE, and as `check_size` does.
    """
    check_size(text)
    if calls_service(text):
        raise QueryRefused("it calls SERVICE, and no query here sends requests to other places")
    try:
        Store().query(text)
    except SyntaxError as error:
        raise malformed(text, str(error)) from error
    except (RuntimeError, ValueError, OSError) as error:
        raise QueryError(f"the query cannot be evaluated: {error}") from error


def variables(text: str) -> tuple[str, ...]:
    """The columns of the answer to a query that has passed `check`, in their order; none unless it is a SELECT."""
    solutions = Store().query(text)
    return tuple(each.value for each in solutions.variables) if isinstance(solutions, QuerySolutions) else ()


def terms(text: str, block: Values) -> dict[str, tuple[Term, ...]]:
    """The defaults as the terms that the query means, by parameter; UNDEF is none. The query has passed `check`."""
    word = opening(text)
    prologue = text[: word.start] if word else text
    variables = " ".join(f"?{name}" for name in block.defaults)
    solutions: Any = Store().query(f"{prologue} SELECT {variables} WHERE {{ {text[block.start:block.end]} }}")
    columns = zip(block.defaults, zip(*solutions, strict=True), strict=True)
    return {name: tuple(dict.fromkeys(term for term in column if term is not None)) for name, column in columns}


def malformed(text: str, message: str) -> QueryError:
    """What to write instead, where the mistake is a common one (`kb.intake.mistakes`).

    For any other, pyoxigraph's message without its lists of single characters, which can fill a screen, and what stands
    there.
    """
    found = _POSITION.match(message)
    if found is None:
        return QueryError(message)
    line, column = int(found[1]), int(found[2])
    known = mistake(text, _offset(text, line, column))
    if known is not None:
        return mistaken(text, known)
    parts = (" ".join(part.split()) for part in _CLASS.sub("", found[3].removeprefix("one of ")).split(", "))
    expected = [part for part in parts if part.strip("| ")]
    sentences = [part for part in expected if " " in part]
    if sentences:
        what = "; ".join(sentences)
    else:
        listed = f"expected {' or '.join(expected[:12])}" if expected else _NO_SPARQL
        what = f"{listed}; found {_standing(text, line, column)}"
    return QueryError(f"line {line}, column {column}: {what}", line, column)


def mistaken(text: str, known: Mistake) -> QueryError:
    """The error that tells a known mistake, with its place."""
    line, column = place(text, known.start)
    return QueryError(f"line {line}, column {column}: {known.what}", line, column)


def _standing(text: str, line: int, column: int) -> str:
    """The token of the query at this place, or the one after it, quoted and at most _SHOWN characters long."""
    offset = _offset(text, line, column)
    last = ""
    for token in tokens(text):
        last = token.text
        if token.start + len(last) > offset:
            break
    else:
        return f"the end of the query, after '{last[:_SHOWN]}'"
    return f"'{last[:_SHOWN]}…'" if len(last) > _SHOWN else f"'{last}'"


def _offset(text: str, line: int, column: int) -> int:
    return sum(len(before) + 1 for before in text.split("\n")[: line - 1]) + column - 1


def _blank(text: str, *, only_comments: bool = False) -> str:
    """The query with spaces in place of its comments and, unless only those are wanted, its strings and IRIs."""
    return _HIDDEN.sub(
        lambda found: found[0] if only_comments and found["comment"] is None else " " * len(found[0]), text
    )
