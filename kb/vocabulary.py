"""What the ontology folder says: the terms of the vocabulary, and the JSON-LD context made from them.

Nothing is read at import; the files are parsed once, at the first question.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyoxigraph as ox

from kb import config
from kb.errors import BadInput
from kb.namespaces import HOME, PREFIXES, WW, compact, expand

RDF_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
LANG_STRING = PREFIXES["rdf"] + "langString"
XSD_STRING = PREFIXES["xsd"] + "string"
CLASS_TYPES = (PREFIXES["owl"] + "Class", PREFIXES["rdfs"] + "Class")
PROPERTY_TYPES = (
    PREFIXES["rdf"] + "Property",
    PREFIXES["owl"] + "ObjectProperty",
    PREFIXES["owl"] + "DatatypeProperty",
    PREFIXES["owl"] + "AnnotationProperty",
)


@dataclass(frozen=True)
class Term:
    """A class, property or named individual, as ontology/whatworks.ttl describes it; all IRIs are full.

    For a reused term `definition` is the note on how it is used here. Text is English; "" where nothing is said.
    """

    iri: str
    kind: str
    """`class`, `property` or `individual`."""
    label: str
    definition: str
    plural: str
    iri_type: str
    """The {type} in the IRIs of a class's instances; "" where they have no page of their own."""
    parents: tuple[str, ...]
    domains: tuple[str, ...]
    ranges: tuple[str, ...]
    code_lists: tuple[str, ...]
    inverse_label: str

    @property
    def minted(self) -> bool:
        """Whether the term is of this vocabulary, not reused from another."""
        return self.iri.startswith(WW)

    @property
    def name(self) -> str:
        """The local name of a minted term, the compact name of a reused one."""
        return self.iri[len(WW) :] if self.minted else compact(self.iri)


@cache
def ontology() -> ox.Dataset:
    """Every Turtle file of the ontology folder, code lists and alignments included, merged.

    Raises BadInput when a file is not Turtle, or the folder holds none.
    """
    return _parsed("*.ttl")


@cache
def terms() -> tuple[Term, ...]:
    """The terms that ontology/whatworks.ttl describes, minted and reused, in order of IRI; raises BadInput likewise."""
    return tuple(term for _, term in sorted(_by_iri().items()))


def term(iri: str) -> Term | None:
    """The term with that IRI, or None."""
    return _by_iri().get(iri)


@cache
def _by_iri() -> dict[str, Term]:
    triples = _parsed("whatworks.ttl")
    found: dict[str, Term] = {}
    for quad in triples.quads_for_predicate(RDF_TYPE):
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value not in found:
            about = _Description(triples, quad.subject)
            if about.text("rdfs:label"):
                found[quad.subject.value] = about.term()
    return found


@cache
def codes(scheme: str) -> Mapping[str, str]:
    """The codes of one code list, by the last segment of its IRI, each with its notation; a scale is in its order.

    Empty where there is no such list, or where its concepts are kept by somebody else.
    """
    home = f"{HOME}/concept/{scheme}/"
    notations = {
        iri.removeprefix(home): _text(iri, "skos:notation")
        for iri in _instances("skos:Concept")
        if iri.startswith(home)
    }
    return dict(sorted(notations.items(), key=lambda item: (int(item[1]) if item[1].isdecimal() else 0, item[0])))


@cache
def code_lists() -> frozenset[str]:
    """The code lists that ship, each by the last segment of its IRI."""
    return frozenset(iri.removeprefix(f"{HOME}/concept/") for iri in _instances("skos:ConceptScheme"))


def ancestors(name: str, superclasses: Mapping[str, frozenset[str]] | None = None) -> set[str]:
    """The class and all classes above it; `superclasses` are the direct ones of each, by default the ontology's."""
    above = _superclasses() if superclasses is None else superclasses
    found: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += above.get(current, ())
    return found


