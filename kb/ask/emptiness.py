"""Why a query has an empty answer, in plain words: the part of it that matches nothing, and what to write instead.

Nothing is guessed: each reason rests on what the store answers to parts of the query. Where no reason is found, that is
said. An explanation takes a bounded number of probes (kb.ask.probes), each as long as its query may take: run it where
it can be ended.
"""

from collections.abc import Iterator

from pyoxigraph import NamedNode

from kb.ask import joining, mismatch, removal
from kb.ask.grammar import read as written_query
from kb.ask.nearest import Names, nearest
from kb.ask.probes import Probes, are, counted, graph_names, scope
from kb.ask.query import Query
from kb.ask.query import read as allowed
from kb.ask.written import Clause, Group, Modifier, Node, Pattern, Place, Reason
from kb.errors import QueryError, QueryRefused
from kb.store.readable import Store

MOST_REASONS = 3
"""Reasons that are given; one is mostly enough to go on."""

UNKNOWN = Reason("Each part of the query matches something alone, and what keeps them apart was not found")


def explain(store: Store, query: Query | str) -> list[Reason]:
    """Why the answer to the query is empty: up to MOST_REASONS reasons, in the order of the text.

    An answer is empty where a SELECT has no rows, a graph no triples, or an ASK is false; for a query whose answer is
    not, the list means nothing. It is empty where the query can't be read in its parts, or asks other places: no probe
    sends a request.
    """
    if isinstance(query, str):
        query = allowed(query)
    written = written_query(query.text, query.base)
    if written is None or query.services:
        return []
    try:
        found = list(_Explaining(Probes(store, query, written)).reasons())
    except (QueryError, QueryRefused):
        return []
    return list(dict.fromkeys(found))[:MOST_REASONS] or [UNKNOWN]


