"""The few forms of Markdown that the reference is written in."""

from collections.abc import Iterable, Sequence

MADE = "Made by `python -m tests.reference`; not to be edited."


def page(parts: Iterable[str]) -> str:
    """The parts with a blank line between, those that are empty left out."""
    return "\n\n".join(part for part in parts if part) + "\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; "" where it has no row. A cell is one line, and its bars are no borders."""
    lines = ["| " + " | ".join(cell(each) for each in row) + " |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(headings)} |", f"|{' --- |' * len(headings)}", *lines])


def cell(text: str) -> str:
    """Text as it may stand in a cell."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """Text in the type of code."""
    return f"`{text}`"


def codes(texts: Iterable[str], between: str = ", ") -> str:
    """Several, each in the type of code."""
    return between.join(map(code, texts))


def sentence(text: str) -> str:
    """The text with a capital letter and a full stop."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "?", "!", ":")) else ".")
