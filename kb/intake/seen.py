"""Whether a text shows anything: a name that does not leaves a link, or a heading, without words."""

import unicodedata

_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Signs that Unicode counts as letters and symbols, and that are drawn as nothing."""


def is_seen(text: str) -> bool:
    """Whether there is anything to read in it: a letter, figure, mark of punctuation or symbol."""
    return any(unicodedata.category(sign)[0] in "LNPS" and sign not in _BLANK for sign in text)
