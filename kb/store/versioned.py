"""A query for the graphs of datasets, made into one for the graphs of one version on an engine.

`GRAPH ?g { … }` becomes `GRAPH <names> { ?version <versionOf> ?g } GRAPH ?version { … }`, so that a query sees the
names that it knows, in `GRAPH <…>`, in VALUES, in joins with what the catalogue says of them and in its answer. The two
patterns stand where the one stood, joined; a version has one graph for each name, so no solution is lost or doubled.
Dataset clauses are taken out: they go with the request, by their names on the engine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from pyoxigraph import NamedNode

from kb.errors import QueryRefused
from kb.intake.tokens import Token, place, tokens, undeclared
from kb.store.versions import NOWHERE, VERSION_OF, Version

_GLUED = ("GRAPH", "FROM", "NAMED")


@dataclass(frozen=True)
class Versioned:
    """A query as an engine gets it; `added` is the start of the names of variables that were put into it.

    `default` and `named` are the names in the query's own dataset clauses, None where it has none.
    """

    text: str
    added: str
    default: tuple[str, ...] | None
    named: tuple[str, ...] | None
    uses_graphs: bool


def versioned(text: str, version: Version, base: str | None = None) -> Versioned:
    """The query on a version; the text is well formed, and its relative IRIs start at `base`.

    Raises QueryRefused where no space stands between a name and the keyword before it, so that the two readings that
    the grammar allows cannot be told apart by tokens.
    """
    read = list(tokens(text))
    _refuse_glued(text, read)
    added = "version"
    while added in text:
        added += "_"
    clauses = _Clauses(read, base)
    edits: list[tuple[int, int, str]] = []
    count = 0
    for at, token in enumerate(read):
        word = token.text.upper() if token.kind == "word" else ""
        if word == "GRAPH":
            count += 1
            name = read[at + 1]
            chosen = f"?{added}{count}"
            names = f"GRAPH {NamedNode(version.names)} {{ {chosen} {VERSION_OF} {name.text} }} GRAPH {chosen}"
            edits.append((token.start, name.start + len(name.text), names))
        elif word == "FROM":
            name = clauses.take(at)
            edits.append((token.start, name.start + len(name.text), " "))
    for start, end, instead in reversed(edits):
        text = text[:start] + instead + text[end:]
    if base is not None:
        text = f"BASE {NamedNode(base)} {text}"
    found = clauses.default or clauses.named
    return Versioned(
        text,
        added,
        tuple(clauses.default) if found else None,
        tuple(clauses.named) if found else None,
        count > 0,
    )


def graphs(version: Version, names: Sequence[str]) -> list[str]:
    """The graphs of a version that have these names; a name that it does not hold stands for an empty graph."""
    return [version.graphs.get(name, NOWHERE) for name in names]


class _Clauses:
    """The dataset clauses of a query, with their names resolved by its prologue (SPARQL 1.1 Query §4.1.1, §13.2)."""

    def __init__(self, read: Sequence[Token], base: str | None) -> None:
        self._read = read
        self._base = base or ""
        self._prefixes: dict[str, str] = {}
        self.default: list[str] = []
        self.named: list[str] = []
        for at, token in enumerate(read[:-2]):
            word = token.text.upper() if token.kind == "word" else ""
            if word == "BASE" and read[at + 1].kind == "iri":
                self._base = self._resolved(read[at + 1])
            elif word == "PREFIX" and read[at + 1].kind == "prefixed":
                self._prefixes[read[at + 1].text.removesuffix(":")] = self._resolved(read[at + 2])

    def take(self, at: int) -> Token:
        """Notes the graph of the clause that begins at this token, and answers the token that names it."""
        named = self._read[at + 1].text.upper() == "NAMED"
        token = self._read[at + 2 if named else at + 1]
        (self.named if named else self.default).append(self._resolved(token))
        return token

    def _resolved(self, token: Token) -> str:
        if token.kind == "iri":
            iri = token.text[1:-1]
            return urljoin(self._base, iri) if self._base else iri
        prefix, _, local = token.text.partition(":")
        return self._prefixes.get(prefix, "") + local.replace("\\", "")


def _refuse_glued(text: str, read: Sequence[Token]) -> None:
    glued = undeclared(text)
    for token in read:
        word = token.text.upper() if token.kind == "word" else ""
        if word.endswith(_GLUED) and word not in _GLUED:
            glued = token
    if glued is not None:
        line, column = place(text, glued.start)
        raise QueryRefused(f"line {line}, column {column}: write a space around the keyword in {glued.text}")
