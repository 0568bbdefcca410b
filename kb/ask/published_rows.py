"""What a public graph holds, as rows of the template of a protocol."""

from collections import Counter
from dataclasses import dataclass

from kb.ask.graphs import check_known, triples
from kb.errors import BadInput
from kb.protocols.columns import record_columns
from kb.protocols.templates.prefilled import prefilled
from kb.protocols.templates.workbook import Rows
from kb.store.readable import Store


@dataclass(frozen=True)
class PublishedRows:
    """Rows by record type, and the predicates of what they cannot say, with the number of values."""

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
    made = {record.id: prefilled(record, found, labels=labels) for record in record_columns(protocol_id)}
    left_out = Counter[str]()
    for each in made.values():
        left_out.update(each.left_out)
    return PublishedRows({id: each.rows for id, each in made.items()}, left_out)
