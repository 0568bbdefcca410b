"""What of a text is seen: a name that shows nothing is no link, and a terminal obeys what it does not show."""

import unicodedata

_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Signs that Unicode counts as letters and symbols, and that are drawn as nothing."""

_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def is_seen(text: str) -> bool:
    """Whether there is anything to read in it: a letter, figure, mark of punctuation or symbol."""
    return any(unicodedata.category(sign)[0] in "LNPS" and sign not in _BLANK for sign in text)


def printable(text: str, most: int | None = None) -> str:
    """The text, or so many of its characters, with � for each that a terminal would obey and not show.

    Line ends and tabs stay.
    """
    shown = "".join(each if each.isprintable() or each in "\n\t" else _UNKNOWN for each in text[:most])
    return f"{shown}…" if most is not None and len(text) > most else shown
