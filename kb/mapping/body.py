"""The body behind a publisher: what it is called, of which kind it is, and which place it serves."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kb.mapping.classes import classes_of
from kb.mapping.values.area import Area
from kb.mapping.values.names import Known
from kb.namespaces import concept, expand

CLASS = expand("org:FormalOrganization")
KINDS = "organisation-type"
"""The code list of kinds of body (ww:organisationType, protocol dp-14)."""


@dataclass(frozen=True)
class Body:
    """`iri` is its address, `names` what it is called, the main name first; `kind` a code of KINDS.

    `place` is the address of the place that it serves, `area` where that lies; `same` its addresses in other datasets.
    What was not said is empty.
    """

    iri: str
    names: tuple[str, ...]
    kind: str = ""
    place: str = ""
    area: Area | None = None
    same: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The main name; empty where none is known."""
        return next(iter(self.names), "")

    def known(self) -> Known:
        """For cells that name it, by a name or by one of its addresses."""
        return Known(self.iri, classes_of(CLASS), (*self.names, *self.same))

    def lines(self, identifier: str) -> list[bytes]:
        """Its N-Triples lines, sorted: a record of protocol dp-14 where its kind is known, else its name only."""
        node = NamedNode(self.iri)
        said: list[tuple[str, NamedNode | Literal]] = [
            ("rdf:type", NamedNode(CLASS if self.kind else expand("org:Organization"))),
            ("skos:prefLabel", Literal(self.name or identifier, language="en")),
            ("dcterms:identifier", Literal(identifier)),
        ]
        said += [("skos:altLabel", Literal(each, language="en")) for each in self.names[1:]]
        if self.kind:
            said.append(("ww:organisationType", NamedNode(concept(KINDS, self.kind))))
        if self.place:
            said.append(("dcterms:spatial", NamedNode(self.place)))
        said += [("skos:exactMatch", NamedNode(each)) for each in self.same]
        triples = [Triple(node, NamedNode(expand(name)), value) for name, value in said]
        return sorted((serialize(triples, format=RdfFormat.N_TRIPLES) or b"").splitlines())


def lines_about(body: Body, identifier: str, base: str, *parts: Sequence[bytes]) -> list[bytes]:
    """What a dataset of the publisher says of its body: nothing where its lines, sorted in each part, do not link to it
    or describe it already, or where another describes it, since it lies outside the publisher's base.
    """
    written = str(NamedNode(body.iri)).encode()
    if not body.iri.startswith(f"{base.rstrip('/')}/"):
        return []
    link, own = written + b" .", written + b" "
    for part in parts:
        place = bisect_left(part, own)
        if place < len(part) and part[place].startswith(own):
            return []
    if any(line.endswith(link) for part in parts for line in part):
        return body.lines(identifier)
    return []
