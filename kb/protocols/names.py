"""What a report calls things: the labels that a submission itself gives, and the lines that describe a thing."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kb.intake.lines import beginning
from kb.names import NAMES
from kb.protocols.graph import expand
from kb.protocols.parts import object_iri, subject_of

LABELS = (*map(NamedNode, NAMES), expand("foaf:name"))
"""Properties that name a thing; an earlier one is preferred. foaf:name, by which no page goes, is the last: who sent a
file finds in the report what the file calls a person or a body."""


def description(lines: Sequence[bytes], iri: str) -> Iterator[bytes]:
    """Those of the sorted N-Triples lines that have the IRI as subject."""
    yield from beginning(lines, f"<{iri}> ".encode())


def labels(lines: Sequence[bytes], iris: Collection[str]) -> dict[str, str]:
    """IRI → what to call it, as far as the sorted N-Triples lines tell.

    A described thing without a label of its own, such as an address, is called after the thing that it belongs to.
    """
    found = _own(lines, iris)
    nameless = {f"<{iri}>".encode() for iri in iris if iri not in found and any(description(lines, iri))}
    if nameless:
        owners = {object_: subject_of(line) for line in lines if (object_ := object_iri(line)) in nameless}
        names = _own(lines, {owner[1:-1].decode() for owner in owners.values()})
        for part, owner in owners.items():
            if name := names.get(owner[1:-1].decode()):
                found[part[1:-1].decode()] = f"part of {name}"
    return found


def _own(lines: Sequence[bytes], iris: Iterable[str]) -> dict[str, str]:
    predicates = tuple(f" {predicate} ".encode() for predicate in LABELS)
    naming = [
        line for iri in iris for line in description(lines, iri) if any(predicate in line for predicate in predicates)
    ]
    ranked: dict[str, tuple[int, str]] = {}
    for quad in parse(b"\n".join(naming), format=RdfFormat.N_TRIPLES):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal) and quad.predicate in LABELS:
            label = (LABELS.index(quad.predicate), quad.object.value)
            ranked[quad.subject.value] = min(ranked.get(quad.subject.value, label), label)
    return {iri: text for iri, (_, text) in ranked.items()}
