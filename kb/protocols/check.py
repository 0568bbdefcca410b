"""The protocol check: a submission, the ontology and the code lists as one data graph, against the chosen protocols.

The merge is needed: pySHACL's `ont_graph=` leaves SKOS concepts out, so that every `sh:class skos:Concept` would fail.
The Rust engine (`shacl`) is the default because it gives the same answers far sooner: on the 120 tests of the W3C SHACL
suite it and pySHACL are both right on 119; 10,000 assets (200,000 triples, 12 core constraints) take it 0.2 s, parsing
included, where pySHACL with rdflib takes 11 s; and 1,000 assets that leave out most of dp-01 give the same 20,000
results in 1.6 s against 26 s (both then spend most of it on the rules in SPARQL). On every case of this repository's
shapes the two are compared result by result (tests/test_shapes.py). It is young, so pySHACL stays the oracle of those
tests and the fallback (setting `shacl_engine`).
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import NamedNode

from kb import config
from kb.errors import BadInput
from kb.protocols import catalogue, engines, side_by_side
from kb.protocols.background import background
from kb.protocols.catalogue import Protocol
from kb.protocols.fields import field_names
from kb.protocols.names import labels
from kb.protocols.part_process import Asked
from kb.protocols.parts import PART_LINES, Records, object_iri, subject_of
from kb.protocols.report import Report, Result, ordered
from kb.protocols.results import Gathered, Gathering
from kb.protocols.side_by_side import PartProcesses
from kb.protocols.targets import class_hierarchy, instances_by_class, nothing_targeted, targeted
from kb.protocols.validation import validate

NAMED = 2_000
"""Results of whose things the report knows names, the first in its order: more nobody reads."""


@dataclass(frozen=True)
class Earlier:
    """The report of an earlier content of the same dataset, and the lines that have come and gone since."""

    report: Report
    added: Sequence[bytes]
    removed: Sequence[bytes]


def check(
    lines: Sequence[bytes],
    *,
    protocols: Sequence[str] | None = None,
    engine: str = "rust",
    earlier: Earlier | None = None,
    shapes: Path | None = None,
    ontology: Path | None = None,
) -> Report:
    """Check sorted N-Triples lines (those of a Submission) against the protocols with these ids, by default all.

    What a protocol is a profile of is checked with it. With `earlier`, results of what has not changed are taken from
    that report, if it was made by the same rules; the answer is the same. `shapes` and `ontology` are folders, by
    default those that ship. Counts and results are of the submission: what is only in the ontology or a code list is
    not reported. Raises NotFound for an unknown protocol, and BadInput where none of the protocols applies to anything
    in the submission (the text names the classes found) or a protocol is a profile of an unknown one.
    """
    every = catalogue.protocols(shapes)
    asked = every if protocols is None else tuple(catalogue.protocol(id, shapes) for id in protocols)
    chosen = catalogue.with_parents(asked, shapes)
    known = background(ontology)
    instances = instances_by_class(lines)
    superclasses = class_hierarchy(lines, known)
    targets = {each.id: targeted(each, instances, superclasses) for each in chosen}
    if not any(targets[each.id] for each in asked):
        raise BadInput(nothing_targeted(asked, instances))
    rules = digest((*catalogue.shapes_files(chosen, shapes), *known.paths), engine)
    if earlier is not None and earlier.report.rules != rules:
        earlier = None

    def run(data: Sequence[bytes], against: Sequence[Protocol]) -> Iterator[Result]:
        return validate(data, catalogue.shapes_files(against, shapes), known, engine)

    results: Sequence[Result]
    if earlier is not None and not (earlier.added or earlier.removed):
        results = earlier.report.results
    elif earlier is None and len(lines) <= PART_LINES:
        results = ordered(run(lines, chosen))
    else:
        whole = [each for each in chosen if each.compares_records and targets[each.id]]
        applying = catalogue.with_parents([each for each in chosen if targets[each.id]], shapes)
        single = [each for each in applying if not each.compares_records]
        things = set().union(*(targets[each.id] for each in single))
        places = side_by_side.places(len(lines)) if earlier is None else 0
        asked_of_parts = Asked(catalogue.shapes_files(single, shapes), ontology, engine)

        def gathered(part: Sequence[bytes]) -> Gathered:
            return Gathering(run(part, single)).gathered()

        with PartProcesses(asked_of_parts, places) if places else nullcontext() as processes:
            records = Records(lines)
            found = Gathering(run(lines, whole) if whole else ())
            if earlier is not None:
                things, kept = unchanged(records, things, earlier, whole)
                found.add(kept)
            parts = records.parts(sorted(things), PART_LINES)
            if processes is None:
                told = side_by_side.in_threads(gathered, parts, engines.PARALLEL.get(engine, 1))
            else:
                told = processes.results(parts, gathered)
            for each in told:
                found.add_gathered(each)
        results = found.results()
    focus = {id: len(things) for id, things in targets.items()}
    mentioned = {iri for result in results[:NAMED] for iri in (result.focus, result.value) if iri}
    return Report(results, focus, rules, labels(lines, mentioned), field_names(shapes))


def unchanged(
    records: Records, things: set[bytes], earlier: Earlier, whole: Sequence[Protocol]
) -> tuple[set[bytes], set[Result]]:
    """Those of the things that must be checked again, and the earlier results that still hold for the others.

    A thing must be checked again when it leads to a subject whose lines have changed, or to one that shares earlier
    results with such a thing. Results of the protocols in `whole` are not kept: these are checked anew in any case.
    """
    anew = {quad.subject.value for each in whole for quad in each.graph.quads if isinstance(quad.subject, NamedNode)}
    old = [result for result in earlier.report.results if result.shape not in anew]
    reported = {f"<{result.focus}>".encode() for result in old}
    changed = {subject_of(line) for line in (*earlier.added, *earlier.removed)}
    changed |= {iri for line in earlier.removed if (iri := object_iri(line))}
    while True:
        touched = records.leading_to(changed)
        again = things & touched
        reached = records.reached(again)
        shared = (reached - touched) & reported
        if not shared:
            break
        changed |= shared
    dropped = {subject[1:-1].decode() for subject in touched | reached}
    return again, {result for result in old if result.focus not in dropped}


def check_vocabulary(engine: str = "rust", *, shapes: Path | None = None, ontology: Path | None = None) -> Report:
    """Check the ontology and the code lists themselves against `ontology.ttl` of the shapes folder."""
    known = background(ontology)
    file = (shapes or config.shipped("shapes")) / catalogue.ONTOLOGY
    files = (file, *catalogue.shared_files(shapes))
    return Report(ordered(engines.run(known.ntriples, files, engine)), {"ontology": len(known.subjects)})


@cache
def digest(files: tuple[Path, ...], engine: str) -> str:
    """SHA-256 of the engine's name and of the files: two reports with the same one were made by the same rules."""
    found = hashlib.sha256(engine.encode())
    for file in files:
        found.update(file.read_bytes())
    return found.hexdigest()
