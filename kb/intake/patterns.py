"""Triple patterns that lack a part or run into the next, braces and quotes that are not closed, in a query's tokens.

Where one is, the parser names the word that it tried last, at the end of the group. Only what is certain is told: a
statement that has a path, brackets or an operator in it is passed over.
"""

from collections.abc import Iterator, Sequence

from kb.intake.tokens import Token

Wrong = tuple[str, int]
"""What is wrong and what to write, and the offset in the query where it stands."""

_PARTS = "subject, property and value"
_TERMS = frozenset(["variable", "iri", "prefixed", "string"])
_WORDS = frozenset(["a", "true", "false"])
_CLOSES = {"{": "}", "(": ")", "[": "]"}
_OPENS = {close: opens for opens, close in _CLOSES.items()}
_NEEDED = {"": 3, ";": 2, ",": 1}
"""Terms of a statement, and of what follows a semicolon or a comma in it."""


def wrong_patterns(found: Sequence[Token]) -> Iterator[Wrong]:
    """The statements directly within braces that have too few terms or too many (SPARQL 1.1 Query §5.1, §4.2)."""
    depth, brackets, values, plain = 0, 0, False, False
    terms: list[Token] = []
    since = ""
    for token in found:
        text = token.text
        if brackets or text in ("(", "["):
            brackets += (text in ("(", "[")) - (text in (")", "]"))
            plain = False
        elif text in ("{", "}", ".", ";", ","):
            if depth and plain and not values:
                yield from _counted(terms, since, token)
            depth += (text == "{") - (text == "}")
            values = values and text != "}"
            plain, terms, since = plain or text in ("{", "}", "."), [], text if text in _NEEDED else ""
        elif token.kind in _TERMS or text in _WORDS:
            terms.append(token)
        elif token.kind == "word" and not text[0].isdigit():
            if depth and plain and not values:
                yield from _counted(terms, since, token)
            values = values or text.upper() == "VALUES"
            plain, terms, since = False, [], ""
        elif token.kind != "language":
            plain = False


def unclosed(found: Sequence[Token], end: int) -> Iterator[Wrong]:
    """Quotes that open no string, and brackets without their other half; `end` is the offset where the query ends."""
    opened: list[str] = []
    for token in found:
        text = token.text
        if token.kind == "other" and text in ("'", '"'):
            yield f"this quote ({text}) opens a string that no other closes on its line", token.start
            return
        if text in _CLOSES:
            opened.append(_CLOSES[text])
        elif text in _OPENS and text not in opened:
            yield f"this {text} closes no {_OPENS[text]}: leave it out, or open one before", token.start
            return
        elif text in _OPENS and opened.pop() != text:
            yield f"a bracket is not closed before this {text}", token.start
            return
    if opened:
        yield f"not closed at the end: write {' '.join(reversed(opened))}", end


def _counted(terms: Sequence[Token], since: str, end: Token) -> Iterator[Wrong]:
    needed = _NEEDED[since]
    if not terms or len(terms) == needed:
        return
    if len(terms) > needed:
        before = terms[needed]
        yield f"a full stop belongs before {before.text}: a triple pattern is {_PARTS}", before.start
        return
    lacks = "a property and a value are" if needed - len(terms) == 2 else "a value is"
    yield f"{lacks} missing before {end.text!r}, after {terms[-1].text}: a triple pattern is {_PARTS}", end.start
