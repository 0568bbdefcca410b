"""Rules in SPARQL (SHACL §5) asked once for all things of a part, where an engine asks them of one after the other.

With a binding for each thing an engine takes some 40 µs for each thing and rule, which is most of what the check of a
large register took. A rule of nothing but patterns and filters says the same when `$this` ranges over all the things at
once: a pattern that binds it, from a graph of its own, stands first, and filters see it as they see what is bound
beforehand (§5.3.1). Rules with any other keyword that makes a scope of its own are left to the engine.

To put statements into a store takes longer than to ask the rules, so it gets those only that a rule can see.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, RdfFormat, Store

from kb.errors import BadInput
from kb.protocols.background import Background
from kb.protocols.found import plain
from kb.protocols.graph import FileGraph, Term
from kb.protocols.names import description
from kb.protocols.report import Result, term
from kb.vocabulary import RDF_TYPE

_THING = NamedNode("urn:whatworks:thing")
_OPENING = re.compile(r"SELECT (?:DISTINCT )?\$this (?:WHERE \{|\?value WHERE \{(?= \$this \$PATH \?value ))")
_SCOPED = re.compile(
    r"\b(UNION|OPTIONAL|MINUS|VALUES|GRAPH|SERVICE|SELECT|GROUP|HAVING|ORDER|LIMIT|OFFSET)\b|\?things\b", re.IGNORECASE
)
_QUOTED = re.compile(r"\"[^\"\\]*\"|<[^<>\s]*>")
_PREFIX = re.compile(r"PREFIX ([\w-]*): <([^<>\s]*)>")
_IRI = re.compile(r"<[^<>\s]*>")
_NAME = re.compile(r"(?<![?$\w-])([\w-]*):([\w.:-]*)")
_OTHERS = re.compile(
    r"""['\\%]|!(?!=)|[\w>)][*?]|[\w>)"\];,\[] ?[?$]\w+\b ?(?!FILTER\b|BIND\b)(?:[?$<"\w:_\[(]|[+-]?\.?[0-9])"""
)
"""Of a rule with single spaces, what may be a predicate that it does not name: a variable between two terms, a negated
path, one that may have no length."""


class Rule(NamedTuple):
    """What is asked, what is said of each thing that it gives, and the statement of the shapes that says so."""

    query: str
    told: Result
    said: Quad

    @property
    def predicates(self) -> frozenset[bytes] | None:
        """Those of all statements that it can see, as in lines; None for every predicate."""
        return _seen(self.query)


def whole_query(graph: FileGraph, rule: Term, path: str) -> str | None:
    """The query for all things in the graph ?things; None where the rule takes more than patterns and filters."""
    selects, prefixes = graph.texts(rule, "sh:select"), []
    for each in graph.values(rule, "sh:prefixes"):
        for declared in graph.values(each, "sh:declare"):
            prefixes.append(f"PREFIX {graph.text(declared, 'sh:prefix')}: <{graph.text(declared, 'sh:namespace')}>")
    text = selects[0].strip() if len(selects) == 1 else ""
    one_line = " ".join(text.split())
    opening = _OPENING.match(one_line)
    if opening is None or "#" in _QUOTED.sub("", text) or _SCOPED.search(_QUOTED.sub("", one_line[opening.end() :])):
        return None
    body = one_line[opening.end() :].replace("$PATH", f"<{path}>")
    return f"{' '.join(prefixes)} {opening[0]} GRAPH ?things {{ $this a <{_THING.value}> }} {body}"


def predicates_of(rules: Iterable[Rule]) -> frozenset[bytes] | None:
    """The predicates of all statements that some rules can see, as in lines; None for every predicate."""
    seen: set[bytes] = set()
    for rule in rules:
        if rule.predicates is None:
            return None
        seen |= rule.predicates
    return frozenset(seen)


@cache
def _seen(query: str) -> frozenset[bytes] | None:
    """Every IRI that the query names, since a predicate is among them."""
    prefixes = dict(_PREFIX.findall(query))
    body = query[query.index("{") :]
    if _OTHERS.search(_QUOTED.sub(lambda found: '""' if found[0].startswith('"') else found[0], body)):
        return None
    names = _NAME.findall(_QUOTED.sub(" ", body))
    if any(prefix not in prefixes for prefix, _ in names):
        return None
    named = {f"<{prefixes[prefix]}{local.rstrip('.')}>" for prefix, local in names}
    return frozenset(each.encode() for each in (*named, *_IRI.findall(body), f"<{RDF_TYPE.value}>"))


def results(
    asked: Sequence[tuple[Sequence[Rule], set[bytes]]], lines: Sequence[bytes], known: Background
) -> Iterator[Result]:
    """What the rules say of their things (N-Triples IRIs), in the lines and the background together.

    `lines` are those that the rules can see (predicates_of), sorted. Raises BadInput for a rule that is no SPARQL.
    """
    store = Store()
    seen = predicates_of(rule for rules, _ in asked for rule in rules)
    store.bulk_load(b"\n".join(lines) + b"\n" + known.stated_by(seen), RdfFormat.N_TRIPLES)
    graphs: dict[int, NamedNode] = {}
    for rules, things in asked:
        graph = graphs.get(id(things))
        if graph is None:  # the fields of a class have the same things
            graph = graphs[id(things)] = NamedNode(f"urn:whatworks:things:{len(graphs)}")
            store.extend(Quad(NamedNode(thing[1:-1].decode()), RDF_TYPE, _THING, graph) for thing in things)
        for rule in rules:
            yield from _results(rule, store, graph, lines)


def _results(rule: Rule, store: Store, graph: NamedNode, lines: Sequence[bytes]) -> Iterator[Result]:
    _, path, _, severity, component, shape, message = rule.told
    try:
        found = store.query(rule.query, named_graphs=[graph])
    except SyntaxError as error:
        raise BadInput(f"the rule of {shape} cannot be asked: {error}") from error
    assert isinstance(found, QuerySolutions)
    for solution in found:
        focus = solution[0].value
        told: Iterable[str | None] = (None,)
        if len(solution) > 1 and path is not None:
            told = _as_written(solution[1], focus, path, lines)
        for value in told:
            yield Result(focus, path, value, severity, component, shape, message)


def _as_written(value: Term, focus: str, path: str, lines: Sequence[bytes]) -> Iterator[str]:
    """The value as the lines have it: a store gives a number or a date back as it writes one itself."""
    if not isinstance(value, Literal):
        yield plain(str(value))
        return
    before = len(f"<{focus}> <{path}> ".encode())
    for line in description(lines, focus):
        if line.startswith(f'<{focus}> <{path}> "'.encode()):
            text = line[before:-2].decode()
            store = Store()
            store.add(Quad(_THING, RDF_TYPE, term(text)))
            if next(iter(store)).object == value:
                yield plain(text)
