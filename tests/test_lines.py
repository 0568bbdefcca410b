"""Lines that are too many for a list behave as a list of them does."""

import random
from bisect import bisect_left

import pytest

from kb.intake import lines
from kb.intake.lines import BLOCK, Lines, Sorting, kept, merged, only, pieces, place, split
from kb.store.difference import Difference, difference

LISTED = sorted(b'<https://x.example/%d> <https://x.example/p> "%d" .' % (number, number % 7) for number in range(1000))


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything above 100 lines lies in a file."""
    monkeypatch.setattr(lines, "FEW", 100)


def test_lines_in_a_file_are_read_as_those_of_a_list() -> None:
    filed = kept(LISTED)
    assert isinstance(filed, Lines)
    assert len(filed) == len(LISTED)
    assert list(filed) == LISTED
    assert [filed[each] for each in range(-1000, 1000)] == LISTED + LISTED
    for at in (slice(0, 3), slice(60, 70), slice(5, 5), slice(900, 2000), slice(BLOCK, 2 * BLOCK), slice(0, 9, 3)):
        assert filed[at] == LISTED[at]
    with pytest.raises(IndexError):
        filed[1000]


def test_few_lines_stay_a_list() -> None:
    assert kept(iter(LISTED[:99])) == LISTED[:99]
    assert merged([]) == []


def test_a_line_is_found_by_its_start() -> None:
    filed = kept(LISTED)
    for start in (b"", b"<a", b"~", *(line[:30] for line in LISTED), *LISTED):
        assert place(filed, start) == place(LISTED, start) == bisect_left(LISTED, start)


def test_lines_in_any_order_are_sorted_each_once() -> None:
    shuffled = LISTED * 2
    random.Random(1).shuffle(shuffled)
    sorting = Sorting()
    for first in range(0, len(shuffled), 30):
        sorting.add(shuffled[first : first + 30])
    assert list(sorting.lines()) == LISTED
    assert list(merged([kept(LISTED[::2]), LISTED[::3], kept(LISTED[1::2])])) == LISTED


def test_lines_as_text_and_back() -> None:
    text = b"".join(pieces(kept(LISTED)))
    assert text == b"".join(pieces(LISTED)) == b"\n".join([*LISTED, b""])
    assert list(split(text[at : at + 37] for at in range(0, len(text), 37))) == LISTED


def test_a_difference_of_many_lines_is_that_of_lists() -> None:
    old, new = LISTED[:800], sorted({*LISTED[200:], *(line.replace(b'"3"', b'"4"') for line in LISTED)})
    found = difference(kept(old), kept(new))
    assert list(found.removed) == [line for line in old if line not in set(new)]
    assert list(found.added) == [line for line in new if line not in set(old)]
    assert list(only(new, old)) == list(found.added)
    beside = {line.rsplit(b'"', 2)[0] for line in found.removed}
    assert list(found.again) == [line for line in new if line in set(old) and line.rsplit(b'"', 2)[0] in beside]
    assert difference([], new) == Difference([], new, [])
    assert list(difference(new, []).removed) == new
