"""Which graphs a query reads, by its dataset and its GRAPH clauses (SPARQL 1.1 Query §13)."""

from collections.abc import Iterator

from kb.ask.query import Query
from kb.intake.tokens import Token, tokens

DEFAULT = "default"
"""The store's default graph: the merge of all public graphs."""

NAMED = "named"
"""Any of the named graphs: the graph is a variable."""


def graphs_read(query: Query) -> tuple[str, ...]:
    """DEFAULT, NAMED, and IRIs, each once; a name that no prefix declares stays as it is written."""
    found = list(tokens(query.text))
    prefixes = dict(_prefixes(found))
    default: list[str] = []
    others: list[str] = []
    for before, token in zip(found, found[1:], strict=False):
        word = before.text.upper()
        named = word == "NAMED"
        if before.kind == "word" and word in ("FROM", "NAMED", "GRAPH") and token.text.upper() != "NAMED":
            (others if named or word == "GRAPH" else default).append(_graph(token, prefixes))
    if query.default_graphs is not None or query.named_graphs is not None:
        default, named_graphs = list(query.default_graphs or ()), list(query.named_graphs or ())
        others = [graph for graph in others if graph in (NAMED, *named_graphs)]
    elif not default and not any(each.text.upper() == "FROM" and each.kind == "word" for each in found):
        default = [DEFAULT]
    return tuple(dict.fromkeys([*default, *others]))


def _prefixes(found: list[Token]) -> Iterator[tuple[str, str]]:
    for word, name, iri in zip(found, found[1:], found[2:], strict=False):
        if word.text.upper() == "PREFIX" and name.kind == "prefixed" and iri.kind == "iri":
            yield name.text.partition(":")[0], iri.text[1:-1]


def _graph(token: Token, prefixes: dict[str, str]) -> str:
    if token.kind == "iri":
        return token.text[1:-1]
    if token.kind == "prefixed":
        prefix, _, local = token.text.partition(":")
        return prefixes[prefix] + local if prefix in prefixes else token.text
    return NAMED
