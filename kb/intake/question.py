"""Reading a question as data: a query file in the pattern of the SIB sparql-examples (sh:SPARQLExecutable)."""

import re
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kb.intake.query_file import Parameter, question
from kb.namespaces import HOME, WW, expand, thing

SUFFIX = ".rq"

_PREFIX = re.compile(r"^\s*PREFIX\s+\S+\s+<[^<>]*>", re.IGNORECASE | re.MULTILINE)
_TYPE = NamedNode(expand("rdf:type"))


def read_question(path: Path, base: str = HOME) -> Iterator[Quad]:
    """The question as data: a sh:SPARQLExecutable with its words, keywords, query and parameters.

    `base` is the publisher's, under which it stands. Raises BadInput for what `query_file.question` refuses.
    """
    asked = question(path)
    subject = NamedNode(thing(base, "question", asked.id))
    for name in (f"{WW}Question", expand("sh:SPARQLExecutable"), expand(f"sh:SPARQL{asked.form.title()}Executable")):
        yield Quad(subject, _TYPE, NamedNode(name))
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
        yield Quad(subject, NamedNode(f"{WW}dataNeeded"), _english(asked.fixture))
    yield Quad(subject, _p(f"sh:{asked.form}"), Literal(asked.query))
    for order, parameter in enumerate(asked.parameters, start=1):
        node = NamedNode(thing(base, "parameter", f"{asked.id}-{parameter.name}"))
        yield Quad(subject, _p("sh:parameter"), node)
        yield from _described(node, parameter, order, asked.text)


def _described(node: NamedNode, parameter: Parameter, order: int, text: str) -> Iterator[Quad]:
    yield Quad(node, _TYPE, _p("sh:Parameter"))
    yield Quad(node, _p("sh:path"), NamedNode(f"{HOME}/parameters#{parameter.name}"))
    yield Quad(node, _p("sh:name"), Literal(parameter.name))
    yield Quad(node, _p("sh:description"), _english(parameter.description))
    yield Quad(node, _p("sh:order"), Literal(order))
    kind = "sh:datatype" if parameter.type.startswith("xsd:") else "sh:class"
    yield Quad(node, _p(kind), _p(parameter.type))
    if parameter.code_list:
        yield Quad(node, NamedNode(f"{WW}codeList"), NamedNode(f"{HOME}/concept/{parameter.code_list}"))
    if not parameter.defaults:
        yield Quad(node, _p("sh:optional"), Literal(True))
        return
    turtle = f"{' '.join(_PREFIX.findall(text))} {node} {_p('sh:defaultValue')} {', '.join(parameter.defaults)} ."
    yield from parse(turtle, format=RdfFormat.TURTLE)


def _p(name: str) -> NamedNode:
    return NamedNode(expand(name))


def _english(text: str) -> Literal:
    return Literal(text, language="en")
