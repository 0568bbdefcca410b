"""Postcodes of the United Kingdom, in full or in part: their form only, not whether there is such a one."""

import re

from kb.mapping.values.said import LONGEST, Said, bounded, empty, literal, noted, says_nothing, unread
from kb.vocabulary import XSD_STRING

_OUTWARD = r"[A-Z]{1,2}[0-9][0-9A-Z]?"
_FULL = re.compile(rf"({_OUTWARD})([0-9][A-Z]{{2}})")
_SECTOR = re.compile(rf"({_OUTWARD}) ([0-9])")
_FIRST = re.compile(_OUTWARD)
_WITHIN = re.compile(r"\b([A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2})\b")


def postcode(cell: str) -> str | None:
    """The postcode in capitals with one space, its sector (CT9 1) or its first half (CT9); None where it is none."""
    if len(cell) > LONGEST:
        return None
    written = " ".join(cell.replace("\u00a0", " ").upper().split()).strip(".,; ")
    squeezed = written.replace(" ", "")
    if full := _FULL.fullmatch(squeezed):
        return f"{full[1]} {full[2]}"
    if _SECTOR.fullmatch(written) or _FIRST.fullmatch(written):
        return written
    return None


def full_postcode(words: str) -> str:
    """The first full postcode that stands in a text of up to LONGEST characters; empty where none does."""
    found = _WITHIN.search(words[:LONGEST].upper())
    return (postcode(found[1]) or "") if found else ""


@bounded
def read_postcode(cell: str) -> Said:
    """A postcode, also a partial one; letters O and I where figures belong are suggested, not mended."""
    found = postcode(cell)
    if found:
        return Said((literal(found, XSD_STRING),))
    if says_nothing(cell):
        return empty(cell)
    within = _WITHIN.findall(cell.upper())
    if len(within) == 1 and (inner := postcode(within[0])):
        return noted(literal(inner, XSD_STRING), f"“{cell}” holds the postcode {inner}; the rest was left out.")
    likely = _likely(cell)
    return unread(f"“{cell}” is not a postcode.", *([likely] if likely else []))


def _likely(cell: str) -> str | None:
    """With O for 0 and I for 1, or the reverse, at the places where figures and letters stand."""
    signs = cell.upper().replace(" ", "")
    if not 5 <= len(signs) <= 7:
        return None
    figures, letters = str.maketrans("OIL", "011"), str.maketrans("01", "OI")
    return postcode(signs[:1] + signs[1:-2].translate(figures) + signs[-2:].translate(letters))
