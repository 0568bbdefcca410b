"""Who names what: a thing by the publisher under whose base it lies, a term by its vocabulary.

A page says of each statement in which dataset it stands, but a name stands alone: in headings, links and citations.
"""

from collections.abc import Iterator, Sequence

from kb import namespaces
from kb.errors import BadInput
from kb.intake.lines import place
from kb.names import NAMES
from kb.store import releases, sorted_lines
from kb.store.folder import DataFolder
from kb.store.state import Publisher, State
from kb.vocabulary import terms

_NAMES = frozenset(sorted_lines.written(each) for each in NAMES)


def refuse_renaming(folder: DataFolder, publisher: Publisher, lines: Sequence[bytes]) -> None:
    """Raises BadInput where a publisher names what is another's, or a term of the vocabulary, otherwise than that does.

    A name that the owner gives it too may be repeated, and anybody may say other things of it. The knowledge that ships
    may name anything: it stands on every site, whoever registers there.
    """
    if publisher.base == namespaces.HOME:
        return
    others = [each for each in State(folder).publishers() if each.id != publisher.id]
    for owner in others:
        # Of bases that lie within each other the longest counts.
        nearer = [f"{each.base}/" for each in (publisher, *others) if each.base.startswith(f"{owner.base}/")]
        named = [
            line
            for line in _under(lines, f"<{owner.base}/".encode())
            if _names(line) and not line[1:].startswith(tuple(base.encode() for base in nearer))
        ]
        if named:
            _refuse(named, _said_by(folder, owner), f"{owner.id}, under whose base it lies")
    if named := list(_of_terms(lines)):
        home = next((each for each in others if each.base == namespaces.HOME), None)
        _refuse(named, _said_by(folder, home) if home else iter(()), "the vocabulary that it is a term of")


def _under(lines: Sequence[bytes], start: bytes) -> Iterator[bytes]:
    """The lines that begin so, one by one: where bases lie within each other they may be all of millions."""
    for at in range(place(lines, start), len(lines)):
        if not (line := lines[at]).startswith(start):
            return
        yield line


def _names(line: bytes) -> bool:
    return line.split(b" ", 2)[1] in _NAMES


def _of_terms(lines: Sequence[bytes]) -> Iterator[bytes]:
    """The lines that name a term which the vocabulary takes from elsewhere; its own lie under a base."""
    for term in terms():
        if not term.minted:
            yield from filter(_names, sorted_lines.about(lines, sorted_lines.written(term.iri)))


def _said_by(folder: DataFolder, owner: Publisher) -> Iterator[Sequence[bytes]]:
    for publisher, dataset in releases.datasets(folder):
        if publisher == owner.id and (latest := releases.latest(folder, publisher, dataset)) is not None:
            yield releases.accepted(folder, latest)


def _refuse(named: list[bytes], said: Iterator[Sequence[bytes]], who: str) -> None:
    """Raises BadInput for the first of the lines that stands in none of what the owner said."""
    for own in said:
        named = [line for line in named if not _stands(line, own)]
    if named:
        subject, predicate, _ = named[0].split(b" ", 2)
        raise BadInput(
            f"{sorted_lines.iri_of(subject)} is named by {who}; leave its "
            f"{namespaces.compact(sorted_lines.iri_of(predicate))} out, and link to it"
        )


def _stands(line: bytes, lines: Sequence[bytes]) -> bool:
    at = place(lines, line)
    return at < len(lines) and lines[at] == line
