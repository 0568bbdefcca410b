"""What a protocol keeps from the public: which values of a record are left out, and by which signs it is known."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import NamedNode

from kb.protocols import catalogue


@dataclass(frozen=True)
class Withheld:
    """One field that is left out, as a property shape with ww:withheldWhen says.

    A record is meant where a value of a predicate of `signs_in`, of its own or of a thing within it, or the IRI of a
    code there, holds one of `words` (in lower case). `leaves_out` and `coarsens` are property shapes: values of the
    first are not said at all, of the second only what is coarse: of a postcode its sector, of a point one whose
    precision is among `coarse`. `reason_in` is the property shape in which the absence is explained, if one is.
    """

    signs_in: frozenset[str]
    words: tuple[str, ...]
    leaves_out: frozenset[str]
    coarsens: frozenset[str]
    coarse: frozenset[str]
    reason_in: str | None


@cache
def withheld(protocol_id: str, shapes: Path | None = None) -> tuple[Withheld, ...]:
    """What the shapes of a protocol, and of those that it is a profile of, say of withholding; raises NotFound."""
    found = []
    for protocol in catalogue.with_parents([catalogue.protocol(protocol_id, shapes)], shapes):
        graph = protocol.graph
        for shape in graph.property_shapes():
            for sign in graph.iris(shape, "ww:withheldWhen"):
                node = NamedNode(sign)
                found.append(
                    Withheld(
                        signs_in=frozenset(graph.iris(node, "ww:signIn")),
                        words=tuple(sorted(word.lower() for word in graph.texts(node, "ww:signWord"))),
                        leaves_out=frozenset(graph.iris(shape, "ww:leavesOut")),
                        coarsens=frozenset(graph.iris(shape, "ww:coarsens")),
                        coarse=frozenset(graph.iris(shape, "ww:coarseEnough")),
                        reason_in=graph.iri(shape, "ww:reasonIn"),
                    )
                )
    return tuple(found)
