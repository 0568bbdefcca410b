"""The text of a query becomes what it says (kb.ask.written), by tree-sitter's grammar of SPARQL.

Nothing is evaluated but the terms of the query, which pyoxigraph names on an empty store. A sequence path is read as
the patterns of its steps, joined by a variable that has no name in the query.
"""

import re
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from kb.ask.written import HIDDEN, Clause, Group, Modifier, Named, Node, Part, Pattern, Place, Written, shortened
from kb.intake.tokens import place
from kb.vocabulary import RDF_TYPE

_CLAUSES = {
    "filter": "filter",
    "minus_graph_pattern": "minus",
    "optional_graph_pattern": "optional",
    "group_or_union_graph_pattern": "union",
    "graph_graph_pattern": "graph",
    "inline_data": "values",
    "bind": "bind",
}
"""Node of the grammar → kind of a Clause."""

_EQUALS = re.compile(
    r"FILTER ?\( ?(?:(?:STR ?\( ?)?[?$](?P<first>\w+) ?\)? ?= ?[^?$&|]+|[^?$&|]+ ?= ?[?$](?P<last>\w+)) ?\)",
    re.IGNORECASE,
)
"""A filter that compares one variable, as text or not, with something that has no variable in it."""

_IRIS = ("iri_reference", "prefixed_name")
_TERMS = (*_IRIS, "rdf_literal", "integer", "decimal", "double", "boolean_literal")


def read(text: str, base: str | None = None) -> Written | None:
    """The query; None where the grammar does not follow it, or is not installed."""
    parser = _parser()
    if parser is None:
        return None
    try:
        root = parser.parse(text.encode()).root_node
        return None if root.has_error else _Reading(text, root, base).written()
    except (SyntaxError, ValueError):
        # The grammar is not the parser's: it lets through terms that are none.
        return None


def comparison(text: str, prologue: str, base: str | None = None) -> tuple[str, Literal] | None:
    """The variable and the literal of a filter that asks whether they are equal; None for any other filter."""
    found = _EQUALS.fullmatch(" ".join(text.split()))
    parser = _parser()
    if found is None or parser is None:
        return None
    query = f"{prologue}\nASK {{ {text} }}"
    terms = list(_Reading(query, parser.parse(query.encode()).root_node, base).terms.values())
    if len(terms) != 1 or not isinstance(terms[0], Literal):
        return None
    return found["first"] or found["last"], terms[0]


@cache
def _parser() -> Any:
    """The parser, or None: its wheels are made for some versions of Python only."""
    try:
        import tree_sitter
        import tree_sitter_sparql
    except ImportError:
        return None
    with warnings.catch_warnings():
        # The grammar's binding hands over its address in a form that is to go.
        warnings.simplefilter("ignore", DeprecationWarning)
        return tree_sitter.Parser(tree_sitter.Language(tree_sitter_sparql.language()))


