"""What a file is, told by its content; its name is believed only where text could be either."""

import re
from pathlib import Path

from kb.errors import BadInput, either

_HEAD = 4096
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = (
    (b"%PDF", "a PDF; ask for the spreadsheet that it was made from"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"PK\x05\x06", "an archive with nothing in it"),
    (b"{\\rtf", "a text document; copy its table into a spreadsheet"),
    (b"PAR1", "a Parquet file; save it as CSV"),
    (b"SQLite format 3", "a database; save its table as CSV"),
)
_SAVE = "open it in a spreadsheet program and save it as .xlsx or CSV"
_JSON_NAMES = (".json", ".geojson")
KINDS = ("CSV", "text with dividers", "Excel", "OpenDocument (.ods)", "GeoJSON", "JSON", "zip")


def kind_of(path: Path, file: str) -> str:
    """`zip` (which may be a workbook, see archive), `workbook`, `json` or `text`.

    Raises BadInput for an empty file, an encrypted workbook and what is known to be something else.
    """
    with path.open("rb") as opened:
        head = opened.read(_HEAD)
    if not head.strip():
        raise BadInput(f"{file}: is empty")
    if head.startswith(_ZIP):
        return "zip"
    if head.startswith(_OLE):
        if _ENCRYPTED in path.read_bytes():
            raise BadInput(f"{file}: is encrypted with a password: save it without one")
        return "workbook"
    for begin, what in _OTHERS:
        if head.startswith(begin):
            raise BadInput(f"{file}: is {what} (read are {either(KINDS)})")
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if re.match(r"<(\?xml|!doctype|html|table|\w+[\s>])", text, re.IGNORECASE):
        raise BadInput(f"{file}: is a web page or XML, whatever its name says: {_SAVE}")
    if re.match(r"\w+\s*[:=]\s*[\[{]\s*[{\"]", text):
        raise BadInput(f"{file}: is a piece of a program: keep its list alone, from [ to ], and name it .json")
    if text.startswith(("{", "[")) and (file.lower().endswith(_JSON_NAMES) or re.match(r"[\[{]\s*[\[{\"\]}]", text)):
        return "json"
    return "text"
