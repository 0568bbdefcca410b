"""The SPARQL of a query file as text: its form, whether it is well formed, and the values that can be bound in it.

pyoxigraph parses a query only to run it, so it is run on an empty store; what would send a request is refused first.
"""

import re
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from kb.errors import BadInput, QueryError, QueryRefused

Term = NamedNode | Literal

UNDEF = "UNDEF"

_IRI = r'<[^<>"{}|^`\\\s]*>'
_STRING = (
    r'"{3}(?:"{0,2}(?:[^"\\]|\\.))*"{3}' r"|'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}"
    r'|"(?:[^"\\\n\r]|\\.)*"' r"|'(?:[^'\\\n\r]|\\.)*'"
)  # fmt: skip
_HIDDEN = re.compile(rf"{_STRING}|{_IRI}|#[^\n\r]*", re.DOTALL)
_FORM = re.compile(r"(?:\s|PREFIX\s+[\w.-]*:|BASE\b)*+(SELECT|ASK|CONSTRUCT)\b", re.IGNORECASE)
_VALUES = re.compile(r"\bVALUES\s*\(((?:\s*\?\w+)+)\s*\)\s*\{\s*\(([^{}]*)\)\s*\}")
_WRITTEN = re.compile(rf"(?:{_STRING})(?:@[\w-]+|\^\^(?:{_IRI}|[^\s()]+))?|{_IRI}|[()]|[^\s()]+", re.DOTALL)

_PREFIXED = re.compile(r"(PREFIX\s+)?(?<![\w?$:.-])([^\W\d_][\w.-]*|):", re.IGNORECASE)
_PLACE = re.compile(r"error at (\d+):(\d+):")
_SENTENCE = re.compile(r"[A-Z][a-z]+(?: \w+){3,}")

_GAP = r"(?:\s|#[^\n\r]*[\n\r])*"
_PART = r"(?:\\.|[^\s{}()<>\"'#\\])*"
_SERVICE = re.compile(
    rf"[?$]\w+|(?P<call>SERVICE{_GAP}(?:SILENT{_GAP})?(?:{_IRI}|{_PART}[:?$]{_PART}){_GAP}\{{)", re.IGNORECASE
)


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
    found = _VALUES.search(_bare(text))
    if found is None:
        return None
    names = [name.lstrip("?") for name in found[1].split()]
    written = _WRITTEN.findall(text[found.start(2) : found.end(2)])
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
    return _form(text)[1].lower()


def check(text: str) -> None:
    """Raises QueryError, with line and column, for a query that is not well formed; QueryRefused for SERVICE."""
    if any(found["call"] for found in _SERVICE.finditer(text)):
        raise QueryRefused("it calls SERVICE, and no query here sends requests to other places")
    try:
        Store().query(text)
    except SyntaxError as error:
        raise _malformed(text, str(error)) from error
    except (RuntimeError, ValueError, OSError) as error:
        raise QueryError(f"the query cannot be evaluated: {error}") from error


def terms(text: str, block: Values) -> dict[str, tuple[Term, ...]]:
    """The defaults as the terms that the query means, by parameter; UNDEF is none. The query has passed `check`."""
    prologue = text[: _form(text).start(1)]
    variables = " ".join(f"?{name}" for name in block.defaults)
    solutions: Any = Store().query(f"{prologue} SELECT {variables} WHERE {{ {text[block.start:block.end]} }}")
    columns = zip(block.defaults, zip(*solutions, strict=True), strict=True)
    return {name: tuple(dict.fromkeys(term for term in column if term is not None)) for name, column in columns}


def _form(text: str) -> re.Match[str]:
    found = _FORM.match(_bare(text))
    if found is None:
        raise BadInput("a question is a SELECT, ASK or CONSTRUCT query, after its prefixes")
    return found


def _bare(text: str) -> str:
    """The query with spaces in place of its comments, strings and IRIs."""
    return _HIDDEN.sub(lambda found: " " * len(found[0]), text)


def _malformed(text: str, message: str) -> QueryError:
    found = _PLACE.search(message)
    if found is None:
        return QueryError(message)
    line, column = int(found[1]), int(found[2])
    declared: set[str] = set()
    bare = _bare(text)
    for name in _PREFIXED.finditer(bare):
        before = bare[: name.start(2)].split("\n")
        place = len(before), len(before[-1]) + 1
        if name[1]:
            declared.add(name[2])
        elif name[2] not in declared and place <= (line, column):
            where = f"line {place[0]}, column {place[1]}"
            return QueryError(f"{where}: no PREFIX declares {name[2]}: – add its line at the top", *place)
    said = _SENTENCE.search(message)
    what = said[0] if said else "this is not SPARQL; mend the query there or shortly before"
    return QueryError(f"line {line}, column {column}: {what}", line, column)
