"""The shapes graph (SHACL §1.4) of the files that ship, as it is published beside its pages."""

from functools import cache
from pathlib import Path

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Triple

from kb import config
from kb.protocols.graph import FileGraph


def files() -> list[Path]:
    """Every file of shapes that ships: the protocols', those they share, and the vocabulary's own."""
    return sorted(config.shipped("shapes").glob("*.ttl"))


@cache
def shapes_graph(*paths: Path) -> tuple[Triple, ...]:
    """The triples of the files, of all without any; blank nodes are named by RDFC-1.0, so every answer is the same."""
    quads = Dataset(FileGraph(paths or files()).quads)
    quads.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return tuple(Triple(quad.subject, quad.predicate, quad.object) for quad in quads)
