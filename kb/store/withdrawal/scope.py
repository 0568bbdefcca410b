"""What a withdrawal takes: which lines, found over all releases, and by which marks else its content is known."""

import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kb.errors import BadInput
from kb.namespaces import GENID, compact, expand
from kb.store.tombstones import Tombstones, hashed
from kb.vocabulary import term

SHORTEST = 3
"""Characters of a value that is looked for in files; a shorter one is found in every file."""

_ESCAPES = ("\\u", "\\U", "&#")
"""Where a text has one of these, what it says need not stand there as it is."""

_TYPE = f"<{expand('rdf:type')}>".encode()


@dataclass(frozen=True)
class Scope:
    """Which lines go. `subjects` are the record and what only it contains, in N-Triples.

    With `fields` (predicates in N-Triples) the record itself, the first of the subjects, stays but for these.
    """

    record: bytes | None = None
    inner: frozenset[bytes] = frozenset()
    fields: frozenset[bytes] = frozenset()
    dataset: str | None = None
    """`publisher/dataset`, of which every line goes."""

    def takes(self, name: str, line: bytes) -> bool:
        """Whether a line of the dataset `publisher/dataset` goes."""
        if self.dataset is not None:
            return name == self.dataset
        if self.record is None:
            return False
        subject, predicate, value = line[:-2].split(b" ", 2)
        if subject in self.inner or value in self.inner:
            return True
        if self.fields:
            return subject == self.record and predicate in self.fields
        return self.record in (subject, value)

    def divide(self, name: str, lines: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
        """What stays and what goes of the lines of a dataset."""
        kept: list[bytes] = []
        gone: list[bytes] = []
        for line in lines:
            (gone if self.takes(name, line) else kept).append(line)
        return kept, gone


@dataclass
class Links:
    """Lines around a record: what each subject says, and who refers to each object."""

    about: dict[bytes, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    referring: dict[bytes, set[tuple[bytes, bytes]]] = field(default_factory=lambda: defaultdict(set))

    def read(self, lines: Iterable[bytes]) -> None:
        """Adds lines."""
        for line in lines:
            subject, predicate, value = line[:-2].split(b" ", 2)
            self.about[subject].add(line)
            if value.startswith(b"<"):
                self.referring[value].add((subject, predicate))


def record_scope(links: Links, iri: str, fields: Iterable[str]) -> Scope:
    """The record, or these fields of it (IRIs of properties), with all that only what goes of it refers to."""
    record = str(NamedNode(iri)).encode()
    predicates = frozenset(f"<{each}>".encode() for each in fields)
    inner: set[bytes] = set()

    def gone(subject: bytes, predicate: bytes) -> bool:
        return subject in inner or (subject == record and (not predicates or predicate in predicates))

    while True:
        lines = [line for subject in (record, *inner) for line in links.about.get(subject, ())]
        split = (line[:-2].split(b" ", 2) for line in lines)
        reached = {value for subject, predicate, value in split if gone(subject, predicate)}
        more = {
            each
            for each in reached - inner - {record}
            if each in links.about
            and _within(each, iri, links.about[each])
            and all(gone(*reference) for reference in links.referring[each])
        }
        if not more:
            return Scope(record, frozenset(inner), predicates)
        inner |= more


def _within(node: bytes, iri: str, about: Iterable[bytes]) -> bool:
    """Whether a node is part of the record by its name, or has no page of its own by its classes."""
    name = node[1:-1].decode()
    kind, _, slug = iri.partition("/id/")[2].partition("/")
    own = f"{kind}-{slug}"
    last = name.rpartition("/")[2]
    if GENID in name or name.startswith((f"{iri}/", f"{iri}#")) or last == own or last.startswith(f"{own}-"):
        return True
    classes = [line[:-2].split(b" ", 2)[2][1:-1].decode() for line in about if line.split(b" ", 2)[1] == _TYPE]
    known = [found for each in classes if (found := term(each)) is not None]
    return bool(known) and not any(found.iri_type for found in known)


def texts(lines: Iterable[bytes]) -> set[str]:
    """The literals of N-Triples lines."""
    read = parse(b"\n".join(lines), RdfFormat.N_TRIPLES)
    return {quad.object.value for quad in read if isinstance(quad.object, Literal)}


def marks(scope: Scope, gone: Iterable[bytes], kept: Iterable[bytes]) -> frozenset[str]:
    """Texts by which the content is known elsewhere: names of things, and values that stand nowhere else."""
    values = {each for each in texts(gone) - texts(kept) if len(each) >= SHORTEST}
    things = scope.inner if scope.fields else {*scope.inner, *([scope.record] if scope.record else [])}
    names = {each[1:-1].decode() for each in things}
    return frozenset(values | names | {name.rstrip("/").rpartition("/")[2] for name in names})


def may_hold(path: Path, known: Iterable[str]) -> bool:
    """Whether a file may hold one of the texts; True too for whatever cannot be read as plain text."""
    try:
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    except (OSError, EOFError, ValueError):
        return True
    if "\0" in text:
        return True
    if any(each in text for each in _ESCAPES):
        return True
    folded = text.casefold()
    plain = folded.replace("\\", "")  # a local name may have one before each sign (Turtle §6.4)
    return any(each.casefold() in folded or each.casefold() in plain for each in known)


def described(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The subjects of sorted lines, each once."""
    last = None
    for line in lines:
        subject = line.split(b" ", 1)[0]
        if subject != last:
            yield subject
        last = subject


def refuse_withdrawn(lines: Iterable[bytes], stones: Tombstones) -> None:
    """Raises BadInput where sorted lines bring back what was withdrawn, since the same file is often sent again."""
    if not any(each.lifted is None and each.kind in ("record", "fields") for each in stones):
        return
    for subject, predicate in dict.fromkeys(tuple(line.split(b" ", 2)[:2]) for line in lines):
        iri, property = subject[1:-1].decode(), predicate[1:-1].decode()
        stone = stones.of_field(iri, property)
        if stone is not None:
            what = iri if hashed(iri) in stone.gone else f"{compact(property)} of {iri}"
            raise BadInput(
                f"{what}: was {stone.said}; take it out of the files, or let it in again by "
                f"`whatworks withdraw --lift {stone.number}`"
            )
