"""What is cited: a thing, a dataset, a list, an answer. Only what the snapshot states is said of it.

Where nobody is said to have published it, the site has.
"""

import re
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal as Choice

from pyoxigraph import DefaultGraph, NamedNode

from kb.ask import lists
from kb.ask.labels import labels_of
from kb.ask.memory import once
from kb.ask.resource import dataset_of, exists
from kb.ask.summaries import Summary
from kb.errors import NotFound
from kb.namespaces import expand
from kb.store.readable import Store
from kb.store.snapshots import Snapshot

SITE = "What works, place by place"
"""The name of the site, which publishes what nobody else is said to."""

Kind = Choice["data", "page"]

DATASET = expand("dcat:Dataset")
"""The class of what is cited as data, and in its own name."""

_DATASET = NamedNode(DATASET)
_TYPE = NamedNode(expand("rdf:type"))
_ASKED = ("dcterms:title", "dcterms:publisher", "dcterms:creator", "dcat:hasCurrentVersion")
_KEY_LENGTH = 40


@dataclass(frozen=True)
class Part:
    """A dataset as a part of a citation; what is not stated is empty."""

    title: str
    publishers: tuple[str, ...]
    creators: tuple[str, ...]
    release: str
    issued: str
    """When the release was accepted, ISO 8601."""


@dataclass(frozen=True)
class Known:
    """What must be known of a thing before it is cited; `graph` says most of it, "" where none says anything."""

    title: str
    is_dataset: bool
    graph: str


@dataclass(frozen=True)
class Citation:
    """What a reference says; a writer of kb/ask/bibliography.py puts it into words."""

    title: str
    kind: Kind
    publishers: tuple[str, ...]
    creators: tuple[str, ...]
    within: str
    """The title of the dataset that states it; empty where it is one, or comes from many."""
    version: str
    """`Release 3`; empty where it comes from many datasets."""
    issued: str
    """The day of that release, else of the snapshot: `2026-11-27`."""
    iri: str
    """The IRI of what is cited; empty where it has none."""
    snapshot: str
    read: str
    """The day of the snapshot."""
    address: str
    """Where it can be read, as at the snapshot."""
    pinned: bool = False
    """Whether the snapshot was kept for good when it was cited."""

    @property
    def key(self) -> str:
        """A name for it in a bibliography: the title, and a part of the hash of the address."""
        words = re.sub(r"[^a-z0-9]+", "-", self.title.lower())[:_KEY_LENGTH].strip("-")
        return f"{words or 'item'}-{sha256(self.address.encode()).hexdigest()[:8]}"


def cite_thing(read: Snapshot, iri: str, address: str, known: Known | None = None) -> Citation:
    """The record of a thing, as the dataset that says most of it does, or a dataset. Raises NotFound.

    `known` is what a page has read of it already.
    """
    store = read.store
    found = known or _known(store, iri)
    if found.is_dataset:
        return _citation(read, found.title, "data", _part(store, iri), "", iri, address)
    part = _part(store, dataset_of(store, found.graph)) if found.graph else None
    return _citation(read, found.title, "page", part, part.title if part else "", iri, address)


def _known(store: Store, iri: str) -> Known:
    if not exists(store, iri):
        raise NotFound(f"{iri}: nothing is known about it here")
    node = NamedNode(iri)
    stated = (quad.graph_name for quad in store.quads_for_pattern(node, None, None))
    graphs = Counter(graph.value for graph in stated if isinstance(graph, NamedNode))
    return Known(
        title=labels_of(store, [iri]).name(iri),
        is_dataset=next(store.quads_for_pattern(node, _TYPE, _DATASET, DefaultGraph()), None) is not None,
        graph=max(sorted(graphs), key=lambda each: graphs[each], default=""),
    )


def cite_dataset(read: Snapshot, graph: str, title: str, address: str) -> Citation:
    """The dataset that is the content of a named graph."""
    dataset = dataset_of(read.store, graph)
    return _citation(read, title, "data", _part(read.store, dataset), "", dataset, address)


def cite_page(read: Snapshot, title: str, address: str, iri: str = "", kind: Kind = "page") -> Citation:
    """A page or an answer that is drawn from the whole snapshot."""
    return _citation(read, title, kind, None, "", iri, address)


def _citation(
    read: Snapshot, title: str, kind: Kind, part: Part | None, within: str, iri: str, address: str
) -> Citation:
    return Citation(
        title=" ".join(title.split()),
        kind=kind,
        publishers=(part.publishers if part else ()) or (SITE,),
        creators=part.creators if part else (),
        within=within,
        version=f"Release {part.release}" if part and part.release else "",
        issued=((part.issued if part else "") or read.issued)[:10],
        iri=iri,
        snapshot=read.id,
        read=read.issued[:10],
        address=address,
    )


def _part(store: Store, dataset: str) -> Part:
    def read() -> Part:
        about = lists.cells(store, [dataset], _ASKED)[dataset]
        releases = [node.value for node in about.all("dcat:hasCurrentVersion")]
        release = Summary(dataset)
        if len(releases) == 1:  # a publisher may state versions of its own beside the catalogue's
            release = lists.cells(store, releases, ("ww:releaseNumber", "dcterms:issued"))[releases[0]]
        return Part(
            title=about.first("dcterms:title") or "",
            publishers=_names(store, about, "dcterms:publisher"),
            creators=_names(store, about, "dcterms:creator"),
            release=release.first("ww:releaseNumber") or "",
            issued=release.first("dcterms:issued") or "",
        )

    return once(store, "cited datasets", dataset, read)


def _names(store: Store, about: Summary, name: str) -> tuple[str, ...]:
    nodes = about.all(name)
    labels = labels_of(store, [node.value for node in nodes if isinstance(node, NamedNode)])
    return tuple(labels.name(node.value) if isinstance(node, NamedNode) else node.value for node in nodes)
