"""Which graphs a query reads, by its dataset and its GRAPH clauses (SPARQL 1.1 Query §13)."""

import re
from collections.abc import Iterator
from typing import Any

from pyoxigraph import NamedNode, Store

from kb.ask.query import Query
from kb.intake.tokens import Token, opening, tokens

DEFAULT = "default"
"""The store's default graph: the merge of all public graphs."""

NAMED = "named"
"""Any of the named graphs: the graph is a variable."""

_WORDS = re.compile("FROM|GRAPH", re.IGNORECASE)
_CLAUSE = re.compile("(FROM|NAMED|GRAPH)(.+)", re.IGNORECASE | re.DOTALL)


def graphs_read(query: Query) -> tuple[str, ...]:
    """DEFAULT, NAMED, and IRIs, each once. It parses the prologue of the query, and so belongs in a worker."""
    default: list[str] = []
    others: list[str] = []
    chosen = False
    for word, token in _clauses(query.text):
        chosen = chosen or word in ("FROM", "NAMED")
        (default if word == "FROM" else others).append(_graph(query, token))
    if query.default_graphs is not None or query.named_graphs is not None:
        named = query.named_graphs or ()
        default, others = list(query.default_graphs or ()), [each for each in others if each in (NAMED, *named)]
    elif not chosen:
        default = [DEFAULT]
    return tuple(dict.fromkeys([*default, *others]))


def _clauses(text: str) -> Iterator[tuple[str, Token]]:
    """FROM, NAMED or GRAPH with the token that says which graph; no space need stand between them."""
    if not _WORDS.search(text):
        return
    before = ""
    for token in tokens(text):
        joined = _CLAUSE.fullmatch(token.text) if token.kind == "prefixed" else None
        if before in ("FROM", "NAMED", "GRAPH") and token.text.upper() != "NAMED":
            yield before, token
        elif joined is not None:
            yield joined[1].upper(), Token("prefixed", joined[2], token.start + joined.start(2))
        before = token.text.upper() if token.kind == "word" else ""


def _graph(query: Query, token: Token) -> str:
    """The IRI that the token stands for; as it is written where it cannot be told."""
    if token.kind not in ("iri", "prefixed"):
        return NAMED
    word = opening(query.text)
    prologue = query.text[: word.start] if word else ""
    try:
        found: Any = Store().query(f"{prologue} SELECT ?g {{ VALUES ?g {{ {token.text} }} }}", base_iri=query.base)
        [[graph]] = found
    except (SyntaxError, ValueError):
        return token.text
    return graph.value if isinstance(graph, NamedNode) else token.text
