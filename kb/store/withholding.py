"""What protocols keep from the public stays out whoever sends it: unchecked datasets too, and across datasets.

A dataset's own check refuses what its records say themselves. Here the same rules (`ww:withheldWhen` in the shapes) are
put to datasets that nobody checks, to releases that are brought back, and to what several datasets say of one thing
together, such as the status in one and the address in another.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from pyoxigraph import DefaultGraph, NamedNode, Triple

from kb.config import Settings
from kb.errors import BadInput, NotConforming, StoreMissing
from kb.protocols import catalogue
from kb.protocols.check import check
from kb.protocols.report import Report, Severity
from kb.protocols.withholding import withheld
from kb.store import serving
from kb.store.folder import DataFolder
from kb.store.readable import Store
from kb.store.snapshots import Snapshots


def refuse_withheld(
    folder: DataFolder, name: str, graph: str, lines: Sequence[bytes], settings: Settings, *, unchecked: bool
) -> None:
    """Raises NotConforming, with the report, where the content of a graph would make public what is withheld.

    `unchecked`: it has been through no check of its own.
    """
    if unchecked:
        _refuse(lines, settings, f"{name}: holds what a protocol keeps from the public")
    try:
        shown = serving.snapshots(settings) if settings.store else Snapshots(folder)
        store = shown.current().store
    except StoreMissing:
        return
    together = _together(store, graph, lines)
    if together:
        where = "another dataset says the rest of it; have that withdrawn (`whatworks withdraw --field`), then publish"
        _refuse(together, settings, f"{name}: with it would be public what a protocol keeps from the public: {where}")


def _refuse(lines: Sequence[bytes], settings: Settings, message: str) -> None:
    ids, shapes, _ = _rules()
    try:
        report = check(lines, protocols=ids, engine=settings.shacl_engine)
    except BadInput:  # none of these protocols is about anything in it
        return
    found = tuple(each for each in report.results if each.shape in shapes and each.severity is Severity.VIOLATION)
    if found:
        raise NotConforming(message, Report(found, report.focus, report.rules, report.labels, report.fields))


@cache
def _rules() -> tuple[tuple[str, ...], frozenset[str], frozenset[bytes]]:
    """The protocols that withhold something, the shapes that say so, and the predicates that it hangs on."""
    ids, shapes, predicates = [], set(), set()
    for protocol in catalogue.protocols():
        for shape in protocol.graph.property_shapes():
            if protocol.graph.iris(shape, "ww:withheldWhen"):
                shapes.add(shape.value)
                predicates.update(protocol.graph.iris(shape, "sh:path"))
        if rules := withheld(protocol.id):
            ids.append(protocol.id)
            predicates.update(each for rule in rules for each in rule.signs_in)
    return tuple(ids), frozenset(shapes), frozenset(f"<{each}>".encode() for each in predicates)


def _together(store: Store, graph: str, lines: Sequence[bytes]) -> list[bytes]:
    """What these lines and other public graphs say of the things that both say something of; with what is within."""
    predicates = _rules()[2]
    asked = dict.fromkeys(subject for subject, predicate, _ in map(_split, lines) if predicate in predicates)
    others: set[bytes] = set()
    shared: set[bytes] = set()
    for subject in asked:
        if found := _elsewhere(store, subject, graph):
            shared.add(subject)
            others |= found
    if not shared:
        return []
    within = {value for subject, _, value in map(_split, lines) if subject in shared}
    own = (line for line in lines if _split(line)[0] in shared | within)
    inner = (_elsewhere(store, value, graph) for value in {_split(line)[2] for line in others})
    return sorted({*own, *others, *(line for found in inner for line in found)})


def _elsewhere(store: Store, node: bytes, graph: str) -> set[bytes]:
    if not node.startswith(b"<"):
        return set()
    apart = (DefaultGraph(), NamedNode(graph))
    quads = store.quads_for_pattern(NamedNode(node[1:-1].decode()), None, None, None)
    return _written(quad.triple for quad in quads if quad.graph_name not in apart)


def _written(triples: Iterable[Triple]) -> set[bytes]:
    return {f"{triple} .".encode() for triple in triples}


def _split(line: bytes) -> tuple[bytes, bytes, bytes]:
    subject, predicate, value = line[:-2].split(b" ", 2)
    return subject, predicate, value
