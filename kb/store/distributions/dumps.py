"""Dumps in RDF: of each dataset from the lines of its release, of the whole by joining those of the datasets."""

import gzip
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, cast

from pyoxigraph import Quad, RdfFormat, parse, serialize

from kb.namespaces import PREFIXES

DATASET = ("nq.gz", "ttl", "jsonld")
"""The forms of one dataset; its one named graph has the same content, and TriG of one graph would be that Turtle."""

WHOLE = ("nq.gz", "trig", "jsonld")
"""The forms of all datasets together, each in its named graph."""

_SEARCHED = 2_000_000
"""Bytes from the start that are searched for the prefixes in use; what comes first after them is written in full."""

_CHUNK = 1024 * 1024


def write_dataset(stem: Path) -> None:
    """Writes `{stem}.ttl` and `{stem}.jsonld` of the sorted N-Quads in `{stem}.nq.gz`, all of one graph.

    Literals stay as they were sent; memory does not grow with the graph.
    """
    packed, unordered = Path(f"{stem}.nq.gz"), Path(f"{stem}.unordered")
    with gzip.open(packed) as quads:
        beginning = quads.read(_SEARCHED)
    prefixes = {prefix: space for prefix, space in PREFIXES.items() if f"<{space}".encode() in beginning}
    with gzip.open(packed) as quads:
        triples = (quad.triple for quad in _parsed(quads))
        serialize(triples, unordered, RdfFormat.TURTLE, prefixes=prefixes)
    # Prefixes come in another order each time; the same content must always give the same bytes.
    with unordered.open("rb") as source, Path(f"{stem}.ttl").open("wb") as out:
        out.writelines(sorted(source.readline() for _ in prefixes))
        shutil.copyfileobj(source, out, _CHUNK)
    unordered.unlink()
    with gzip.open(packed) as quads:
        serialize(_parsed(quads), Path(f"{stem}.jsonld"), RdfFormat.JSON_LD)


def _parsed(quads: gzip.GzipFile) -> Iterator[Quad]:
    return parse(cast(IO[bytes], quads), RdfFormat.N_QUADS)


def join_nquads(parts: Sequence[Path], target: Path) -> None:
    """Joins gzip files as the members of one, which is one gzip file too (RFC 1952 §2.2)."""
    with target.open("wb") as out:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, out)


def join_turtle(parts: Sequence[tuple[str, Path]], target: Path) -> None:
    """Puts the Turtle files that write_dataset wrote, each with its graph's IRI, into one TriG file."""
    with target.open("wb") as out:
        for graph, part in parts:
            with part.open("rb") as source:
                line = source.readline()
                while line.startswith(b"@prefix "):
                    out.write(line)
                    line = source.readline()
                out.write(f"<{graph}> {{\n".encode())
                out.write(line)
                shutil.copyfileobj(source, out)
                out.write(b"}\n")


def join_jsonld(parts: Sequence[Path], target: Path) -> None:
    """Puts the elements of several JSON-LD files that write_dataset wrote, each an array, into one array."""
    with target.open("wb") as out:
        divider = b"["
        for part in parts:
            inside = part.stat().st_size - len("[]")
            if not inside:
                continue
            out.write(divider)
            with part.open("rb") as source:
                source.seek(len("["))
                while inside:
                    chunk = source.read(min(inside, _CHUNK))
                    out.write(chunk)
                    inside -= len(chunk)
            divider = b",\n"
        out.write(b"[]" if divider == b"[" else b"]")
