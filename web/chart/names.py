"""Names in a drawing, in lines that fit a telephone."""

from textwrap import wrap

LINE, BASELINE, BAR, GAP = 20, 15, 18, 14
"""Heights in px: of a line of a name, to its foot, of a bar, and below it."""

NAME, NOTE = 38, 44
"""Characters of a line of a name, and of a note, whose letters are smaller: what fits on a telephone."""


def lines(name: str, top: int, most: int = 2, characters: int = NAME) -> tuple[tuple[int, str], ...]:
    """The lines of a name, each with the height of its foot, from `top` down; a longer one ends with an ellipsis."""
    found = wrap(name, characters, max_lines=most, placeholder=" …")
    return tuple((top + LINE * number + BASELINE, line) for number, line in enumerate(found))
