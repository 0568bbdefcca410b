"""The records of a submission, and which of them a check needs to see together.

A record is a subject with its lines. A rule about a thing sees the thing and all that can be reached from it, within
the submission; so things can be checked in parts, which bounds the memory (the fast engine takes some 10 KB for each
result), and what a change cannot have touched need not be checked again. Protocols whose rules also compare records
say so (`ww:comparesRecords`) and are checked whole.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

PART_LINES = 20_000
"""Size from which a part is closed: large enough that parsing the vocabulary for each part costs little."""


@dataclass(frozen=True)
class Records:
    """Sorted N-Triples lines by subject; subjects are written as in the lines, `<…>`."""

    lines: Sequence[bytes]

    @cached_property
    def spans(self) -> dict[bytes, tuple[int, int]]:
        """Subject → first line, and the one after its last."""
        spans: dict[bytes, tuple[int, int]] = {}
        begin, current = 0, b""
        for place, line in enumerate(self.lines):
            if not (current and line.startswith(current)):
                if current:
                    spans[current[:-1]] = (begin, place)
                begin, current = place, line[: line.index(b" ") + 1]
        if current:
            spans[current[:-1]] = (begin, len(self.lines))
        return spans

    @cached_property
    def _referring(self) -> dict[bytes, set[bytes]]:
        """Object → the subjects that name it, for IRIs."""
        found: dict[bytes, set[bytes]] = {}
        for line in self.lines:
            if object_ := object_iri(line):
                found.setdefault(object_, set()).add(subject_of(line))
        return found

    @cached_property
    def _leading(self) -> dict[bytes, list[bytes]]:
        """Subject → the subjects that it names.

        What follows the last ` <` of a line whose object is a literal holds a quotation mark, and is no subject.
        """
        known = {subject: subject for subject in self.spans}
        found: dict[bytes, list[bytes]] = {}
        for line in self.lines:
            if line.endswith(b"> .") and (object_ := known.get(line[line.rindex(b" <") + 1 : -2])):
                found.setdefault(known[subject_of(line)], []).append(object_)
        return found

    def reached(self, subjects: Iterable[bytes]) -> set[bytes]:
        """The subjects, and all that they lead to, over any number of steps."""
        found: set[bytes] = set()
        waiting = [subject for subject in subjects if subject in self.spans]
        while waiting:
            subject = waiting.pop()
            if subject not in found:
                found.add(subject)
                waiting += self._leading.get(subject, ())
        return found

    def leading_to(self, things: Iterable[bytes]) -> set[bytes]:
        """The things, and all subjects that lead to one of them; a thing need not be a subject."""
        found: set[bytes] = set()
        waiting = list(things)
        while waiting:
            thing = waiting.pop()
            if thing not in found:
                found.add(thing)
                waiting += self._referring.get(thing, ())
        return found

    def parts(self, things: Iterable[bytes], size: int = PART_LINES) -> Iterator[list[bytes]]:
        """Sorted lines in parts of about `size`, each with some of the things and all that these lead to."""
        part: set[bytes] = set()
        length = 0
        for thing in things:
            more = self.reached([thing]) - part
            part |= more
            length += sum(self.spans[subject][1] - self.spans[subject][0] for subject in more)
            if length >= size:
                yield self._lines_of(part)
                part, length = set(), 0
        if part:
            yield self._lines_of(part)

    def _lines_of(self, subjects: Iterable[bytes]) -> list[bytes]:
        stretches: list[list[int]] = []
        for first, end in sorted(map(self.spans.__getitem__, subjects)):
            if stretches and stretches[-1][1] == first:
                stretches[-1][1] = end
            else:
                stretches.append([first, end])
        return [line for first, end in stretches for line in self.lines[first:end]]


def subject_of(line: bytes) -> bytes:
    """The subject of an N-Triples line, `<…>`."""
    return line[: line.index(b" ")]


def object_iri(line: bytes) -> bytes | None:
    """The object of an N-Triples line when it is an IRI, `<…>`."""
    if not line.endswith(b"> ."):
        return None
    token = line.rsplit(b" ", 2)[1]
    return token if token.startswith(b"<") and b'"' not in token else None
