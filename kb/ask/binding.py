"""Binding values to the parameters of a query file, without splicing text into it.

A query file declares its parameters in its first `VALUES (?a ?b) { (default default) }`, so that it runs as it stands;
a single parameter may have several defaults, one a row.
Binding replaces that block by rows of terms as pyoxigraph writes them, wherever it stands in the same words: a
sub-select does not see the block of the query around it (SPARQL 1.1 Query §12), so it has one of its own.
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import product

from pyoxigraph import Literal, NamedNode

from kb.intake.sparql import UNDEF, Term, values

__all__ = ["Binding", "Term", "bind", "parameters", "read"]

_block_in = lru_cache(maxsize=512)(values)
"""A file is bound for each page, and looked through once."""

Binding = Term | Sequence[Term] | None
"""One term, several of which any may match, or None: anything."""


@cache
def read(name: str, package: str = "kb.ask") -> str:
    """The text of the query file `name`.rq that stands beside the modules of `package`."""
    return files(package).joinpath(f"{name}.rq").read_text(encoding="utf-8")


def parameters(text: str) -> dict[str, tuple[str, ...]]:
    """The parameters that a query declares, each with its defaults as written; empty where it declares none."""
    block = _block_in(text)
    return block.defaults if block else {}


def bind(text: str, /, *, limit: int | None = None, offset: int | None = None, **terms: Binding) -> str:
    """The query with its parameters bound; one that is not given keeps its default.

    Several values of several parameters give every combination. `limit` and `offset` are appended. Raises ValueError
    for a parameter that the query does not declare, or a bound that is not a natural number.
    """
    block = _block_in(text)
    declared = block.defaults if block else {}
    unknown = terms.keys() - declared.keys()
    if unknown:
        has = ", ".join(declared) or "none"
        raise ValueError(f"the query has no parameter {', '.join(sorted(unknown))}; it has {has}")
    if block and terms:
        text = text.replace(text[block.start : block.end], _block(declared, terms))
    for keyword, number in (("LIMIT", limit), ("OFFSET", offset)):
        if number is not None:
            if not isinstance(number, int) or number < 0:
                raise ValueError(f"{keyword} {number!r} is not a natural number")
            text = f"{text.rstrip()}\n{keyword} {number}\n"
    return text


def _block(defaults: Mapping[str, Sequence[str]], terms: Mapping[str, Binding]) -> str:
    columns = [_written(terms[name]) if name in terms else written for name, written in defaults.items()]
    rows = " ".join(f"({' '.join(row)})" for row in product(*columns))
    return f"VALUES ({' '.join(f'?{name}' for name in defaults)}) {{ {rows} }}"


def _written(value: Binding) -> Sequence[str]:
    if value is None:
        return [UNDEF]
    several = value if isinstance(value, Sequence) else [value]
    for term in several:
        if not isinstance(term, NamedNode | Literal):
            raise ValueError(f"{term!r} is neither an IRI nor a literal")
    return [str(term) for term in several]
