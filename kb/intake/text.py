"""Reading the text of one file, whatever it holds; the only place that says why it cannot be read."""

from pathlib import Path

from kb.errors import BadInput

A_FOLDER = "is a folder; name the files in it"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_text(path: Path) -> str:
    """The text of a UTF-8 file without its byte order mark, its line ends as they stand.

    Raises BadInput where there is no such file, it is a folder, the system refuses to read it, or it is not UTF-8
    (then with line and column).
    """
    if path.is_dir():
        raise BadInput(f"{path}: {A_FOLDER}")
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file") from error
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from error
    content = content.removeprefix(_BYTE_ORDER_MARK)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{place_of(path, content, error.start)}: not UTF-8; save the file as UTF-8") from error


def place_of(path: Path, content: bytes, offset: int) -> str:
    """`file, line, column` of a byte offset in UTF-8 text; both count from 1, columns in characters."""
    before = content[:offset]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    return f"{path}, line {line}, column {column}"
