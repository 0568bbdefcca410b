"""The template columns that shapes declare (ww:TemplateColumn): one of several values of the same kind, by itself.

A measurement says by a code what was measured. In a sheet each of the usual measures has a column of its own.
"""

from dataclasses import dataclass, replace

from pyoxigraph import NamedNode

from kb.errors import BadInput
from kb.protocols.background import Background, local_name
from kb.protocols.fields import Field, field_of
from kb.protocols.graph import FileGraph
from kb.protocols.report import Severity


@dataclass(frozen=True)
class TemplateColumn:
    """`name` tells its thing apart from others of the same kind: the name of the first column that fixes the same."""

    id: str
    name: str
    fills: str
    """The property shape of the value."""
    fixed: tuple[tuple[str, str], ...]
    """Predicates and IRIs of the thing that the value belongs to."""
    meets: frozenset[str]
    """Property shapes with a rule that a value fulfils."""
    shares: frozenset[str]
    """Property shapes whose column holds for the thing too."""
    written: Field
    """What is said of the column itself; no constraints."""

    def field(self, filled: Field, rules: dict[str, str]) -> Field:
        """The field of its values: that of the property shape, in the column's own words.

        `rules` are the property shapes that have rules for the record, each with its obligation.
        """
        asked = [rules[shape] for shape in self.meets if shape in rules]
        return replace(
            filled,
            name=self.written.name,
            description=self.written.description,
            examples=self.written.examples,
            obligation=min(asked, key=OBLIGATIONS.index) if asked else Severity.INFO.obligation,
            code_list=self.written.code_list or filled.code_list,
            kind=self.written.kind if self.written.code_list else filled.kind,
            group=self.written.group,
            order=self.written.order,
        )


OBLIGATIONS = tuple(severity.obligation for severity in (Severity.VIOLATION, Severity.WARNING, Severity.INFO))
"""The strictest first."""


def template_columns(graph: FileGraph, known: Background) -> list[TemplateColumn]:
    """Those of a file of shapes; raises BadInput where one does not say which value it holds, and of what."""
    found: list[TemplateColumn] = []
    for node in graph.of_type("ww:TemplateColumn"):
        fills, fixed = graph.iri(node, "ww:fills"), _fixed(graph, node)
        if fills is None or not fixed:
            raise BadInput(f"{node.value}: a ww:TemplateColumn has ww:fills and ww:fixes, pairs of property and IRI")
        id = local_name(node.value)
        found.append(
            TemplateColumn(
                id=id,
                name=next((each.name for each in found if each.fixed == fixed), id.rpartition("-")[2]),
                fills=fills,
                fixed=fixed,
                meets=frozenset(graph.iris(node, "ww:meetsRuleOf")),
                shares=frozenset(graph.iris(node, "ww:sharesColumnOf")),
                written=field_of(graph, known, node),
            )
        )
    return found


def _fixed(graph: FileGraph, node: NamedNode) -> tuple[tuple[str, str], ...]:
    members = [each for head in graph.values(node, "ww:fixes") for each in graph.members(head)]
    iris = [each.value for each in members if isinstance(each, NamedNode)]
    if len(iris) != len(members) or len(iris) % 2:
        return ()
    return tuple(zip(iris[::2], iris[1::2], strict=True))
