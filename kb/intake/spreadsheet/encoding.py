"""The encoding of a text file: told by its byte-order mark, else by what can be decoded."""

import codecs
from pathlib import Path

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
        return mark or "utf-8", _checked(opened, file)


def _without_mark(head: bytes) -> str | None:
    """UTF-16 in which most characters have an empty half."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    if odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 * half and odd < 0.05 * half else None


def _checked(opened, file: str) -> list[Note]:  # type: ignore[no-untyped-def]
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
    return [] if plain else [Note("not UTF-8: read as Windows-1252, the encoding of older Excel files")]
