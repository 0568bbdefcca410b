"""Of several code lists of a field the one that belongs to what else its thing says, as a rating's to its metric.

Which belong together the protocol's template columns tell: one that fixes the metric names the list of its rating.
"""

from collections.abc import Mapping as ReadOnly
from dataclasses import replace

from kb.mapping.mapping import Mapping
from kb.mapping.values.names import Names
from kb.mapping.values.reader import Read, reader
from kb.mapping.values.said import link
from kb.protocols.columns import Column, RecordColumns


def narrowed(
    column: Column, about: RecordColumns, mapping: Mapping, names: Names
) -> ReadOnly[tuple[str, str], Read]:
    """Predicate and object (as N-Triples) of the same thing → what then reads the column; nothing for most columns."""
    if len(column.code_lists) < 2 or column.leading is None:
        return {}
    alike = [each for each in about.columns if (each.leading, each.path) == (column.leading, column.path)]
    return {
        (predicate, link(iri)): reader(replace(column, code_lists=each.code_lists), mapping, names)
        for each in alike
        if len(each.fixed) == 1 and len(each.code_lists) == 1
        for predicate, iri in each.fixed
    }
