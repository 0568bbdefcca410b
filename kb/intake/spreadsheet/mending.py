"""The text of a cell without what its way through programs has done to it; whatever was mended is noted."""

import re
from collections.abc import Sequence

from kb.intake.spreadsheet.noting import Kind, Noting

SEPARATOR = "\x1f"
"""Divides cells that are joined (Unicode: information separator one); no mended cell has it."""

_WESTERN = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_TAIL = f"[\x80-\xbf{_WESTERN}]"
_MOJIBAKE = re.compile(f"[ÂÃ]{_TAIL}|â{_TAIL}{{2}}|ï[»¿]{_TAIL}|ð{_TAIL}{{3}}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HIGH_CONTROL = re.compile(r"[\x80-\x9f]")
_SPACES = re.compile("[\xa0\u2000-\u200a\u202f\u205f\u3000]")
_UNSEEN = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_LOST = re.compile("[\ufffd\ud800-\udfff]")
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1e\x7f-\xa0ÂÃâïð\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff\ufffd\ud800-\udfff]"
)

MOJIBAKE = Kind("text that had been saved in one encoding and read in another is mended")
LOST = Kind("a character had been lost before this file was saved (�)", kept=50)
CONTROL = Kind("control characters are left out", kept=5)
SPACES = Kind("non-breaking spaces are read as spaces", kept=0)
UNSEEN = Kind("characters that take no room are left out", kept=0)


def mended_row(cells: Sequence[str], row: int, noting: Noting) -> list[str]:
    """The cells stripped and mended, without the empty ones at their end."""
    line = SEPARATOR.join(cells)
    if line.count(SEPARATOR) >= len(cells) or _ODD.search(line):
        mended = [_mended(cell, row, column, noting) for column, cell in enumerate(cells, start=1)]
    else:
        mended = [cell.strip() for cell in cells]
    while mended and not mended[-1]:
        mended.pop()
    return mended


def _mended(cell: str, row: int, column: int, noting: Noting) -> str:
    if cell.isascii() and cell.isprintable():
        return cell.strip()
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    if _MOJIBAKE.search(text):
        text = _without_mojibake(text, row, column, noting)
    if _CONTROL.search(text):
        noting.add(CONTROL, "a control character is left out", row, column)
        text = _CONTROL.sub(lambda found: "\n" if found[0] in "\x0b\x0c" else "", text)
    if _HIGH_CONTROL.search(text):
        better = _HIGH_CONTROL.sub(_as_western, text)
        meant = next((after for before, after in zip(text, better, strict=True) if before != after), "")
        if meant not in ("", "\ufffd"):
            noting.add(MOJIBAKE, f"“{meant}” of Windows-1252 is read where a control character stood", row, column)
        text = better
    if _SPACES.search(text.strip()):
        noting.add(SPACES, "", row, column)
    text = _SPACES.sub(" ", text)
    if _UNSEEN.search(text):
        noting.add(UNSEEN, "", row, column)
        text = _UNSEEN.sub("", text)
    if lost := _LOST.search(text):
        text = _LOST.sub("\ufffd", text)
        noting.add(LOST, _lost(text, lost.start()), row, column)
    return text.strip()


def _without_mojibake(text: str, row: int, column: int, noting: Noting) -> str:
    """Text in UTF-8 that was read as Windows-1252, up to three times over."""
    for _ in range(3):
        better = _MOJIBAKE.sub(_as_utf8, text)
        if better == text:
            break
        first = next(found[0] for found in _MOJIBAKE.finditer(text) if _as_utf8(found) != found[0])
        meant = _MOJIBAKE.sub(_as_utf8, first)
        noting.add(MOJIBAKE, f"“{first}” is read as “{meant.replace(chr(0xA0), ' ')}”", row, column)
        text = better
    return text


def _as_utf8(found: re.Match[str]) -> str:
    raw = b"".join(_byte(character) for character in found[0])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return found[0]


def _as_western(found: re.Match[str]) -> str:
    return found[0].encode("latin-1").decode("cp1252", "replace")


def _byte(character: str) -> bytes:
    return character.encode("cp1252" if character in _WESTERN else "latin-1")


def _lost(text: str, at: int) -> str:
    near = " ".join(text[max(0, at - 12) : at + 13].split())
    perhaps = "; perhaps it was £" if text[at + 1 : at + 2].isdigit() else ""
    return f"a character was lost before this file was saved, in “{near}”{perhaps}: correct the cell"
