"""The tokens of a SPARQL query, as pyoxigraph may read them (SPARQL 1.1 Query §19.8).

Its parser needs no space between words (`SERVICEex:a{` runs), and `<` may open an IRI or compare two values: which one
only the whole grammar knows. So the look for SERVICE follows both readings wherever both could be meant: a string, a
comment or an IRI hides the word only if it does so in every reading.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from kb.errors import QueryError, QueryRefused

IRI = r'<[^<>"{}|^`\x00-\x20]*>'
STRING = (
    r'"{3}(?:"{0,2}(?:[^"\\]++|\\.))*"{3}' r"|'{3}(?:'{0,2}(?:[^'\\]++|\\.))*'{3}"
    r'|"(?:[^"\\\n\r]++|\\.)*"' r"|'(?:[^'\\\n\r]++|\\.)*'"
)  # fmt: skip
_TOKEN = re.compile(
    rf"""
      (?P<comment>\#[^\n\r]*)
    | (?P<string>{STRING})
    | (?P<iri>{IRI})
    | (?P<variable>[?$]\w+)
    | (?P<language>@[A-Za-z][A-Za-z0-9-]*)
    | (?P<prefixed>(?:[^\W_](?:[\w.·-]{{0,63}}[\w·-])?|_)?:(?:[\w:%·-]++|\\.|\.(?=[\w:%\\·.-]))*)
    | (?P<word>\w+)
    | (?P<space>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACE = r"(?:\s++|\#[^\n\r]*[\n\r])*"
_SERVICE = re.compile(
    rf"SERVICE{_SPACE}(?:(?:{IRI}|(?:[^\s{{}}()<>\"'\#\\]++|\\.)+){_SPACE}){{0,2}}\{{", re.IGNORECASE
)
"""The word, SILENT or not, a variable or IRI, and the brace; with or without space between."""

_QUOTES = ("'", '"')
_TAKES_A_GRAPH = frozenset(["GRAPH", "FROM", "NAMED"])
_READINGS = 100_000
"""Steps after which a query counts as too ambiguous; an ordinary one takes as many as it has tokens."""

MOST = 100_000
"""Tokens, spaces and comments that are looked at, which bounds the time for it."""

_UNCLOSED = 2
"""Quotes that open no string, for each of which the rest of the query is looked through."""

_ESCAPES = 2000
"""Backslashes of a query with the word; a run of them could be divided between SILENT and a name in as many ways."""

_LONGEST_NAME = 1000
"""Characters of a name in which SERVICE is looked for at each place."""


class Token(NamedTuple):
    """Kind (string, iri, variable, language, prefixed, word or other), text, and offset in the query."""

    kind: str
    text: str
    start: int


def tokens(query: str) -> Iterator[Token]:
    """The tokens without space and comments, where each `<…>` that can be an IRI is one.

    Raises QueryRefused for more than MOST, QueryError for quotes that open no string.
    """
    unclosed = 0
    for count, found in enumerate(_TOKEN.finditer(query)):
        kind = str(found.lastgroup)
        if kind == "other" and found[0] in _QUOTES:
            unclosed += 1
        if count > MOST or unclosed > _UNCLOSED:
            raise _unreadable(query, found.start(), unclosed)
        if kind not in ("comment", "space"):
            yield Token(kind, found[0], found.start())


def opening(query: str) -> Token | None:
    """The first token that belongs to no declaration of the prologue (§4.1.1): the word that says the form."""
    return next((token for token in tokens(query) if not declares(token)), None)


def declares(token: Token) -> bool:
    """Whether the token, after others of the prologue alone, belongs to a declaration."""
    return token.kind in ("iri", "prefixed", "string") or token.text.upper() in ("BASE", "PREFIX", "VERSION")


def undeclared(query: str) -> Token | None:
    """The first name whose prefix no PREFIX declares: the commonest mistake, which pyoxigraph's message leaves out."""
    declared = {"_"}
    before = ""
    for token in tokens(query):
        prefix = token.text.partition(":")[0]
        if token.kind == "prefixed" and before == "PREFIX":
            declared.add(prefix)
        elif token.kind == "prefixed" and prefix not in declared:
            return token
        before = token.text.upper()
    return None


def place(query: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset; both count from 1."""
    before = query[:offset].split("\n")
    return len(before), len(before[-1]) + 1


def calls_service(query: str) -> bool:
    """Whether the query holds a SERVICE clause in any reading. Raises QueryRefused when there are too many readings."""
    return bool(services(query))


def services(query: str) -> list[int]:
    """The offset of each SERVICE clause that the query holds in any reading, in their order.

    Raises QueryRefused when there are too many readings, QueryError for quotes that open no string.
    """
    if "service" not in query.lower():
        return []
    if query.count("\\") > _ESCAPES:
        raise QueryRefused(f"more than {_ESCAPES} backslashes are too many to be sure that the query calls no SERVICE")
    calls: set[int] = set()
    unclosed = 0
    # A reading is an offset, the token before it, and the open brackets around it.
    pending: list[tuple[int, str, str]] = [(0, "", "")]
    seen: set[tuple[int, str, str]] = set()
    while pending:
        reading = pending.pop()
        if reading in seen or reading[0] >= len(query):
            continue
        seen.add(reading)
        if len(seen) > _READINGS:
            raise QueryRefused("the query is too long to be sure that it calls no SERVICE; shorten it")
        offset, before, brackets = reading
        found = _TOKEN.match(query, offset)
        assert found is not None
        kind, text = str(found.lastgroup), found[0]
        unclosed += kind == "other" and text in _QUOTES
        if unclosed > _UNCLOSED:
            raise _unreadable(query, offset, unclosed)
        if kind in ("comment", "space"):
            pending.append((found.end(), before, brackets))
            continue
        if kind in ("word", "prefixed") and before.upper() not in _TAKES_A_GRAPH:
            calls.update(_services_in(query, offset, text))
        if kind == "iri" and _may_compare(before, brackets):
            pending.append((offset + 1, "<", brackets))
        pending.append((found.end(), _remembered(kind, text), _nested(brackets, text)))
    return sorted(calls)


def _services_in(query: str, offset: int, text: str) -> Iterator[int]:
    """Where SERVICE clauses start in this token, before the colon if it has one; a very long name counts as one."""
    names = text.partition(":")[0].lower()
    if len(names) > _LONGEST_NAME and "service" in names:
        yield offset
        return
    at = names.find("service")
    while at != -1:
        if _SERVICE.match(query, offset + at):
            yield offset + at
        at = names.find("service", at + 1)


def _unreadable(query: str, offset: int, unclosed: int) -> QueryError | QueryRefused:
    line, column = place(query, offset)
    where = f"line {line}, column {column}"
    if unclosed > _UNCLOSED:
        return QueryError(f"{where}: this quote opens a string that no other closes on its line", line, column)
    return QueryRefused(f"{where}: a query may have up to {MOST} words, signs and spaces between; this one has more")


def _may_compare(before: str, brackets: str) -> bool:
    """Whether `<` after this token may be "less than", which stands in brackets after an operand, or open `<<`."""
    return before == "<" or (brackets.endswith("(") and before in ("operand", ")", ">"))


def _remembered(kind: str, text: str) -> str:
    if kind == "other":
        return text
    return text if kind == "word" and text.upper() in _TAKES_A_GRAPH else "operand"


def _nested(brackets: str, text: str) -> str:
    if text in ("(", "[", "{"):
        return brackets + text
    return brackets[:-1] if text in (")", "]", "}") else brackets
