"""The encoding of a text file: told by its byte-order mark, else by what can be decoded."""

import codecs
from pathlib import Path
from typing import BinaryIO

from kb.errors import BadInput
from kb.intake.grid import Note

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PIECE = 1 << 20
_SAMPLE = 1 << 12
_LIKELY = frozenset("£’‘“”–—…•€é½¼¾°²©®™\xa0")
_ONE_BYTE = {
    "cp1252": "Windows-1252, the encoding of older Excel files",
    "mac_roman": "Mac Roman, the encoding of older Macintosh files",
    "cp850": "DOS code page 850",
}

WESTERN = "whatworks.western"
"""Name of the error handler that reads bytes that are no UTF-8 as Windows-1252."""


def _western(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    raw = error.object[error.start : error.end]
    return "".join(bytes([byte]).decode("cp1252", "replace") for byte in raw), error.end


codecs.register_error(WESTERN, _western)


def encoding_of(path: Path, file: str) -> tuple[str, list[Note]]:
    """Name of the encoding, to be opened with `errors=WESTERN`, and what there is to say of it.

    Raises BadInput for a file that holds NUL characters.
    """
    with path.open("rb") as opened:
        head = opened.read(_SAMPLE)
        mark = next((name for mark, name in _MARKS if head.startswith(mark)), None)
        if mark in ("utf-16", "utf-32"):
            return mark, []
        if b"\0" in head and (wide := _without_mark(head)):
            return wide, [Note(f"read as {wide.upper()}, which its bytes suggest")]
        opened.seek(0)
        if _is_utf8(opened, file):
            return mark or "utf-8", []
        opened.seek(0)
        return _of_one_byte(opened)


def _of_one_byte(opened: BinaryIO) -> tuple[str, list[Note]]:
    """The encoding in which most of the characters beyond ASCII are those that British texts have.

    charset-normalizer would take the quotation marks of Windows-1252 for letters of a Macintosh.
    """
    high = bytearray()
    while (piece := opened.read(_PIECE)) and len(high) < _SAMPLE:
        high += piece.translate(None, bytes(range(128)))
    likely = {name: sum(map(_LIKELY.__contains__, high.decode(name, "replace"))) for name in _ONE_BYTE}
    best = max(_ONE_BYTE, key=likely.__getitem__)
    note = [Note(f"not UTF-8: read as {_ONE_BYTE[best]}")]
    return ("utf-8" if best == "cp1252" else best), note


def _without_mark(head: bytes) -> str | None:
    """UTF-16 of a Latin script: one half of most characters is empty, and none is a control character."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    text = head[: len(head) // 2 * 2].decode(name, "replace")
    latin = sum(character in "\t\r\n" or " " <= character < "\u0250" for character in text)
    return name if latin >= 0.9 * len(text) and "\0" not in text else None


def _is_utf8(opened: BinaryIO, file: str) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    plain = True
    row = 1
    while piece := opened.read(_PIECE):
        if b"\0" in piece:
            row += piece[: piece.index(b"\0")].count(b"\n")
            raise BadInput(f"{file}, line {row}: holds a NUL character: it is damaged, or no text")
        row += piece.count(b"\n")
        if plain:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                plain = False
    if plain:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            plain = False
    return plain
