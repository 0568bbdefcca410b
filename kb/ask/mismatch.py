"""Why no triple matches a pattern that stands alone: its property, its class, its subject or its value."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kb.ask import literal_mismatch
from kb.ask.nearest import Names, nearest, nearest_codes, nearest_terms, spellings
from kb.ask.probes import Scope
from kb.ask.written import Pattern
from kb.namespaces import WW
from kb.vocabulary import RDF_TYPE, ancestors, term, terms


@dataclass(frozen=True)
class Cause:
    """What is so, and what to do about it; each a sentence without its full stop."""

    what: str
    advice: str


def causes(pattern: Pattern, scope: Scope, names: Names) -> list[Cause]:
    """Why nothing in the scope matches the pattern; empty where no cause is found."""
    if pattern.predicate.path:
        finder = _Finder(scope, names)
        return [cause for step in pattern.predicate.steps for cause in finder.property(step)]
    subject, property, object = pattern.subject.term, pattern.predicate.term, pattern.object.term
    if isinstance(subject, Literal):
        shown = pattern.subject.text
        return [Cause(f"{shown} is a literal, and no literal is the subject of a triple", "Turn the triple round")]
    assert not isinstance(property, Literal)
    finder = _Finder(scope, names)
    found: list[Cause] = []
    if property is not None and property != RDF_TYPE:
        found += finder.property(property)
    if property == RDF_TYPE and isinstance(object, NamedNode):
        found += finder.class_(object)
    elif isinstance(object, NamedNode) and not scope.anywhere(object):
        found.append(finder.absent(object, property, None))
    if subject is not None and not scope.anywhere(subject):
        found.append(finder.absent(subject, None, property))
    if found:
        return found
    if subject is not None and property is not None and not scope.has(subject, property, None):
        return finder.together(pattern, subject, property, object if isinstance(object, NamedNode) else None)
    if isinstance(object, Literal):
        return [Cause(*each) for each in literal_mismatch.causes(scope, names, subject, property, object)]
    return finder.together(pattern, subject, property, object)


def absent(iri: NamedNode, scope: Scope, names: Names) -> Cause:
    """What to say of an IRI that stands nowhere in the store."""
    return _Finder(scope, names).absent(iri, None, None)


class _Finder:
    """Looks for the cause in one scope."""

    def __init__(self, scope: Scope, names: Names) -> None:
        self.scope = scope
        self.names = names

    def property(self, iri: NamedNode) -> list[Cause]:
        """Why nothing is said with the property; empty where something is."""
        if self.scope.has(None, iri, None):
            return []
        name = self.names.show(iri.value)
        if graphs := self.scope.elsewhere(None, iri, None):
            return [self._elsewhere(f"The property {name}", graphs)]
        known = term(iri.value)
        if known is not None and known.kind != "property":
            return [Cause(f"{name} is a {known.kind}, and stands where a property belongs", _type_advice(known.kind))]
        if known is not None:
            unused = f"{name} is in the vocabulary, and nothing that is published here uses it yet"
            return [Cause(unused, "Leave it out, or put it in OPTIONAL { … }")]
        used = [each for each in spellings(iri.value) if self.scope.has(None, NamedNode(each), None)]
        near = used or nearest_terms(iri.value, "property")
        return [Cause(_unknown(name, iri.value, "property"), self._meant(near, "/def lists the properties"))]

    def class_(self, iri: NamedNode) -> list[Cause]:
        """Why nothing is of the class; empty where something is."""
        if self.scope.has(None, RDF_TYPE, iri):
            return []
        name = self.names.show(iri.value)
        if graphs := self.scope.elsewhere(None, RDF_TYPE, iri):
            return [self._elsewhere(f"The class {name}", graphs)]
        known = term(iri.value)
        if known is not None and known.kind != "class":
            return [Cause(f"{name} is a {known.kind}, and stands where a class belongs", "/classes lists the classes")]
        if known is not None:
            below = [each.iri for each in terms() if each.iri != iri.value and iri.value in ancestors(each.iri)]
            used = [each for each in below if self.scope.has(None, RDF_TYPE, NamedNode(each))]
            what = f"{name} is in the vocabulary, and nothing that is published here is typed as it"
            things = f"Things of its subclasses are here: {self.names.several(used)}"
            return [Cause(what, things if used else "/classes lists what is here")]
        typed = [each for each in spellings(iri.value) if self.scope.has(None, RDF_TYPE, NamedNode(each))]
        near = typed or nearest_terms(iri.value, "class")
        return [Cause(_unknown(name, iri.value, "class"), self._meant(near, "/classes lists the classes"))]

    def absent(self, iri: NamedNode, as_value_of: NamedNode | None, with_property: NamedNode | None) -> Cause:
        """What to say of an IRI that stands nowhere in the store."""
        what = f"Nothing here has the IRI {self.names.show(iri.value)}"
        here = [each for each in spellings(iri.value) if self.scope.anywhere(NamedNode(each))]
        if here:
            return Cause(what, self._meant(here, ""))
        if (codes := nearest_codes(iri.value)) is not None:
            return Cause(what, self._meant(codes, "/concept/ lists the codes"))
        known: set[str] = set()
        if as_value_of is not None:
            values = (quad.object for quad in self.scope.quads(None, as_value_of, None))
            known = {value.value for value in values if isinstance(value, NamedNode)}
        if with_property is not None:
            subjects = (quad.subject for quad in self.scope.quads(None, with_property, None))
            known = {each.value for each in subjects if isinstance(each, NamedNode)}
        return Cause(what, self._meant(nearest(iri.value, known), "Look it up on its page, and copy it from there"))

    def together(
        self, pattern: Pattern, subject: NamedNode | None, property: NamedNode | None, object: NamedNode | None
    ) -> list[Cause]:
        """Why terms that each are here never stand in one triple in this way."""
        shown = {each: self.names.show(each.value) for each in (subject, property, object) if each is not None}
        if graphs := self.scope.elsewhere(subject, property, object):
            return [self._elsewhere("This", graphs)]
        if property is not None and self._inverted(subject, property, object):
            return [Cause("It stands the other way round", f"Write {pattern.turned}")]
        if subject is not None and property is not None and not self.scope.has(subject, property, None):
            said = sorted({quad.predicate.value for quad in self.scope.quads(subject, None, None)})
            what = f"{shown[subject]} has no {shown[property]}"
            advice = f"What is said of it: {self.names.several(said, 8)}" if said else "Nothing is said of it here"
            return [Cause(what, advice)]
        if object is not None and property is not None:
            values = [quad.object for quad in self.scope.quads(subject, property, None)]
            iris = sorted({value.value for value in values if isinstance(value, NamedNode)})
            whose = f"of {shown[property]}" if subject is None else f"that {shown[subject]} has for {shown[property]}"
            if not iris:
                literals = sorted({literal_mismatch.written(value) for value in values if isinstance(value, Literal)})
                kinds = f"The values {whose} are no IRIs"
                return [Cause(kinds, f"Write one as it is, for instance {literals[0]}" if literals else "")]
            links = sorted({quad.predicate.value for quad in self.scope.quads(None, None, object)})
            is_of = f"; it is a value of {self.names.several(links)}" if links else ""
            advice = f"Values are, for instance, {self.names.several(iris[:3])}"
            return [Cause(f"{shown[object]} is never a value {whose}{is_of}", advice)]
        return []

    def _inverted(self, subject: NamedNode | None, property: NamedNode, object: NamedNode | None) -> bool:
        if object is None:
            return subject is not None and self.scope.has(None, property, subject)
        turned = self.scope.quads(object, property, subject)
        return any(not isinstance(quad.object, Literal) for quad in turned)

    def _elsewhere(self, what: str, graphs: list[str]) -> Cause:
        where = self.names.several(graphs)
        if not self.scope.named:
            return Cause(f"{what} is not in the default graph, but in {where}", "Ask within GRAPH")
        place = "graph that the query names" if len(self.scope.graphs) == 1 else "graphs that the query names"
        return Cause(f"{what} is not in the {place}, but in {where}", "Name that graph, or none: then all are asked")

    def _meant(self, iris: Iterable[str], otherwise: str) -> str:
        shown = [self.names.show(iri) for iri in iris]
        return f"Nearest: {', '.join(shown)}" if shown else otherwise


def _unknown(name: str, iri: str, kind: str) -> str:
    if iri.startswith(WW):
        return f"{name} is not in the vocabulary"
    return f"Nothing here is of the class {name}" if kind == "class" else f"Nothing here has the property {name}"


def _type_advice(kind: str) -> str:
    return "To ask for its things, write ?x a and the class" if kind == "class" else "/def lists the properties"
