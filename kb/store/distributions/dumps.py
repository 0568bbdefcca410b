"""Dumps in RDF: of each dataset from the lines of its release, of the whole by joining those of the datasets."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from pyoxigraph import RdfFormat, parse, serialize

from kb.namespaces import PREFIXES

DATASET = ("nq.gz", "ttl", "jsonld")
"""The forms of one dataset; its one named graph has the same content, and TriG of one graph would be that Turtle."""

WHOLE = ("nq.gz", "trig", "jsonld")
"""The forms of all datasets together, each in its named graph."""

_SEARCHED = 2_000_000
"""Bytes from the start that are searched for the prefixes in use; what comes first after them is written in full."""

_CHUNK = 1024 * 1024


def write_dataset(stem: Path, quads: bytes) -> None:
    """Writes `{stem}.ttl` and `{stem}.jsonld` of sorted N-Quads, all of one graph; literals stay as they were sent."""
    beginning = quads[:_SEARCHED]
    prefixes = {prefix: space for prefix, space in PREFIXES.items() if f"<{space}".encode() in beginning}
    triples = (quad.triple for quad in parse(quads, RdfFormat.N_QUADS))
    turtle = serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes) or b""
    # Prefixes come in another order each time; the same content must always give the same bytes.
    lines = turtle.split(b"\n", len(prefixes))
    Path(f"{stem}.ttl").write_bytes(b"\n".join(sorted(lines[:-1]) + lines[-1:]))
    serialize(parse(quads, RdfFormat.N_QUADS), Path(f"{stem}.jsonld"), RdfFormat.JSON_LD)


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
