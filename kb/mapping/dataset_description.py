"""What a dataset says of itself, without Turtle: title, licence and publisher in words become its dcat:Dataset."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kb import namespaces
from kb.errors import BadInput, near_it
from kb.namespaces import expand
from kb.protocols.catalogue import protocol

LICENCES: Mapping[str, str] = {
    "OGL": "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "OGL-UK-3.0": "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "CC-BY": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}
"""How people and SPDX call the licences of open data → their addresses."""


@dataclass(frozen=True)
class DatasetDescription:
    """What is said once of a dataset: `licence` is one of LICENCES or an address, `body` the publishing body's."""

    title: str
    licence: str
    body: str
    description: str = ""

    def lines(self, base: str, dataset: str, protocols: Iterable[str]) -> list[bytes]:
        """Its N-Triples lines, sorted; `protocols` are the ids of those that the data is written by.

        Raises BadInput for a licence or body that is neither known nor an address, NotFound for an unknown protocol.
        """
        node = NamedNode(namespaces.dataset(base, dataset))
        said: list[tuple[str, NamedNode | Literal]] = [
            ("rdf:type", NamedNode(expand("dcat:Dataset"))),
            ("dcterms:title", Literal(self.title, language="en")),
            ("dcterms:identifier", Literal(dataset)),
            ("dcterms:publisher", _address(self.body, "publishing body", {})),
            ("dcterms:license", _address(self.licence, "licence", LICENCES)),
            ("dcterms:accessRights", NamedNode(f"{namespaces.HOME}/concept/confidentiality/public")),
        ]
        if self.description:
            said.append(("dcterms:description", Literal(self.description, language="en")))
        said += [("dcterms:conformsTo", NamedNode(protocol(id).iri)) for id in sorted(set(protocols))]
        triples = [Triple(node, NamedNode(expand(name)), value) for name, value in said]
        return sorted((serialize(triples, format=RdfFormat.N_TRIPLES) or b"").splitlines())


def _address(written: str, what: str, known: Mapping[str, str]) -> NamedNode:
    named = {name.casefold(): iri for name, iri in known.items()}
    iri = named.get(written.strip().casefold().replace(" ", "-"), written.strip())
    if not iri.startswith(("http://", "https://")):
        near = near_it(written, list(known)) if known else ""
        raise BadInput(f"the {what} {written!r} is not known{near}; give its address (https://…)")
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise BadInput(f"the {what} {written!r} is no address: {error}") from error
