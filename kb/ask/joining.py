"""Why the parts of a group each match something, but never together."""

from collections import Counter
from collections.abc import Iterator, Sequence

from pyoxigraph import Literal, NamedNode

from kb.ask.literal_mismatch import difference, same
from kb.ask.mismatch import absent
from kb.ask.nearest import Names
from kb.ask.probes import Probes, scope
from kb.ask.written import Clause, Node, Part, Pattern, Reason, variables_between
from kb.vocabulary import RDF_TYPE

_LOOKED_AT = 500
"""Things whose classes are counted."""


def reasons(probes: Probes, names: Names, parts: Sequence[Part], graph: Node | None) -> Iterator[Reason]:
    """The part at which the solutions end, with the one that it doesn't fit, if it is one."""
    together: list[Part] = []
    for part in parts:
        if probes.matches([*together, part], graph):
            together.append(part)
            continue
        for other in together:
            if other.variables & part.variables and not probes.matches([other, part], graph):
                yield _pair(probes, names, other, part, graph)
                return
        yield _after_all(together, part)
        return


def _pair(probes: Probes, names: Names, first: Part, second: Part, graph: Node | None) -> Reason:
    shared = variables_between([first], second)
    for_same = f" for the same ?{' and ?'.join(shared)}" if shared else ""
    if isinstance(first, Pattern) and isinstance(second, Pattern) and first.shown == second.shown:
        what = f"In {second.shown} the step {first.step} never leads to one with {second.step}"
    else:
        what = f"{_shown(first)} ({first.at}) and {_shown(second)} each match, but never{for_same}"
    return Reason(what, _advice(probes, names, first, second, graph), second.at)


def _advice(probes: Probes, names: Names, first: Part, second: Part, graph: Node | None) -> str:
    for part, other in ((second, first), (first, second)):
        if isinstance(part, Pattern) and _turns(part) and probes.matches([other, part.reversed], graph):
            return f"Turned round it does: write {part.reversed.removesuffix(' .')}"
    if isinstance(first, Pattern) and isinstance(second, Pattern):
        for typed, other in ((first, second), (second, first)):
            if typed.predicate.term == RDF_TYPE and (classes := _classes(probes, typed, other, graph)):
                where = "Values of" if typed.subject.text == other.object.text else "Things with"
                return f"{where} {other.predicate.text} are of {names.several(classes)}"
    for values, other in ((first, second), (second, first)):
        if isinstance(values, Clause) and values.kind == "values":
            return _of_values(probes, names, values, other, graph)
    return "Run the query with one of the two to see what each finds"


def _of_values(probes: Probes, names: Names, clause: Clause, other: Part, graph: Node | None) -> str:
    """What to write instead of values of which none is found."""
    whole = scope(probes, graph)
    for value in clause.values:
        if isinstance(value, NamedNode) and not whole.anywhere(value):
            cause = absent(value, whole, names)
            return f"{cause.what}. {cause.advice}"
    shared = variables_between([other], clause)
    there = probes.values(shared[0], [other], graph, _LOOKED_AT) if len(shared) == 1 else []
    for asked in (each for each in clause.values if isinstance(each, Literal)):
        for found in sorted((each for each in there if isinstance(each, Literal) and same(asked, each)), key=str):
            what, advice = difference(asked, found)
            return f"{what}. {advice}"
    return "Leave the values out, and see which there are"


def _turns(part: Pattern) -> bool:
    named = all(node.open and not node.path and node.text.startswith("?") for node in (part.subject, part.object))
    return named and part.predicate.term not in (None, RDF_TYPE) and not part.step


def _classes(probes: Probes, typed: Pattern, other: Pattern, graph: Node | None) -> list[str]:
    """The classes of what stands in the other pattern where the typed one wants its own, the commonest first."""
    at = typed.subject.text
    if not at.startswith("?") or other.predicate.path or at not in (other.subject.text, other.object.text):
        return []
    whole = scope(probes, graph)
    counted: Counter[str] = Counter()
    for thing in probes.values(at[1:], [other], graph, _LOOKED_AT):
        if isinstance(thing, NamedNode):
            types = (quad.object for quad in whole.quads(thing, RDF_TYPE, None))
            counted.update(each.value for each in types if isinstance(each, NamedNode))
    return sorted(counted, key=lambda iri: (-counted[iri], iri))[:3]


def _after_all(before: Sequence[Part], part: Part) -> Reason:
    shared = variables_between(before, part)
    through = f", with which it shares ?{' and ?'.join(shared)}" if shared else ""
    what = f"{_shown(part)} matches alone, but not with all that stands before it{through}"
    return Reason(what, "Leave it out to see what the rest finds", part.at)


def _shown(part: Part) -> str:
    return f"{part.shown} at its step {part.step}" if isinstance(part, Pattern) and part.step else part.shown
