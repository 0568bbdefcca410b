"""How deep and how long a query may be: pyoxigraph's parser ends the process where its stack overflows.

Counted are tokens, without knowing the whole grammar. What hides behind `<`, which may open an IRI or compare, can be
longer than what is counted; such a query ends the process that evaluates it, and that one alone.
"""

from kb.errors import QueryRefused
from kb.intake.tokens import Token, place, tokens

DEEPEST = 64
"""Brackets within each other; the parser overflows at about 300 in a thread with 2 MB of stack."""

LONGEST = 500
"""Keywords, functions, operators, groups, triples, and terms of a list; chains of about 1,000 have the same end."""

_OPENS = {"(": ")", "[": "]", "{": "}"}
_OPERATORS = frozenset("|&!+-*/^")
_SEPARATORS = frozenset(".;,")
_TERMS = frozenset(["iri", "prefixed", "variable", "string", "language"])


def check_size(text: str) -> None:
    """Raises QueryRefused for what could overflow the stack of the parser, which no exception would tell.

    The values of VALUES and IN do not count: the parser takes any number of them.
    """
    counted = _Counted(text)
    for token in tokens(text):
        counted.add(token)
        if counted.depth > DEEPEST or counted.length > LONGEST:
            line, column = place(text, token.start)
            limits = f"{DEEPEST} brackets within each other and {LONGEST} keywords, operators, groups and triples"
            raise QueryRefused(f"line {line}, column {column}: a query may have up to {limits}; this one has more")


class _Counted:
    """The depth and length of a query up to a token."""

    def __init__(self, text: str) -> None:
        self.length = 0
        self._text = text
        self._brackets = [""]
        self._hidden = 0
        self._before: Token | None = None
        self._values = False
        self._declaring = False

    @property
    def depth(self) -> int:
        """Brackets that are open, or that the last token may hide."""
        return max(len(self._brackets) - 1, self._hidden)

    def add(self, token: Token) -> None:
        """Counts one more token."""
        word = token.text.upper() if token.kind == "word" else ""
        inner, before = self._brackets[-1], self._before
        self._hidden = 0
        if token.text in _OPENS:
            self._open(token.text)
        elif token.text in (")", "]", "}"):
            self._brackets = self._brackets[:-1] or [""]
        elif token.text in "<>" and self._text[token.start + 1 : token.start + 2] == token.text:
            self._quote(token.text)
        elif token.kind == "iri":
            # What reads as an IRI may be a comparison, `1<((1))>0`; no IRI has so many of these.
            self._hidden = sum(map(token.text.count, "([!+-*/|&"))
        elif token.text in _SEPARATORS and inner not in ("(", "values"):
            in_number = token.text == "." and self._text[token.start + 1 : token.start + 2].isdigit()
            self.length += not in_number
        elif (token.text in _OPERATORS and not self._is_value(token, inner)) or word[:1].isalpha():
            self.length += 1
        if inner in ("", "(") and self._is_term(token) and before and self._is_term(before) and not self._declaring:
            self.length += 1
        self._values = word == "VALUES" or (self._values and token.text != "{")
        self._declaring = word in ("PREFIX", "BASE") or (self._declaring and token.kind != "iri")
        self._before = token

    def _open(self, bracket: str) -> None:
        in_values = self._brackets[-1] == "values" or (bracket == "{" and self._values)
        follows = bracket == "(" and self._before is not None and self._before.text == ")"
        self.length += bracket == "{" or (follows and not in_values)
        self._brackets.append("values" if in_values else bracket)

    def _quote(self, sign: str) -> None:
        """Counts the brackets `<<` and `>>` of a quoted triple."""
        if sign == "<":
            self._brackets.append("<")
            self.length += 1
        elif self._brackets[-1] == "<":
            self._brackets.pop()

    def _is_value(self, token: Token, inner: str) -> bool:
        """Whether a sign belongs to a value: to `^^` between a text and its datatype, or to a number of VALUES."""
        before = self._text[max(0, token.start - 2) : token.start]
        return inner == "values" or (token.text == "^" and before.endswith(('"', "'", '"^', "'^")))

    def _is_term(self, token: Token) -> bool:
        return token.kind in _TERMS or (token.kind == "word" and token.text[0].isdigit())
