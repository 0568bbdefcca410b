"""The protocol check: a submission, the ontology and the code lists as one data graph, against the chosen protocols.

The merge is needed: pySHACL's `ont_graph=` leaves SKOS concepts out, so that every `sh:class skos:Concept` would fail.
The Rust engine (`shacl`) is the default because it gives the same answers far sooner: on the 120 tests of the W3C SHACL
suite it and pySHACL are both right on 119; 10,000 assets (200,000 triples, 12 core constraints) take it 0.2 s, parsing
included, where pySHACL with rdflib takes 11 s; and 1,000 assets that leave out most of dp-01 give the same 20,000
results in 1.6 s against 26 s (both then spend most of it on the rules in SPARQL). On every case of this repository's
shapes the two are compared result by result (tests/test_shapes.py). It is young, so pySHACL stays the oracle of those
tests and the fallback (setting `shacl_engine`).
"""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kb import config
from kb.errors import BadInput
from kb.namespaces import compact
from kb.protocols import catalogue, engines
from kb.protocols.background import Background, background, local_name
from kb.protocols.catalogue import Protocol
from kb.protocols.fields import field_names
from kb.protocols.graph import expand
from kb.protocols.names import description, labels
from kb.protocols.report import Report, Result, ordered

TYPE = f" {expand('rdf:type')} ".encode()
SUBCLASS = f" {expand('rdfs:subClassOf')} ".encode()
_UNKNOWN_SHOWN = 5


def check(
    lines: Sequence[bytes],
    *,
    protocols: Sequence[str] | None = None,
    engine: str = "rust",
    shapes: Path | None = None,
    ontology: Path | None = None,
) -> Report:
    """Check sorted N-Triples lines (those of a Submission) against the protocols with these ids, by default all.

    `shapes` and `ontology` are folders, by default those that ship. Counts and results are of the submission: what is
    only in the ontology or a code list is not reported. Raises NotFound for an unknown protocol, and BadInput where
    none of the protocols applies to anything in the submission; the text then names the classes found.
    """
    every = catalogue.protocols(shapes)
    chosen = every if protocols is None else tuple(catalogue.protocol(id, shapes) for id in protocols)
    known = background(ontology)
    instances = instances_by_class(lines)
    superclasses = class_hierarchy(lines, known)
    focus = {each.id: _count(each, instances, superclasses) for each in chosen}
    if not any(focus.values()):
        raise BadInput(_nothing_to_check(chosen, instances))
    results = ordered(validate(lines, catalogue.shapes_files(chosen, shapes), known, engine))
    mentioned = {iri for result in results for iri in (result.focus, result.value) if iri}
    return Report(results, focus, labels(lines, mentioned), field_names(shapes))


def validate(lines: Sequence[bytes], files: tuple[Path, ...], known: Background, engine: str) -> Iterator[Result]:
    """The results for the sorted lines merged with the background, less those about the background."""
    data = b"\n".join(lines) + b"\n" + known.ntriples
    for result in engines.run(data, files, engine):
        if result.focus not in known.subjects or any(description(lines, result.focus)):
            yield result


def check_vocabulary(engine: str = "rust", *, shapes: Path | None = None, ontology: Path | None = None) -> Report:
    """Check the ontology and the code lists themselves against `ontology.ttl` of the shapes folder."""
    known = background(ontology)
    file = (shapes or config.shipped("shapes")) / catalogue.ONTOLOGY
    files = (file, *catalogue.shared_files(shapes))
    return Report(ordered(engines.run(known.ntriples, files, engine)), {"ontology": len(known.subjects)})


def instances_by_class(lines: Iterable[bytes]) -> dict[str, set[bytes]]:
    """Class → its direct instances."""
    found: dict[str, set[bytes]] = {}
    for line in lines:
        if TYPE in line:
            subject, predicate, object_ = line.split(b" ", 2)
            if predicate == TYPE.strip():
                found.setdefault(object_[1:-3].decode(), set()).add(subject)
    return found


def class_hierarchy(lines: Iterable[bytes], known: Background) -> dict[str, frozenset[str]]:
    """Class → its direct superclasses, by the ontology and by the submission (SHACL §2.1.3.2 asks for both)."""
    found = dict(known.superclasses)
    for line in lines:
        if SUBCLASS in line:
            subject, predicate, object_ = line.split(b" ", 2)
            if predicate == SUBCLASS.strip():
                name = subject[1:-1].decode()
                found[name] = found.get(name, frozenset()) | {object_[1:-3].decode()}
    return found


def _count(protocol: Protocol, instances: dict[str, set[bytes]], superclasses: dict[str, frozenset[str]]) -> int:
    things: set[bytes] = set()
    for name, members in instances.items():
        if ancestors(name, superclasses) & set(protocol.target_classes):
            things |= members
    return len(things)


def ancestors(name: str, superclasses: dict[str, frozenset[str]]) -> set[str]:
    """The class and all classes above it."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += superclasses.get(current, ())
    return found


def _nothing_to_check(chosen: Sequence[Protocol], instances: dict[str, set[bytes]]) -> str:
    ids = chosen[0].id if len(chosen) == 1 else "any protocol"
    begin = f"nothing here is what {ids} describes"
    if not instances:
        return f"{begin}: no thing has a class (rdf:type); give each thing the class that it is of"
    targets = {local_name(target).lower(): target for each in chosen for target in each.target_classes}
    shown = []
    for name in sorted(instances, key=lambda name: -len(instances[name]))[:_UNKNOWN_SHOWN]:
        near = difflib.get_close_matches(local_name(name).lower(), targets, n=1)
        hint = f" (nearest known class: {compact(targets[near[0]])})" if near else ""
        shown.append(f"{compact(name)}{hint}")
    more = len(instances) - len(shown)
    rest = f" and {more} more" if more else ""
    return f"{begin}: the classes found are {', '.join(shown)}{rest}; use a class that a protocol targets"