class _Explaining:
    def __init__(self, probes: Probes) -> None:
        self.probes = probes
        self.written = probes.written
        self.names = Names(self.written.namespaces)

    def reasons(self) -> Iterator[Reason]:
        written = self.written
        if written.limit == 0:
            yield Reason("LIMIT 0 asks for no row", "Ask for more, or leave LIMIT out")
            return
        absent = list(self.absent_graphs())
        yield from absent
        if absent and not self.some_graph_is_left():
            return
        if written.where is None:
            yield from self.described()
        elif rows := self.probes.rows(written.where.parts):
            yield from self.after_the_pattern(rows)
        else:
            yield from self.group(written.where, None)

    def absent_graphs(self) -> Iterator[Reason]:
        """The graphs of FROM, of the request and of GRAPH that the store does not have."""
        known = [name.value for name in graph_names(self.probes.store)]
        for iri, at in [*self._dataset(), *_graphs_of(self.written.where)]:
            if not self.probes.store.contains_named_graph(NamedNode(iri)):
                near = ", ".join(self.names.show(each) for each in nearest(iri, known))
                advice = f"Nearest: {near}" if near else "/datasets lists them"
                yield Reason(f"There is no graph {self.names.show(iri)}", advice, at)

    def some_graph_is_left(self) -> bool:
        """Whether every GRAPH that is named is there, and some graph of the dataset."""
        store = self.probes.store
        inside = all(store.contains_named_graph(NamedNode(iri)) for iri, _ in _graphs_of(self.written.where))
        dataset = self._dataset()
        return inside and (not dataset or any(store.contains_named_graph(NamedNode(iri)) for iri, _ in dataset))

    def _dataset(self) -> list[tuple[str, Place | None]]:
        """The graphs of the request, else those of FROM."""
        query = self.probes.query
        if query.default_graphs is not None or query.named_graphs is not None:
            return [(each, None) for each in (*(query.default_graphs or ()), *(query.named_graphs or ()))]
        return [(each.iri.value, each.at) for each in self.written.graphs]

    def described(self) -> Iterator[Reason]:
        whole = scope(self.probes, None)
        for each in self.written.described:
            cause = mismatch.absent(each.iri, whole, self.names)
            yield Reason(cause.what, cause.advice, each.at)

    def group(self, group: Group, graph: Node | None) -> Iterator[Reason]:
        """Why the group, within this GRAPH if one is given, has no solution; nothing where it has one."""
        if self.probes.matches(group.parts, graph):
            return
        alone = [reason for part in group.parts for reason in self.alone(part, graph)]
        if alone:
            yield from alone
            return
        required = [part for part in group.parts if not (isinstance(part, Clause) and part.removes)]
        if self.probes.matches(required, graph):
            yield from removal.reasons(self.probes, group.parts, graph)
        else:
            yield from joining.reasons(self.probes, self.names, required, graph)

    def alone(self, part: Pattern | Clause, graph: Node | None) -> Iterator[Reason]:
        """Why one part matches nothing even by itself; nothing where it does, or need not."""
        if isinstance(part, Pattern):
            if not self.probes.matches([part], graph):
                yield from self.pattern(part, graph)
        elif part.kind == "graph":
            if not self.probes.matches([part]):
                yield from self.within_graph(part)
        elif part.kind in ("union", "select") and not self.probes.matches([part], graph):
            inside = [reason for inner in part.groups for reason in self.group(inner, graph)]
            yield from inside or [Reason(f"{part.shown} matches nothing", "", part.at)]

    def within_graph(self, clause: Clause) -> Iterator[Reason]:
        if not scope(self.probes, clause.graph).graphs:
            what = "FROM without FROM NAMED leaves nothing for GRAPH"
            yield Reason(what, "Name the graph after FROM NAMED, or leave FROM out", clause.at)
            return
        for inner in clause.groups:
            yield from self.group(inner, clause.graph)

    def pattern(self, pattern: Pattern, graph: Node | None) -> Iterator[Reason]:
        """Why no triple matches the pattern."""
        nothing = f"Nothing matches {pattern.shown}"
        nothing += f" at its step {pattern.step}" if pattern.step else ""
        causes = mismatch.causes(pattern, scope(self.probes, graph), self.names)
        if not causes:
            yield Reason(f"{nothing}; what it lacks was not found", "", pattern.at)
        for cause in causes:
            yield Reason(f"{nothing}. {cause.what}", cause.advice, pattern.at)

    def after_the_pattern(self, rows: int) -> Iterator[Reason]:
        """What empties the answer of a pattern that has solutions."""
        what = {"offset": "is past the end", "having": "leaves no group", "values": "fits none of the solutions"}
        advice = {"offset": "Start earlier", "having": "Widen it", "values": "Check its values"}
        found = False
        for each in self.written.modifiers:
            if left := self.probes.whole(each.without):
                found = True
                reason = f"{each.shown} {what[each.kind]}: without it there {are(left)}"
                yield Reason(reason, self.absent_value(each) or advice[each.kind], each.at)
        if not found and self.written.form == "CONSTRUCT":
            reason = f"The pattern has solutions ({counted(rows)}), and the template makes no triple of them"
            yield Reason(reason, "Each triple needs variables that the pattern binds, and an IRI as its property")

    def absent_value(self, modifier: Modifier) -> str:
        """What to say of the first value that stands nowhere in the store; "" where each does."""
        whole = scope(self.probes, None)
        for value in modifier.values:
            if isinstance(value, NamedNode) and not whole.anywhere(value):
                cause = mismatch.absent(value, whole, self.names)
                return f"{cause.what}. {cause.advice}"
        return ""


def _graphs_of(group: Group | None) -> Iterator[tuple[str, Place | None]]:
    """The IRIs after GRAPH in what must match."""
    for part in group.parts if group else ():
        if isinstance(part, Clause) and not part.removes and part.kind != "optional":
            if part.graph is not None and part.graph.term is not None:
                yield part.graph.term.value, part.at
            if len(part.groups) == 1:
                yield from _graphs_of(part.groups[0])
