"""The data protocols that ship, each one Turtle file `shapes/dp-NN.ttl` that describes itself."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import NamedNode

from kb import config
from kb.errors import BadInput, NotFound
from kb.protocols.graph import FileGraph, file_graph

ONTOLOGY = "ontology.ttl"
"""The shapes that the vocabulary itself must satisfy; not a protocol."""


@dataclass(frozen=True)
class Protocol:
    """What a ww:DataProtocol says of itself; `target_classes` are the sh:targetClass of its node shapes.

    `profile_of` are the IRIs of the protocols that its data must satisfy too (PROF, prof:isProfileOf).
    `compares_records`: some of its rules look beyond a thing and what it leads to, so data must be checked whole.
    """

    id: str
    iri: str
    title: str
    version: str
    description: str
    target_classes: tuple[str, ...]
    profile_of: tuple[str, ...]
    compares_records: bool
    path: Path

    @property
    def graph(self) -> FileGraph:
        """Its shapes; read once per process."""
        return file_graph(self.path)


@dataclass(frozen=True)
class ResourceDescriptor:
    """A prof:ResourceDescriptor of a protocol: its own IRI, and the role and artefact, IRIs too (PROF §8)."""

    iri: str
    role: str
    artefact: str


def protocols(folder: Path | None = None) -> tuple[Protocol, ...]:
    """The protocols of the folder (by default the one that ships), ordered by id.

    Raises BadInput where a file is malformed or does not describe exactly one ww:DataProtocol in full.
    """
    return _protocols(folder or config.shipped("shapes"))


@cache
def _protocols(folder: Path) -> tuple[Protocol, ...]:
    return tuple(read(path) for path in sorted(folder.glob("dp-*.ttl")))


def protocol(id: str, folder: Path | None = None) -> Protocol:
    """The protocol with this id; `DP-01`, `dp-1` and `dp01` also name `dp-01`. Raises NotFound, listing the ids."""
    known = {found.id: found for found in protocols(folder)}
    spelled = re.fullmatch(r"dp-?(\d{1,9})", id.strip().lower())
    wanted = f"dp-{int(spelled[1]):02d}" if spelled else id
    if wanted not in known:
        raise NotFound(f"no protocol {id[:50]!r}; the protocols are {', '.join(known) or 'none'}")
    return known[wanted]


def with_parents(chosen: Iterable[Protocol], folder: Path | None = None) -> tuple[Protocol, ...]:
    """The protocols and all that they are profiles of, each once, those that were chosen first.

    Raises BadInput where a parent is not among the protocols of the folder.
    """
    known = {each.iri: each for each in protocols(folder)}
    found = list(dict.fromkeys(chosen))
    for each in found:
        for iri in each.profile_of:
            if iri not in known:
                raise BadInput(f"{each.path}: {each.id} is a profile of <{iri}>, and no protocol has that IRI")
            if known[iri] not in found:
                found.append(known[iri])
    return tuple(found)


def resource_descriptors(protocol: Protocol) -> list[ResourceDescriptor]:
    """What belongs to the protocol (prof:hasResource), in the order of its file.

    One that names no artefact is its own; one without a role has an empty one.
    """
    graph = protocol.graph
    return [
        ResourceDescriptor(
            iri,
            graph.iri(NamedNode(iri), "prof:hasRole") or "",
            graph.iri(NamedNode(iri), "prof:hasArtifact") or iri,
        )
        for iri in graph.iris(NamedNode(protocol.iri), "prof:hasResource")
    ]


def shapes_files(chosen: Iterable[Protocol], folder: Path | None = None) -> tuple[Path, ...]:
    """The files that make up the shapes graph for these protocols: their own, and those that all protocols share.

    Shared are the files that are neither a protocol nor `ontology.ttl`: constraint components used by several.
    """
    return (*(each.path for each in chosen), *shared_files(folder))


def shared_files(folder: Path | None = None) -> tuple[Path, ...]:
    """The files of the folder that belong to every protocol."""
    every = sorted((folder or config.shipped("shapes")).glob("*.ttl"))
    return tuple(path for path in every if path.name != ONTOLOGY and not path.match("dp-*.ttl"))


def read(path: Path) -> Protocol:
    """The protocol of one file. Raises BadInput where it is malformed or does not describe one protocol in full."""
    graph = file_graph(path)
    described = graph.of_type("ww:DataProtocol")
    if len(described) != 1:
        raise BadInput(f"{path}: describes {len(described)} protocols (ww:DataProtocol); it must describe one")
    node = described[0]

    def text(predicate: str) -> str:
        found = graph.text(node, predicate)
        if not found:
            raise BadInput(f"{path}: the protocol {node.value} has no {predicate}")
        return found

    identifier = text("dcterms:identifier")
    if identifier != path.stem:
        raise BadInput(f"{path}: its dcterms:identifier is {identifier!r}; it must be the file's name, {path.stem!r}")
    return Protocol(
        id=identifier,
        iri=node.value,
        title=text("dcterms:title"),
        version=text("dcat:version"),
        description=text("dcterms:description"),
        target_classes=tuple(dict.fromkeys(_target_classes(graph))),
        profile_of=tuple(graph.iris(node, "prof:isProfileOf")),
        compares_records=graph.text(node, "ww:comparesRecords") == "true",
        path=path,
    )


def _target_classes(graph: FileGraph) -> list[str]:
    shapes: list[NamedNode] = graph.of_type("sh:NodeShape")
    return [target for shape in shapes for target in graph.iris(shape, "sh:targetClass")]
