"""A submission: the files of one dataset, merged into one graph, as sorted N-Triples lines without blank nodes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, serialize

from kb.errors import BadInput
from kb.intake.executable import read_question
from kb.intake.lengths import check_lengths
from kb.intake.question import SUFFIX as QUESTION
from kb.intake.rdf import FORMATS, read_rdf
from kb.intake.skolem import skolemise
from kb.intake.table import SUFFIX, read_tables
from kb.namespaces import HOME

_WITH_GRAPHS = {RdfFormat.TRIG, RdfFormat.N_QUADS, RdfFormat.JSON_LD}

_RDF_12 = re.compile(rb'^\S+ \S+ (?:<<.*|".*"@[A-Za-z0-9-]+--(?:ltr|rtl) \.)$', re.MULTILINE)
_BLANK_NODE = re.compile(rb'^_:|(?<= )_:(?=[^\s"]+ \.$)', re.MULTILINE)


@dataclass(frozen=True)
class Submission:
    """`lines` are unique and sorted, each one N-Triples triple that ends in ` .`, without its line end."""

    paths: tuple[Path, ...]
    lines: list[bytes]


def read_submission(
    paths: Sequence[Path], *, genid: str, graph: str | None, seconds: int, megabytes: int, base: str = HOME
) -> Submission:
    """Read and merge the files; blank nodes become IRIs that start with `genid` (within `seconds` and `megabytes`).

    Files that end in `.csv` are tables, read together, and those in `.rq` questions; `base` is the publisher's, under
    which their records stand. A link in a table that leads to none of them is under the shared home.
    Triples may stand in the default graph or in the named graph `graph`; with None, in any graph. Literals are kept
    as written. Raises BadInput for what read_rdf and read_tables refuse, for another named graph, for RDF 1.2 terms,
    and where the blank nodes take too much time or memory.
    """
    tables = [path for path in paths if path.suffix.lower() == SUFFIX]
    others = [path for path in paths if path not in tables]
    written = b"".join(_ntriples(path, number, graph, base) for number, path in enumerate(others))
    if tables:
        written += serialize(read_tables(tables, base), format=RdfFormat.N_TRIPLES) or b""
    lines = written.split(b"\n")
    lines.pop()
    if b"_:" in written:
        lines = skolemise(lines, genid=genid, seconds=seconds, megabytes=megabytes)
    check_lengths(lines)
    return Submission(tuple(paths), sorted(set(lines)))


def _ntriples(path: Path, number: int, graph: str | None, base: str) -> bytes:
    suffix = path.suffix.lower()
    quads = read_question(path, base) if suffix == QUESTION else read_rdf(path)
    if FORMATS.get(suffix) in _WITH_GRAPHS:
        quads = _merged(path, quads, graph)
    written = serialize(quads, format=RdfFormat.N_TRIPLES) or b""
    if any(mark in written for mark in (b"<<", b"--ltr", b"--rtl")) and (found := _RDF_12.search(written)):
        raise BadInput(f"{path}: a triple term or base direction (RDF 1.2); only RDF 1.1 is read: {found[0].decode()}")
    if number and b"_:" in written:
        # The same label in two files is two nodes.
        written = _BLANK_NODE.sub(b"_:f%d" % number, written)
    return written


def _merged(path: Path, quads: Iterable[Quad], graph: str | None) -> Iterator[Quad]:
    accepted = {DefaultGraph()} if graph is None else {DefaultGraph(), NamedNode(graph)}
    for quad in quads:
        if graph is not None and quad.graph_name not in accepted:
            raise BadInput(
                f"{path}: holds the named graph {quad.graph_name}, and this dataset's is <{graph}>: "
                "publish each graph as a dataset of its own"
            )
        yield Quad(quad.subject, quad.predicate, quad.object)
