"""What of a text is seen on a terminal, which obeys what it does not show."""

import unicodedata

_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def printable(text: str, most: int | None = None) -> str:
    """The text, or so many of its characters, with � for each that a terminal would obey and not show.

    Line ends, tabs and spaces of all kinds stay.
    """
    shown = "".join(each if each in "\n\t" or not _obeyed(each) else _UNKNOWN for each in text[:most])
    return f"{shown}…" if most is not None and len(text) > most else shown


def _obeyed(sign: str) -> bool:
    """Whether it is a control character, or one that turns the direction of what follows (UAX #9, §2)."""
    return unicodedata.category(sign) in ("Cc", "Cs") or sign in _TURNING
