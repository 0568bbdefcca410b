"""Tables in which years, ages and the like stand side by side: columns named by a figure, each a part of one field."""

import re
from collections.abc import Sequence

FEWEST = 4
"""Columns named by figures from which a table is of this kind."""

REASON = "years, ages or the like stand side by side here, and no field is one of them"

_FIGURE = re.compile(r"(?:19|20)[0-9]{2}(?: ?[-/–] ?(?:[0-9]{2}|[0-9]{4}))?|[0-9]{1,3}(?: ?[-–] ?[0-9]{1,3}|\+)?")


def side_by_side(headings: Sequence[str]) -> tuple[str, ...]:
    """The headings that are figures, ranges of figures or years, in their order; none where they are few."""
    found = tuple(each for each in headings if _FIGURE.fullmatch(each.strip()))
    return found if len(found) >= FEWEST else ()


def what_to_do(headings: Sequence[str]) -> str:
    """What is said of such columns, in a sentence or two."""
    return (
        f"{len(headings)} columns are named by figures ({headings[0]} … {headings[-1]}): values that stand side by "
        "side. A row has to be one record, so put them below each other first, with these figures in a column of their "
        "own (in Excel: Data, From Table/Range, Unpivot Columns), and send that. Else they are left out."
    )
