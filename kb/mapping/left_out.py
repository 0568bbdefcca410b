"""What of the sheets was not taken up: values that could not be read, and columns that nobody has decided."""

from collections import Counter
from collections.abc import Iterator

from kb.mapping.prepare import Prepared

SHOWN = 50
"""Different values that are named; of more it is said how many there are."""


def left_out(prepared: Prepared) -> Iterator[str]:
    """A line for each different value that was left out, the most frequent first, and for each undecided column."""
    counted = Counter(
        (each.place.sheet or each.place.file, each.place.heading, each.place.written, each.sentence)
        for each in prepared.problems
        if each.level == "should" and each.place.written
    )
    for (sheet, heading, _, sentence), rows in counted.most_common(SHOWN):
        yield f"left out: {sheet}, {heading}, in {rows:,} {'row' if rows == 1 else 'rows'}: {sentence}"
    if len(counted) > SHOWN:
        yield f"left out: {len(counted) - SHOWN:,} more different values; `whatworks check` names them all"
    for each in prepared.undecided:
        if each.heading and not each.said_once:
            yield f"left out: {each.sheet or each.file}: the column “{each.heading}”, which is not decided"
