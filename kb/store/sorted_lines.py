"""Finding things in the sorted N-Triples lines of a graph, without reading more of them than is asked for."""

from collections.abc import Collection, Iterator, Sequence

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kb.intake.lines import beginning, place

Term = NamedNode | Literal


def subject_of(line: bytes) -> bytes:
    """The subject as it is written: `<https://…>`."""
    return line[: line.index(b" ")]


def object_of(line: bytes) -> bytes:
    """The object as it is written where it is an IRI, else bytes that are no IRI."""
    return line[line.rfind(b" ", 0, -2) + 1 : -2]


def about(lines: Sequence[bytes], subject: bytes) -> Sequence[bytes]:
    """The lines with this subject, by binary search."""
    return beginning(lines, subject + b" ")


def holds(lines: Sequence[bytes], subject: bytes) -> bool:
    """Whether something is said of this subject."""
    prefix = subject + b" "
    found = place(lines, prefix)
    return found < len(lines) and lines[found].startswith(prefix)


def linking(lines: Sequence[bytes], objects: Collection[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Subject and object of every line whose object is one of these IRIs; it reads all lines."""
    wanted = frozenset(objects)
    for line in lines:
        if line.endswith(b"> .") and (object := object_of(line)) in wanted:
            yield subject_of(line), object


def triples(lines: Sequence[bytes]) -> Iterator[tuple[str, str, Term]]:
    """Subject, property and value of each line, escapes resolved; blank nodes have been named before."""
    for quad in parse(b"\n".join(lines), RdfFormat.N_TRIPLES):
        assert isinstance(quad.subject, NamedNode)
        assert isinstance(quad.object, NamedNode | Literal)
        yield quad.subject.value, quad.predicate.value, quad.object


def written(iri: str) -> bytes:
    """An IRI as it stands in the lines."""
    return str(NamedNode(iri)).encode()


def iri_of(subject: bytes) -> str:
    """The IRI that is written so; N-Triples may escape characters (N-Triples §2.2)."""
    if b"\\" not in subject:
        return subject[1:-1].decode()
    [quad] = parse(subject + b" <urn:x> <urn:x> .", RdfFormat.N_TRIPLES)
    assert isinstance(quad.subject, NamedNode)
    return quad.subject.value