class _Reading:
    """One text on its way to a Written. Terms are collected while the groups are read, and named before."""

    def __init__(self, text: str, root: Any, base: str | None) -> None:
        self.text = text
        self.bytes = text.encode()
        self.root = root
        self.base = base
        self.prologue = "\n".join(self.of(node) for node in _all(root, "prologue"))
        self.terms = self._named()
        self.hidden = 0

    def of(self, node: Any) -> str:
        return self.bytes[node.start_byte : node.end_byte].decode()

    def at(self, node: Any) -> Place:
        return Place(*place(self.text, len(self.bytes[: node.start_byte].decode())))

    def written(self) -> Written | None:
        query = next((node for node in self.root.named_children if node.type.endswith("_query")), None)
        if query is None:
            return None
        clauses = list(_children(query, "dataset_clause"))
        graphs = [node for clause in clauses for node in _all(clause, *_IRIS)]
        where = next(_all(query, "where_clause"), None)
        group = next(_children(where, "group_graph_pattern"), None) if where else None
        modifier = next(_children(query, "solution_modifier"), None)
        short_form = next(_children(query, "triples_template"), None)
        return Written(
            form=query.type.removesuffix("_query").upper(),
            prologue=self.prologue,
            dataset=" ".join(map(self.of, clauses)),
            graphs=tuple(self.named(node) for node in graphs),
            where=self.group(group) if group else Group(tuple(self.block(short_form))) if short_form else None,
            namespaces=self._namespaces(),
            limit=self._number(modifier, "limit_clause"),
            modifiers=tuple(self.modifiers()),
            described=tuple(self.named(node) for node in _children(query, *_IRIS)),
        )

    def named(self, node: Any) -> Named:
        iri = self.terms[self.of(node)]
        assert isinstance(iri, NamedNode)
        return Named(iri, self.of(node), self.at(node), node.parent.type == "named_graph_clause")

    def modifiers(self) -> Iterator[Modifier]:
        """OFFSET, HAVING and the last VALUES; not those of subqueries."""
        kinds = {"offset": "limit_offset_clauses", "having": "having_clause", "values": "values_clause"}
        for kind, type in kinds.items():
            for node in _all(self.root, type, outside="where_clause"):
                if kind != "offset" or next(_all(node, "offset_clause"), None):
                    without = self.bytes[: node.start_byte] + self.bytes[node.end_byte :]
                    terms = _all(node, *_TERMS) if kind == "values" else ()
                    values = tuple(self.terms[self.of(each)] for each in terms)
                    yield Modifier(kind, shortened(self.of(node)), self.at(node), without.decode(), values)

    def group(self, node: Any) -> Group:
        parts: list[Part] = []
        for child in node.named_children:
            if child.type == "triples_block":
                parts += self.block(child)
            elif child.type == "sub_select":
                inner = next(_all(child, "group_graph_pattern"))
                parts.append(Clause("select", f"{{ {self.of(child)} }}", self.at(child), (self.group(inner),)))
            elif child.type in _CLAUSES:
                parts.append(self.clause(_CLAUSES[child.type], child))
            elif child.type != "comment":
                parts.append(Clause("other", self.of(child), self.at(child)))
        return Group(tuple(parts))

    def clause(self, kind: str, node: Any) -> Clause:
        groups = () if kind == "filter" else tuple(map(self.group, _children(node, "group_graph_pattern")))
        graph = self.node(node.named_children[0]) if kind == "graph" else None
        found = [self.terms[self.of(each)] for each in _all(node, *_TERMS)] if kind == "values" else []
        return Clause(kind, self.of(node), self.at(node), groups, graph, tuple(found))

    def block(self, node: Any) -> Iterator[Pattern]:
        for statement in _children(node, "triples_same_subject"):
            children = [child for child in statement.named_children if child.type != "comment"]
            subject = yield from self.subject_or_object(children[0])
            for properties in children[1:]:
                yield from self.properties(subject, properties, self.at(statement))

    def properties(self, subject: tuple[Node, str], node: Any, at: Place) -> Iterator[Pattern]:
        """The patterns of a property list; the first stands where its subject does."""
        for count, property in enumerate(_children(node, "property")):
            verb = property.children[0]
            objects = next(_children(property, "object_list")).named_children
            for number, object in enumerate(child for child in objects if child.type != "comment"):
                here = self.at(object) if number else self.at(property) if count else at
                value = yield from self.subject_or_object(object)
                yield from self.steps(subject, verb, value, here)

    def subject_or_object(self, node: Any) -> Any:
        """A subject or object with what is shown of it; the patterns of a `[ … ]` come before."""
        if node.type in ("blank_node_property_list", "anon"):
            self.hidden += 1
            found = Node(f"?{HIDDEN}{self.hidden}"), "[…]" if node.type != "anon" else "[]"
            for properties in _children(node, "property_list"):
                yield from self.properties(found, properties, self.at(node))
            return found
        return self.node(node), shortened(self.of(node))

    def steps(self, subject: tuple[Node, str], verb: Any, value: tuple[Node, str], at: Place) -> Iterator[Pattern]:
        shown = f"{subject[1]} {shortened(self.of(verb))} {value[1]}"
        steps = self.path(verb)
        start = subject[0]
        for number, (step, inverse) in enumerate(steps):
            if number == len(steps) - 1:
                end = value[0]
            else:
                self.hidden += 1
                end = Node(f"?{HIDDEN}{self.hidden}")
            name = step.text if len(steps) > 1 else ""
            first, last = (end, start) if inverse else (start, end)
            yield Pattern(first, step, last, shown, at, name)
            start = end

    def path(self, node: Any) -> list[tuple[Node, bool]]:
        """The steps of a sequence of properties, each with whether it goes backwards; any other path is one step."""
        children = [child for child in node.children if child.type != "comment"]
        if node.type == "binary_path" and children[1].type == "/":
            return [*self.path(children[0]), *self.path(children[2])]
        if node.type == "path_element" and len(children) == 1 and children[0].type in (*_TERMS, "a"):
            return [(self.node(children[0]), False)]
        if len(children) == 2 and children[0].type == "path_inverse" and children[1].type in _TERMS:
            return [(self.node(children[1]), True)]
        if node.type in ("path_element", "binary_path"):
            properties = (self.terms.get(self.of(each)) for each in _all(node, *_IRIS))
            steps = tuple(each for each in properties if isinstance(each, NamedNode))
            return [(Node(self.of(node), path=True, steps=steps), False)]
        return [(self.node(node), False)]

    def node(self, node: Any) -> Node:
        text = self.of(node)
        if text == "a":
            return Node("a", RDF_TYPE)
        if node.type == "blank_node_label":
            return Node(f"?{HIDDEN}_{re.sub(r'[^0-9A-Za-z]', '_', text)}")
        return Node(text, self.terms.get(text))

    def _named(self) -> dict[str, NamedNode | Literal]:
        """Every term of the query as the parser of the store reads it."""
        texts = list(dict.fromkeys(self.of(node) for node in _all(self.root, *_TERMS, outside="prologue")))
        if not texts:
            return {}
        query = f"{self.prologue}\nSELECT ?term {{ VALUES ?term {{ {' '.join(texts)} }} }}"
        rows: Any = Store().query(query, base_iri=self.base)
        return dict(zip(texts, (row[0] for row in rows), strict=True))

    def _namespaces(self) -> dict[str, str]:
        declared = {}
        for node in _all(self.root, "prefix_declaration"):
            prefix, iri = node.named_children[:2]
            declared[self.of(prefix).rstrip(":")] = self.of(iri)[1:-1]
        return declared

    def _number(self, modifier: Any, kind: str) -> int | None:
        clause = next(_all(modifier, kind), None) if modifier else None
        return int(self.of(clause.named_children[0])) if clause else None


def _children(node: Any, *types: str) -> Iterator[Any]:
    return (child for child in node.named_children if child.type in types)


def _all(node: Any, *types: str, outside: str = "") -> Iterator[Any]:
    """The nodes of these types in the order of the text, none within another."""
    pending: list[Any] = [node]
    while pending:
        current = pending.pop()
        if current.type in types:
            yield current
        elif current.type != outside:
            pending += reversed(current.named_children)
