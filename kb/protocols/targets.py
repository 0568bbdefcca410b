"""Which things of a submission a protocol targets, by their classes (SHACL §2.1.3.2, sh:targetClass)."""

from collections.abc import Iterator, Sequence

from pyoxigraph import NamedNode

from kb.errors import near
from kb.intake.lines import pieces
from kb.namespaces import compact
from kb.protocols.background import Background, background, local_name
from kb.protocols.catalogue import Protocol
from kb.protocols.graph import expand
from kb.vocabulary import ancestors

TYPE = f" {expand('rdf:type')} ".encode()
SUBCLASS = f" {expand('rdfs:subClassOf')} ".encode()
_TYPE = TYPE.strip()
_UNKNOWN_SHOWN = 5


def instances_by_class(lines: Sequence[bytes]) -> dict[str, set[bytes]]:
    """Class → its direct instances in N-Triples lines, written as there, `<…>`."""
    found: dict[bytes, set[bytes]] = {}
    for line in _holding(TYPE, lines):
        subject, predicate, object_ = line.split(b" ", 2)
        if predicate == _TYPE:
            found.setdefault(object_, set()).add(subject)
    return {object_[1:-3].decode(): members for object_, members in found.items()}


def _holding(words: bytes, lines: Sequence[bytes]) -> Iterator[bytes]:
    """The lines that have the words in them; looked for in many lines at a time."""
    for piece in pieces(lines):
        if words in piece:
            yield from [line for line in piece.split(b"\n") if words in line]


def class_hierarchy(lines: Sequence[bytes], known: Background) -> dict[str, frozenset[str]]:
    """Class → its direct superclasses, by the ontology and by the submission (SHACL §2.1.3.2 asks for both)."""
    found = dict(known.superclasses)
    for line in _holding(SUBCLASS, lines):
        subject, predicate, object_ = line.split(b" ", 2)
        if predicate == SUBCLASS.strip():
            name = subject[1:-1].decode()
            found[name] = found.get(name, frozenset()) | {object_[1:-3].decode()}
    return found


def targeted(
    protocol: Protocol, instances: dict[str, set[bytes]], superclasses: dict[str, frozenset[str]]
) -> set[bytes]:
    """The instances of the protocol's target classes and of the classes below them."""
    things: set[bytes] = set()
    for name, members in instances.items():
        if ancestors(name, superclasses) & set(protocol.target_classes):
            things |= members
    return things


def _by_word(classes: Sequence[str]) -> dict[str, str]:
    """Class by its local name and by what else it is called (skos:altLabel), in small letters."""
    graph = background().graph
    called = {word.lower(): iri for iri in classes for word in graph.texts(NamedNode(iri), "skos:altLabel")}
    return called | {local_name(iri).lower(): iri for iri in classes}


def nothing_targeted(chosen: Sequence[Protocol], instances: dict[str, set[bytes]]) -> str:
    """What to say of a submission that none of the protocols targets: the classes it uses, and those they are near."""
    ids = chosen[0].id if len(chosen) == 1 else "any protocol"
    begin = f"nothing here is what {ids} describes"
    if not instances:
        return f"{begin}: no thing has a class (rdf:type); give each thing the class that it is of"
    targets = _by_word([target for each in chosen for target in each.target_classes])
    shown = []
    for name in sorted(instances, key=lambda name: -len(instances[name]))[:_UNKNOWN_SHOWN]:
        nearest = near(local_name(name).lower(), targets, n=1)
        hint = f" (nearest known class: {compact(targets[nearest[0]])})" if nearest else ""
        shown.append(f"{compact(name)}{hint}")
    more = len(instances) - len(shown)
    rest = f" and {more} more" if more else ""
    return f"{begin}: the classes found are {', '.join(shown)}{rest}; use a class that a protocol targets"
