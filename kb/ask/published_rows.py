"""What a public graph holds, as rows of the template of a protocol."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from kb.ask.graphs import check_known, triples
from kb.errors import BadInput
from kb.namespaces import expand
from kb.protocols.catalogue import protocols
from kb.protocols.columns import record_columns
from kb.protocols.templates.prefilled import prefilled
from kb.protocols.templates.workbook import Rows
from kb.store.readable import Store

_DESCRIBED_APART = expand("dcat:Dataset")
"""The dataset's description of itself, which stays when a sheet is sent."""


@dataclass(frozen=True)
class PublishedRows:
    """Rows by record type, and what they cannot say: predicates with the number of values, and classes of other
    protocols with the number of things."""

    rows: Rows
    left_out: Counter[str]


def published_rows(
    store: Store, graph: str, protocol_id: str, *, labels: bool = True, at_most: int | None = None
) -> PublishedRows:
    """The records of the protocol's types in a named graph; codes by their labels, or by their last segments.

    Raises NotFound for an unknown graph or protocol, and BadInput where the graph has more triples than `at_most`.
    """
    check_known(store, graph)
    found = triples(store, graph, None if at_most is None else at_most + 1)
    if at_most is not None and len(found) > at_most:
        raise BadInput(
            f"{graph}: has more than {at_most:,} triples; whatworks template {protocol_id} --graph writes any number"
        )
    records = record_columns(protocol_id)
    made = {record.id: prefilled(record, found, labels=labels) for record in records}
    left_out = _others(found, {record.class_ for record in records})
    for each in made.values():
        left_out.update(each.left_out)
    return PublishedRows({id: each.rows for id, each in made.items()}, left_out)


def _others(found: Iterable[Triple], held: set[str]) -> Counter[str]:
    """The things of record types of other protocols, by class."""
    known = {class_ for each in protocols() for class_ in each.target_classes} - held - {_DESCRIBED_APART}
    types = (each.object for each in found if each.predicate.value == expand("rdf:type"))
    return Counter(each.value for each in types if isinstance(each, NamedNode) and each.value in known)
