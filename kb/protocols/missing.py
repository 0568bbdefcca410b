"""Fields that are missing, told by counting: of a large register nine in ten results of the fast engine are these.

The engine takes some 25 µs for each result. That a thing has no value at all for a predicate (sh:minCount 1, SHACL
§4.2.1), or for any of several (a rule in SPARQL of nothing but `FILTER NOT EXISTS { $this ww:x ?any }`), is a
difference of sets for all things of a part, so it is looked for here, and left out of what the engine is asked. So is
a value that is not in its code list (shapes/code-list.ttl), for which the engine asks a query of each thing. Only
shapes of the plainest form are counted: the classes that a node shape targets, and from there predicate by predicate.
Their other rules are asked of the same sets of things, where that says the same (kb.protocols.whole_rules).
Both engines together hold it: each case in tests/shapes gives the same results with pySHACL, which looks for them all.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Quad

from kb.protocols import whole_rules
from kb.protocols.background import Background
from kb.protocols.found import SPARQL, Found, in_one_form, plain
from kb.protocols.graph import FileGraph, Term, expand, file_graph
from kb.protocols.list_components import list_components
from kb.protocols.report import Result, Severity
from kb.protocols.targets import SUBCLASS, TYPE
from kb.protocols.whole_rules import Rule, predicates_of, whole_query
from kb.vocabulary import ancestors

SH = "http://www.w3.org/ns/shacl#"
_MIN_COUNT = expand("sh:MinCountConstraintComponent").value
_SUBCLASS, _TYPE = SUBCLASS.strip(), TYPE.strip()

_LACKS = re.compile(r"FILTER NOT EXISTS \{ \$this (\$PATH|[\w-]+:[\w-]+) \?\w+ \} ?")
_LACKS_ALL = re.compile(rf"SELECT \$this WHERE \{{ (?:{_LACKS.pattern})+\}}")
"""Of a rule with single spaces. A prefixed name in this form is nothing that any escape of SPARQL could change."""


class _Lack(NamedTuple):
    """What is said of a thing that has none of these predicates, and the statement of the shapes that says so."""

    predicates: tuple[bytes, ...]
    told: Result
    said: Quad


class _Listed(NamedTuple):
    """What is said of a value that no statement puts into a list, and the statement of the shapes that says so."""

    predicate: bytes
    """It leads from a value to its lists."""
    list: bytes
    told: Result
    said: Quad


@dataclass(frozen=True)
class _Field:
    """A property shape: its predicate as in lines, what of it is counted, and those within it."""

    predicate: bytes
    lacks: tuple[_Lack, ...]
    rules: tuple[Rule, ...]
    """What is asked of all things at once (kb.protocols.whole_rules)."""
    lists: tuple[_Listed, ...]
    within: "tuple[_Field, ...]"

    def followed(self) -> Iterator[bytes]:
        """The predicates whose values are looked at."""
        if self.within or self.lists:
            yield self.predicate
        yield from (each.predicate for each in self.lists)

    def said(self) -> Iterator[Quad]:
        """The statements of the shapes that are counted."""
        yield from (each.said for each in self.lacks)
        yield from (each.said for each in self.rules)
        yield from (each.said for each in self.lists)

    def every(self) -> "Iterator[_Field]":
        """This one and all below."""
        yield self
        for each in self.within:
            yield from each.every()


@dataclass(frozen=True)
class Counting:
    """What can be counted of the shapes of some files: target class → the fields of its things."""

    fields: tuple[tuple[str, tuple[_Field, ...]], ...]

    @cached_property
    def counted(self) -> frozenset[Quad]:
        """The statements of the shapes that are counted, so that no engine need look at them."""
        return frozenset(said for each in self._every() for said in each.said())

    @cached_property
    def _seen(self) -> frozenset[bytes] | None:
        return predicates_of(rule for each in self._every() for rule in each.rules)

    def _every(self) -> Iterator[_Field]:
        for _, fields in self.fields:
            for field in fields:
                yield from field.every()

    def results(self, lines: Sequence[bytes], known: Background) -> list[Result] | None:
        """What is missing in the sorted lines, as an engine would say it of them and the background together.

        None where it takes more than counting: classes of their own, blank nodes, more about the vocabulary's things.
        """
        having: dict[bytes, set[bytes]] = {
            predicate: set() for each in self._every() for lack in each.lacks for predicate in lack.predicates
        }
        leading: dict[bytes, dict[bytes, list[bytes]]] = {
            predicate: {} for each in self._every() for predicate in each.followed()
        }
        classes: dict[bytes, set[bytes]] = {}
        visible: list[bytes] = []
        seen, last = self._seen, b""
        for line in lines:
            subject, predicate, rest = line.split(b" ", 2)
            if subject != last:
                if subject.startswith(b"_:") or subject[1:-1].decode() in known.subjects:
                    return None
                last = subject
            if predicate in having:
                having[predicate].add(subject)
            if seen is None or predicate in seen:
                visible.append(line)
            if predicate == _TYPE:
                classes.setdefault(rest, set()).add(subject)
            if predicate in leading:
                if rest.startswith(b"_:"):
                    return None
                leading[predicate].setdefault(subject, []).append(rest[:-2])
            elif predicate == _SUBCLASS:
                return None
        found: list[Result] = []
        written: dict[bytes, str] = {}
        in_list: dict[tuple[bytes, bytes], frozenset[bytes]] = {}
        asked: list[tuple[tuple[Rule, ...], set[bytes]]] = []

        def tell(thing: bytes, value: bytes | None, told: Result) -> None:
            focus = written.get(thing)
            if focus is None:
                focus = plain(thing.decode())
                focus = written[thing] = "" if focus in known.subjects else focus
            if focus:
                _, path, _, severity, component, shape, message = told
                said = None if value is None else plain(value.decode())
                found.append(Result(focus, path, said, severity, component, shape, message))

        def count(field: _Field, things: set[bytes]) -> None:
            for predicates, told, _ in field.lacks:
                for thing in things.difference(*map(having.__getitem__, predicates)):
                    tell(thing, None, told)
            for predicate, list_, told, _ in field.lists:
                if (predicate, list_) not in in_list:
                    in_list[predicate, list_] = _members(predicate, list_, leading[predicate], known)
                ways, allowed = leading[field.predicate], in_list[predicate, list_]
                for thing in things:
                    for value in ways.get(thing, ()):
                        if value not in allowed:
                            tell(thing, value, told)
            if field.rules and things:
                asked.append((field.rules, things))
            if field.within:
                ways = leading[field.predicate]
                values = {value for thing in things for value in ways.get(thing, ())}
                for each in field.within:
                    count(each, values)

        for class_, members in classes.items():
            above = ancestors(class_[1:-3].decode(), known.superclasses)
            for target, fields in self.fields:
                if target in above:
                    for field in fields:
                        count(field, members)
        if not all(thing.startswith(b"<") for _, things in asked for thing in things):
            return None
        if asked:
            found += (each for each in whole_rules.results(asked, visible, known) if each.focus not in known.subjects)
        return found


def _members(
    predicate: bytes, list_: bytes, here: Mapping[bytes, Sequence[bytes]], known: Background
) -> frozenset[bytes]:
    """What a predicate leads from to a list: here, subject → objects, or in the background."""
    there = known.stated_by(frozenset((predicate,))).splitlines()
    ending = b" " + list_ + b" ."
    known_members = (line[: line.index(b" ")] for line in there if line.endswith(ending))
    return frozenset((*known_members, *(subject for subject, lists in here.items() if list_ in lists)))


@cache
def counting(paths: tuple[Path, ...]) -> Counting:
    """What can be counted of the shapes in the files; all else is an engine's."""
    graph = file_graph(*paths)
    plain_shapes = _Plain(graph)
    found = []
    for node in graph.of_type("sh:NodeShape"):
        if plain_shapes.is_plain(node):
            fields = tuple(field for each in graph.values(node, "sh:property") if (field := plain_shapes.field(each)))
            found += [(target, fields) for target in graph.iris(node, "sh:targetClass")]
    return Counting(tuple(found))


