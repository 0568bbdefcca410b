"""What changed between two releases: a difference of lines, so that a store need not be emptied and refilled."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """Sorted N-Triples lines (bytes without newline) that lead from one content of a graph to the next.

    `again` are lines that stay, and that have subject and predicate in common with a removed line. The store
    normalises literals: when "1.50" goes and "1.5" stays, removing the one removes both, so what might have
    gone by accident is added again after the removal.
    """

    removed: list[bytes]
    added: list[bytes]
    again: list[bytes]


def difference(old: Sequence[bytes], new: Sequence[bytes]) -> Difference:
    """The difference of two sorted, unique sequences of N-Triples lines."""
    before, after = set(old), set(new)
    removed = [line for line in old if line not in after]
    added = [line for line in new if line not in before]
    again: set[bytes] = set()
    for prefix in {_subject_and_predicate(line) for line in removed}:
        first, last = bisect_left(new, prefix), bisect_right(new, prefix + b"\xff")
        again.update(line for line in new[first:last] if line in before)
    return Difference(removed, added, sorted(again))


def _subject_and_predicate(line: bytes) -> bytes:
    subject, predicate, _ = line.split(b" ", 2)
    return subject + b" " + predicate + b" "
