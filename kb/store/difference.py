"""What changed between two releases: a difference of lines, so that a store need not be emptied and refilled."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kb.intake.lines import kept, only


@dataclass(frozen=True)
class Difference:
    """Sorted N-Triples lines (bytes without newline) that lead from one content of a graph to the next.

    `again` are lines that stay, and that have subject and predicate in common with a removed line. The store
    normalises literals: when "1.50" goes and "1.5" stays, removing the one removes both, so what might have
    gone by accident is added again after the removal.
    """

    removed: Sequence[bytes]
    added: Sequence[bytes]
    again: Sequence[bytes]


def difference(old: Sequence[bytes], new: Sequence[bytes]) -> Difference:
    """The difference of two sorted, unique sequences of N-Triples lines."""
    if not old:
        return Difference([], new, [])
    removed = kept(only(old, new))
    return Difference(removed, kept(only(new, old)), kept(_beside(removed, only(new, only(new, old)))))


def _beside(removed: Iterable[bytes], staying: Iterable[bytes]) -> Iterator[bytes]:
    """The staying lines that share subject and predicate with a removed one.

    Lines in order have these in order too, since both end with a space, which stands nowhere in them.
    """
    gone = (each for each, _ in groupby(map(_subject_and_predicate, removed)))
    last = next(gone, None)
    if last is None:
        return
    for line in staying:
        own = _subject_and_predicate(line)
        while last is not None and last < own:
            last = next(gone, None)
        if last is None:
            return
        if last == own:
            yield line


def _subject_and_predicate(line: bytes) -> bytes:
    subject, predicate, _ = line.split(b" ", 2)
    return subject + b" " + predicate + b" "