class _Plain:
    """Which shapes are of the plain form: reached from target classes only, by sh:property and single predicates."""

    def __init__(self, graph: FileGraph) -> None:
        self._graph = graph
        self._known: dict[Term, bool] = {}
        self._above: dict[Term, list[tuple[str, Term]]] = {}
        self._said: dict[Term, set[str]] = {}
        self._stated: dict[Term, list[Quad]] = {}
        for quad in graph.quads:
            self._stated.setdefault(quad.subject, []).append(quad)
            self._said.setdefault(quad.subject, set()).add(quad.predicate.value)
            if quad.predicate.value.startswith(SH) or quad.predicate == expand("rdf:first"):
                self._above.setdefault(quad.object, []).append((quad.predicate.value, quad.subject))

    def is_plain(self, shape: Term) -> bool:
        """Whether it and all that it is reached from are so."""
        if shape not in self._known:
            self._known[shape] = False  # a shape that is reached from itself stays so
            self._known[shape] = self._is_plain(shape)
        return self._known[shape]

    def _is_plain(self, shape: Term) -> bool:
        said, above = self._said.get(shape, set()), self._above.get(shape, ())
        targets = {each for each in said if each.startswith(f"{SH}target")}
        if not isinstance(shape, NamedNode) or f"{SH}deactivated" in said:
            return False
        if f"{SH}path" not in said:
            return not above and targets == {f"{SH}targetClass"}
        paths = self._graph.values(shape, "sh:path")
        by_property = all(predicate == f"{SH}property" and self.is_plain(other) for predicate, other in above)
        return not targets and bool(above) and by_property and len(paths) == 1 and isinstance(paths[0], NamedNode)

    def field(self, shape: Term) -> _Field | None:
        """The property shape, where something of it or below it is counted."""
        if not self.is_plain(shape):
            return None
        within = tuple(field for each in self._graph.values(shape, "sh:property") if (field := self.field(each)))
        path = self._graph.iri(shape, "sh:path")
        lacks = tuple(self._lacks(shape, path)) if path and isinstance(shape, NamedNode) else ()
        rules = tuple(self._rules(shape, path, {lack.said for lack in lacks})) if path else ()
        lists = tuple(self._lists(shape, path)) if path and isinstance(shape, NamedNode) else ()
        counted = lacks or rules or lists or within
        return _Field(f"<{path}>".encode(), lacks, rules, lists, within) if counted else None

    def _lists(self, shape: NamedNode, path: str) -> Iterator[_Listed]:
        """What is asked of its values by constraint components that take a list."""
        found = self._found(shape, path)
        for component, parameter, member_of in list_components(self._graph) if found else ():
            lists = [quad for quad in self._stated.get(shape, ()) if quad.predicate.value == parameter]
            if found and len(lists) == 1 and isinstance(lists[0].object, NamedNode):
                told = in_one_form(self._graph, found._replace(component=component))
                yield _Listed(f"<{member_of}>".encode(), str(lists[0].object).encode(), told, lists[0])

    def _lacks(self, shape: NamedNode, path: str) -> Iterator[_Lack]:
        graph = self._graph
        found = self._found(shape, path)
        if found is None:
            return
        if graph.values(shape, "sh:minCount") == [Literal(1)]:
            said = Quad(shape, expand("sh:minCount"), Literal(1))
            yield _Lack((f"<{path}>".encode(),), in_one_form(graph, found), said)
        for rule in graph.values(shape, "sh:sparql"):
            messages = tuple(graph.texts(rule, "sh:message"))
            predicates = self._needed(rule, path)
            if predicates and not any("{" in each for each in messages):
                told = in_one_form(graph, found._replace(component=SPARQL, messages=messages))
                yield _Lack(predicates, told, Quad(shape, expand("sh:sparql"), rule))

    def _rules(self, shape: Term, path: str, left_out: set[Quad]) -> Iterator[Rule]:
        """The rules of the property shape that can be asked of all things at once, but those that are counted."""
        graph = self._graph
        found = self._found(shape, path)
        if found is None:
            return
        for rule in graph.values(shape, "sh:sparql"):
            messages = tuple(graph.texts(rule, "sh:message"))
            query = whole_query(graph, rule, path)
            said = Quad(shape, expand("sh:sparql"), rule)  # type: ignore[arg-type]
            left = said in left_out or f"{SH}deactivated" in self._said[rule] or any("{" in each for each in messages)
            if query and not left:
                yield Rule(query, in_one_form(graph, found._replace(component=SPARQL, messages=messages)), said)

    def _found(self, shape: Term, path: str) -> Found | None:
        """What is said of a thing by the shape, but for the component; None for a severity of its own."""
        severities = self._graph.iris(shape, "sh:severity") or [f"{SH}Violation"]
        severity = next((each for each in Severity if severities == [SH + each.value]), None)
        return None if severity is None else Found("", path, None, severity, _MIN_COUNT, plain(str(shape)), ())

    def _needed(self, rule: Term, path: str) -> tuple[bytes, ...]:
        """The predicates of which a rule asks for at least one; none where it says anything else."""
        graph, selects = self._graph, self._graph.texts(rule, "sh:select")
        declared = {
            graph.text(each, "sh:prefix"): graph.text(each, "sh:namespace")
            for prefixes in graph.values(rule, "sh:prefixes")
            for each in graph.values(prefixes, "sh:declare")
        }
        text = " ".join(selects[0].split()) if len(selects) == 1 else ""
        if not _LACKS_ALL.fullmatch(text) or f"{SH}deactivated" in self._said[rule]:
            return ()
        needed = []
        for name in _LACKS.findall(text):
            prefix, _, local = name.partition(":")
            if name != "$PATH" and prefix not in declared:
                return ()
            needed.append(f"<{path}>" if name == "$PATH" else f"<{declared[prefix]}{local}>")
        return tuple(each.encode() for each in needed)