@cache
def _superclasses() -> dict[str, frozenset[str]]:
    """Class → its direct superclasses, alignments included."""
    found: dict[str, frozenset[str]] = {}
    for quad in ontology().quads_for_predicate(ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            found[quad.subject.value] = found.get(quad.subject.value, frozenset()) | {quad.object.value}
    return found


def _instances(class_: str) -> list[str]:
    things = (quad.subject for quad in ontology().quads_for_object(ox.NamedNode(expand(class_))))
    return [thing.value for thing in things if isinstance(thing, ox.NamedNode)]


def _text(iri: str, predicate: str) -> str:
    return _Description(ontology(), ox.NamedNode(iri)).text(predicate)


def jsonld_context() -> dict[str, Any]:
    """The JSON-LD 1.1 context (`{"@context": …}`), the same on every call.

    Minted terms go by their local names, reused ones by their compact names. Links are coerced to IRIs, a literal
    with one datatype to it, and text to English. A term with several datatypes (dates by day, month or year) is left
    without: its values say theirs. Decimals are best sent as strings, since JSON numbers with a fraction become
    doubles in form (JSON-LD 1.1 API §8.2.2).
    """
    entries: dict[str, Any] = {}
    prefixes = {"ww", "xsd"}
    for known in terms():
        if known.kind == "individual" or known.iri == RDF_TYPE.value:
            continue
        prefixes.add(compact(known.iri).split(":")[0])
        entries[known.name] = compact(known.iri) if known.kind == "class" else _property_entry(known)
    context: dict[str, Any] = {"@version": 1.1, "id": "@id", "type": "@type"}
    context.update((prefix, PREFIXES[prefix]) for prefix in sorted(prefixes))
    context.update((name, entries[name]) for name in sorted(entries))
    return {"@context": context}


def _property_entry(known: Term) -> dict[str, str]:
    entry = {"@id": compact(known.iri)}
    literal = [iri for iri in known.ranges if is_datatype(iri)]
    if known.ranges and not literal:
        entry["@type"] = "@id"
    elif known.ranges == (LANG_STRING,):
        entry["@language"] = "en"
    elif len(known.ranges) == 1 and known.ranges != (XSD_STRING,):
        entry["@type"] = compact(known.ranges[0])
    return entry


def is_datatype(iri: str) -> bool:
    """Whether the range of a property is a literal's datatype, not a class."""
    return iri.startswith(PREFIXES["xsd"]) or iri in (LANG_STRING, PREFIXES["geo"] + "wktLiteral")


def _parsed(pattern: str) -> ox.Dataset:
    folder = config.shipped("ontology")
    files = sorted(folder.glob(pattern))
    if not files:
        raise BadInput(f"{folder}: no file {pattern} there; install the package again")
    triples = ox.Dataset()
    for file in files:
        try:
            for quad in ox.parse(path=file, rename_blank_nodes=True):
                triples.add(quad)
        except SyntaxError as error:
            where = f"{file}, line {error.lineno}, column {error.offset}"
            raise BadInput(f"{where}: {error.msg}; mend the Turtle there") from error
    return triples


class _Description:
    """What the triples say of one subject."""

    def __init__(self, triples: ox.Dataset, subject: ox.NamedNode) -> None:
        self.subject = subject
        self.values: dict[str, list[ox.NamedNode | ox.Literal]] = {}
        for quad in triples.quads_for_subject(subject):
            if isinstance(quad.object, ox.NamedNode | ox.Literal):
                self.values.setdefault(compact(quad.predicate.value), []).append(quad.object)

    def text(self, predicate: str) -> str:
        return next((value.value for value in self.values.get(predicate, [])), "")

    def links(self, predicates: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(value.value for name in predicates for value in self.values.get(name, [])))

    def term(self) -> Term:
        return Term(
            iri=self.subject.value,
            kind=self._kind(),
            label=self.text("rdfs:label"),
            definition=self.text("skos:definition") or self.text("skos:scopeNote"),
            plural=self.text("ww:pluralLabel"),
            iri_type=self.text("ww:iriType"),
            parents=self.links(["rdfs:subClassOf", "rdfs:subPropertyOf"]),
            domains=self.links(["rdfs:domain", "schema:domainIncludes"]),
            ranges=self.links(["rdfs:range", "schema:rangeIncludes"]),
            code_lists=self.links(["ww:codeList"]),
            inverse_label=self.text("ww:inverseLabel"),
        )

    def _kind(self) -> str:
        types = self.links(["rdf:type"])
        if any(iri in CLASS_TYPES for iri in types):
            return "class"
        return "property" if any(iri in PROPERTY_TYPES for iri in types) else "individual"
