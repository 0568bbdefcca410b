"""The words of SPARQL (1.1 Query §19.8, with what pyoxigraph reads of 1.2), and those of a query that are none.

A name without a colon and without a question mark is one of these words or a mistake; the parser reads the whole word
before it knows, and then points at what follows.
"""

from collections.abc import Iterator, Sequence

from kb.errors import near
from kb.intake.tokens import Token

KEYWORDS = frozenset([
    "A", "AS", "ASC", "ASK", "BASE", "BIND", "BY", "CONSTRUCT", "DESC", "DESCRIBE", "DISTINCT", "EXISTS",
    "FALSE", "FILTER", "FROM", "GRAPH", "GROUP", "HAVING", "IN", "LATERAL", "LIMIT", "MINUS", "NAMED", "NOT", "OFFSET",
    "OPTIONAL", "ORDER", "PREFIX", "REDUCED", "SELECT", "SEPARATOR", "SERVICE", "SILENT", "TRUE", "UNDEF",
    "UNION", "VALUES", "VERSION", "WHERE",
])  # fmt: skip
FUNCTIONS = frozenset([
    "ABS", "ADJUST", "AVG", "BNODE", "BOUND", "CEIL", "COALESCE", "CONCAT", "CONTAINS", "COUNT", "DATATYPE", "DAY",
    "ENCODE_FOR_URI", "FLOOR", "GROUP_CONCAT", "HASLANG", "HASLANGDIR", "HOURS", "IF", "IRI", "ISBLANK",
    "ISIRI", "ISLITERAL", "ISNUMERIC", "ISTRIPLE", "ISURI", "LANG", "LANGDIR", "LANGMATCHES", "LCASE", "MAX",
    "MD5", "MIN", "MINUTES", "MONTH", "NOW", "OBJECT", "PREDICATE", "RAND", "REGEX", "REPLACE", "ROUND",
    "SAMETERM", "SAMPLE", "SECONDS", "SHA1", "SHA256", "SHA384", "SHA512", "STR", "STRAFTER", "STRBEFORE",
    "STRDT", "STRENDS", "STRLANG", "STRLANGDIR", "STRLEN", "STRSTARTS", "STRUUID", "SUBJECT", "SUBSTR", "SUM",
    "TIMEZONE", "TRIPLE", "TZ", "UCASE", "URI", "UUID", "YEAR",
])  # fmt: skip

_SIGNS = {"AND": "&&", "OR": "||"}
"""Words of other languages for what SPARQL has signs for."""

_NEAR = 0.75
"""How like a word of SPARQL (difflib) another must be to have been meant; of so many one is a little like any."""

_SHOWN = 40
"""Characters of a word that are written again."""


def unknown_words(found: Sequence[Token]) -> Iterator[tuple[str, int]]:
    """What each word is that SPARQL does not know, with what may have been meant, and its offset in the query.

    Where a quote opens no string, any may belong to what was meant to be one, and none is told.
    """
    if any(token.kind == "other" and token.text in ("'", '"') for token in found):
        return
    for word, after in zip(found, [*found[1:], None], strict=True):
        name = word.text.upper()
        if word.kind != "word" or name[0].isdigit() or _is_known(name):
            continue
        called = after is not None and after.text == "("
        first, second = (FUNCTIONS, KEYWORDS) if called else (KEYWORDS, FUNCTIONS)
        alike = near(name, first, n=1, cutoff=_NEAR) or near(name, second, n=1, cutoff=_NEAR)
        meant = [_SIGNS[name]] if name in _SIGNS else alike
        shown = word.text if len(word.text) <= _SHOWN else f"{word.text[:_SHOWN]}…"
        hint = f"nearest: {meant[0]}" if meant else f"a variable is written ?{shown}, a term with its prefix"
        yield f"{shown} is no word of SPARQL; {hint}", word.start


def _is_known(name: str) -> bool:
    """Whether it is a word, or two without the space between that pyoxigraph needs none of."""
    words = KEYWORDS | FUNCTIONS
    return name in words or any(name[:end] in words and name[end:] in words for end in range(2, len(name) - 1))
