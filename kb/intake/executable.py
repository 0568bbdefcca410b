"""Reading a question as data: a query file in the pattern of the SIB sparql-examples (sh:SPARQLExecutable)."""

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from kb import namespaces
from kb.intake.question import Parameter, question
from kb.namespaces import HOME, WW, expand
from kb.vocabulary import RDF_TYPE


def read_question(path: Path, base: str = HOME) -> Iterator[Quad]:
    """The question as data: a sh:SPARQLExecutable with its words, keywords, query and parameters.

    `base` is the publisher's, under which it stands; its parameters are fragments of it. Raises BadInput for what
    `question` refuses.
    """
    asked = question(path)
    subject = NamedNode(namespaces.thing(base, "question", asked.id))
    for name in (f"{WW}Question", expand("sh:SPARQLExecutable"), expand(f"sh:SPARQL{asked.form.title()}Executable")):
        yield Quad(subject, RDF_TYPE, NamedNode(name))
    yield Quad(subject, _p("dcterms:identifier"), Literal(asked.id))
    for name in ("dcterms:title", "rdfs:label"):
        yield Quad(subject, _p(name), _english(asked.title))
    yield Quad(subject, _p("rdfs:comment"), _english(f"{asked.title} {asked.description}".strip()))
    if asked.description:
        yield Quad(subject, _p("dcterms:description"), _english(asked.description))
    for word in asked.keywords:
        yield Quad(subject, _p("schema:keywords"), Literal(word))
    if asked.number is not None:
        yield Quad(subject, _p("skos:notation"), Literal(asked.number))
    if asked.fixture:
        yield Quad(subject, _p("ww:dataNeeded"), _english(asked.fixture))
    yield Quad(subject, _p(f"sh:{asked.form}"), Literal(asked.query))
    for order, parameter in enumerate(asked.parameters, start=1):
        node = NamedNode(namespaces.parameter(base, asked.id, parameter.name))
        yield Quad(subject, _p("sh:parameter"), node)
        yield from _described(node, parameter, order)


def _described(node: NamedNode, parameter: Parameter, order: int) -> Iterator[Quad]:
    """What is said of a parameter; its path is itself, since the local name of that is the variable (SHACL-AF §5)."""
    yield Quad(node, RDF_TYPE, _p("sh:Parameter"))
    yield Quad(node, _p("sh:path"), node)
    yield Quad(node, _p("sh:name"), Literal(parameter.name))
    for name in ("rdfs:label", "sh:description"):
        yield Quad(node, _p(name), _english(parameter.description))
    yield Quad(node, _p("sh:order"), Literal(order))
    kind = "sh:datatype" if parameter.type.startswith("xsd:") else "sh:class"
    yield Quad(node, _p(kind), _p(parameter.type))
    if parameter.code_list:
        yield Quad(node, _p("ww:codeList"), NamedNode(namespaces.concept_scheme(parameter.code_list)))
    if not parameter.defaults:
        yield Quad(node, _p("sh:optional"), Literal(True))
    for default in parameter.defaults:
        yield Quad(node, _p("sh:defaultValue"), default)


def _p(name: str) -> NamedNode:
    return NamedNode(expand(name))


def _english(text: str) -> Literal:
    return Literal(text, language="en")
