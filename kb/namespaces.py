"""Prefixes, and the only functions that mint IRIs (docs/architecture.md, "Identifiers")."""

from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

HOME = "https://w3id.org/whatworks"
"""The fixed home of the shared vocabulary, and the base under which the knowledge that ships is minted."""

WW = f"{HOME}/def#"

GENID = "/.well-known/genid/"
"""Within every IRI that stands for a blank node (RDF 1.1 Concepts §3.5)."""

PREFIXES: dict[str, str] = {
    "adms": "http://www.w3.org/ns/adms#",
    "cito": "http://purl.org/spar/cito/",
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "fabio": "http://purl.org/spar/fabio/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "frapo": "http://purl.org/cerif/frapo/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "locn": "http://www.w3.org/ns/locn#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prof": "http://www.w3.org/ns/dx/prof/",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "role": "http://www.w3.org/ns/dx/prof/role/",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sdmx-attribute": "http://purl.org/linked-data/sdmx/2009/attribute#",
    "sdmx-dimension": "http://purl.org/linked-data/sdmx/2009/dimension#",
    "sdmx-measure": "http://purl.org/linked-data/sdmx/2009/measure#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "vs": "http://www.w3.org/2003/06/sw-vocab-status/ns#",
    "ww": WW,
    "wws": f"{HOME}/shapes#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Prefix → namespace, for every serialisation and every compact name that a page shows."""


def thing(base: str, kind: str, slug: str) -> str:
    """`{base}/id/{kind}/{slug}`: the IRI of a thing; each part is percent-encoded, and slug may be any text."""
    return f"{base.rstrip('/')}/id/{quote(kind, safe='')}/{quote(slug, safe='')}"


def dataset(base: str, name: str) -> str:
    """The IRI of the dataset `name` of the publisher whose base is given."""
    return thing(base, "dataset", name)


def graph(base: str, name: str) -> str:
    """The IRI of the one named graph that holds the current content of the dataset `name`."""
    return thing(base, "graph", name)


def base_of_graph(iri: str) -> str | None:
    """The base of the publisher of the dataset whose graph this is; None for a name that `graph` does not give."""
    base, _, name = iri.rpartition("/id/graph/")
    return base if base and "/" not in name else None


def release(base: str, name: str, number: int) -> str:
    """The IRI of release `number` (1, 2, …) of the dataset `name`."""
    return thing(base, "release", f"{name}-{number}")


def series(dataset_iri: str) -> str:
    """The IRI of the releases of a dataset as a series of datasets."""
    return f"{dataset_iri}#releases"


def parameter(base: str, question: str, name: str) -> str:
    """The IRI of what can be chosen in a question: a fragment of the question's."""
    return f"{thing(base, 'question', question)}#{quote(name, safe='')}"


def concept_scheme(scheme: str) -> str:
    """The IRI of one of the shared code lists."""
    return f"{HOME}/concept/{quote(scheme, safe='')}"


def concept(scheme: str, code: str) -> str:
    """The IRI of a concept of one of the shared code lists."""
    return f"{concept_scheme(scheme)}/{quote(code, safe='')}"


def genid_prefix(base: str, name: str) -> str:
    """Where the blank nodes of the dataset `name` are skolemised (RDF 1.1 Concepts §3.5)."""
    return f"{base.rstrip('/')}{GENID}{quote(name, safe='')}/"


def partition(dataset_iri: str, kind: str, of: str) -> str:
    """The IRI of the part of a dataset (VoID §4.5) that a class or a property marks out: it stands for a blank node.

    `kind` is `class` or `property`, `of` the IRI of that class or property.
    """
    digest = sha256(f"{dataset_iri} {kind} {of}".encode()).hexdigest()[:32]
    return f"{genid_prefix(HOME, 'catalogue')}{digest}"


@lru_cache(maxsize=10_000)
def expand(name: str) -> str:
    """The IRI of a compact name such as `sh:path`; its prefix is one of PREFIXES."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


@lru_cache(maxsize=10_000)
def compact(iri: str) -> str:
    """`prefix:local` where a known namespace is the longest that `iri` starts with, else `<iri>`."""
    prefix = max(
        (p for p, namespace in PREFIXES.items() if iri.startswith(namespace)),
        key=lambda p: len(PREFIXES[p]),
        default=None,
    )
    if prefix is None:
        return f"<{iri}>"
    return f"{prefix}:{iri[len(PREFIXES[prefix]):]}"
