"""Names for blank nodes that depend on nothing but what is said about them; also the program of a child process.

Blank nodes that are linked to each other form a component. Each component is canonicalised by itself (RDFC-1.0), and a
node's name is a hash of its component's canonical N-Triples and of its own canonical label in it. So a name is the same
in every run, in any order of the triples and whatever else the file holds: unlike RDFC-1.0 labels of the whole file,
where one more node can shift all others. It changes when anything in its own component does. Components that say
exactly the same cannot be told apart; they are numbered.

Run as a program (by kb.intake.skolem) it reads N-Triples from standard input and writes them back named. It imports
nothing of this project, so that it starts quickly.
"""

import hashlib
import re
import resource
import sys
from collections import Counter
from collections.abc import Iterable

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse, serialize

OUT_OF_MEMORY = 71
"""Exit code of the program when its memory limit was reached."""

_SUBJECT = re.compile(rb"^_:(\S+)")
_OBJECT = re.compile(rb' _:([^\s"]+) \.$')


def name_blank_nodes(lines: Iterable[bytes], genid: str) -> list[bytes]:
    """The N-Triples lines, each with at least one blank node, with every blank node replaced by `genid` and a hash.

    Time grows exponentially with the number of blank nodes of one component that look alike.
    """
    alike: Counter[bytes] = Counter()
    named: list[bytes] = []
    for component in _components(lines):
        canonical = _canonical(component)
        content = hashlib.sha256(b"\n".join(canonical)).digest()
        alike[content] += 1
        seed = content + (b"" if alike[content] == 1 else str(alike[content]).encode())
        names = {label: _name(genid, seed, label) for line in canonical for label in blank_nodes(line)}
        named += [_named(line, names) for line in canonical]
    return named


def blank_nodes(line: bytes) -> list[bytes]:
    """The labels of the blank nodes of one line, subject first."""
    return _SUBJECT.findall(line) + _OBJECT.findall(line)


def _name(genid: str, seed: bytes, label: bytes) -> bytes:
    return f"<{genid}{hashlib.sha256(seed + label).hexdigest()[:32]}>".encode()


def _named(line: bytes, names: dict[bytes, bytes]) -> bytes:
    line = _SUBJECT.sub(lambda found: names[found[1]], line)
    return _OBJECT.sub(lambda found: b" " + names[found[1]] + b" .", line)


def _components(lines: Iterable[bytes]) -> list[list[bytes]]:
    """The lines grouped by the component of their blank nodes."""
    parent: dict[bytes, bytes] = {}

    def root(label: bytes) -> bytes:
        while parent.setdefault(label, label) != label:
            parent[label] = label = parent[parent[label]]
        return label

    labelled = [(line, blank_nodes(line)) for line in lines]
    for _, labels in labelled:
        parent[root(labels[0])] = root(labels[-1])
    grouped: dict[bytes, list[bytes]] = {}
    for line, labels in labelled:
        grouped.setdefault(root(labels[0]), []).append(line)
    return list(grouped.values())


def _canonical(component: list[bytes]) -> list[bytes]:
    """The component's canonical N-Triples: RDFC-1.0 as a rule, and by itself where there is one label to give."""
    labels = {label for line in component for label in blank_nodes(line)}
    if len(labels) == 1:
        only = dict.fromkeys(labels, b"_:c14n0")
        return sorted(_named(line, only) for line in component)
    triples = parse(b"\n".join(component), format=RdfFormat.N_TRIPLES)
    dataset = Dataset(Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    written = serialize(dataset, format=RdfFormat.N_TRIPLES) or b""
    return sorted(written.rstrip(b"\n").split(b"\n"))


def main(genid: str, seconds: int, megabytes: int) -> int:
    """Name the blank nodes of standard input within the limits; the exit code is 0 or OUT_OF_MEMORY."""
    limit = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds + 1, seconds + 1))
    try:
        lines = sys.stdin.buffer.read().rstrip(b"\n").split(b"\n")
        sys.stdout.buffer.write(b"\n".join(name_blank_nodes(lines, genid)))
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
