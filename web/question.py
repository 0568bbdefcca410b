"""A question on the site: asked with what is chosen in its form, and told of on its own page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from urllib.parse import urlencode

from pyoxigraph import NamedNode
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from kb.ask.binding import Term
from kb.ask.labels import labels_of
from kb.ask.lists import count, members
from kb.ask.questions import BESIDE as NO_PARAMETERS
from kb.ask.questions import Parameter, Question, bound, chosen, question, questions, written
from kb.ask.resource import Description, exists
from kb.ask.summaries import Summary
from kb.ask.vocabulary import Branch, concepts
from kb.namespaces import HOME, concept_scheme, expand, thing
from kb.vocabulary import term
from web import addresses
from web.reading import snapshot

BESIDE = NO_PARAMETERS | {"default-graph-uri", "named-graph-uri"}
"""Arguments of an address with a question that are none of its parameters."""

CLASS = expand("ww:Question")

LISTED = 200
"""How many things of a class are listed for a choice; where there are more, it is written."""

KINDS = {
    "xsd:integer": "a whole number",
    "xsd:decimal": "a number",
    "xsd:date": "a date, as 2012-12-31",
    "xsd:gYear": "a year, as 2009",
    "xsd:string": "a text",
    "xsd:boolean": "yes or no",
}
"""Datatype → what to write."""

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?")
_FORMS = tuple(map(expand, ("sh:select", "sh:ask", "sh:construct")))
_TOLD = (*_FORMS, *map(expand, ("sh:parameter", "rdfs:comment", "skos:notation")))


@dataclass(frozen=True)
class Field:
    """A parameter in the form: what is chosen, and `options` in rows of (value, text, depth); none: it is written."""

    name: str
    label: str
    hint: str
    optional: bool
    values: tuple[str, ...]
    options: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Asked:
    """A question with what was chosen in it: the query with that bound, and the form to choose again."""

    question: Question
    text: str
    fields: tuple[Field, ...]
    page: str | None
    """The page about the question, where the snapshot knows it."""


@dataclass(frozen=True)
class Told:
    """A question as its page tells of it; `told` are the properties that need no row of their own."""

    query: str
    run: str
    number: str | None
    """Its place among the competency questions."""
    parameters: tuple[Summary, ...]
    kinds: dict[str, str]
    """Datatype → what it is, in words."""
    types: tuple[str, ...]
    told: frozenset[str]


def href(id: str) -> str:
    """The answer to a question that ships."""
    return f"/sparql?{urlencode({'question': id})}"


def asked(arguments: MultiDict[str, str]) -> Asked:
    """The question of an address, its parameters bound to the further arguments; a blank one keeps its default.

    Raises NotFound for an unknown question, BadInput for a parameter that it does not have or a value that is not of
    its type, BadRequest for a second question or query.
    """
    if len(arguments.getlist("question")) > 1 or "query" in arguments:
        raise BadRequest("There is more than one question or query in the address; send one.")
    found = question(arguments["question"])
    terms = chosen(found, {name: arguments.getlist(name) for name in arguments if name not in BESIDE})
    fields = tuple(_field(each, terms.get(each.name, each.defaults)) for each in found.parameters)
    iri = thing(HOME, "question", found.id)
    page = addresses.href(iri) if exists(snapshot().store, iri) else None
    return Asked(found, bound(found, terms), fields, page)


def told(described: Description) -> Told | None:
    """What the page of a question tells besides its words; None where the thing is no question, or has no query."""
    said = described.about.values
    form = next((form for form in _FORMS if form in said), None)
    if CLASS not in described.types or form is None:
        return None
    query = said[form][0].value
    id = described.about.first("dcterms:identifier") or ""
    ships = described.iri == thing(HOME, "question", id) and id in {each.id for each in questions()}
    nested = (described.nested.get(node.value) for node in described.about.all("sh:parameter"))
    parameters = sorted(filter(None, nested), key=_order)
    return Told(
        query=query,
        run=href(id) if ships else f"/sparql?{urlencode({'query': query})}",
        number=described.about.first("skos:notation"),
        parameters=tuple(parameters),
        kinds={expand(name): _sentence(words) for name, words in KINDS.items()},
        types=tuple(iri for iri in described.types if term(iri)),
        told=frozenset(_TOLD),
    )


def _order(parameter: Summary) -> tuple[float, str]:
    """Its place among the parameters; what is not a number, as a publisher may write, comes last."""
    written = parameter.first("sh:order") or "0"
    return float(written) if _NUMBER.fullmatch(written) else inf, parameter.iri


def _field(parameter: Parameter, values: Sequence[Term]) -> Field:
    chosen_values = tuple(map(written, values))
    options: list[tuple[str, str, int]] = []
    if parameter.code_list:
        options = list(_options(concepts(snapshot().store, concept_scheme(parameter.code_list)), 0))
    elif (kind := term(expand(parameter.type))) and 0 < count(snapshot().store, kind.iri) <= LISTED:
        options = list(_things(kind.iri))
    if options:
        known = {value for value, _, _ in options}
        options += [(value, value, 0) for value in chosen_values if value not in known]
    hint = _hint(parameter)
    return Field(parameter.name, parameter.description, hint, not parameter.defaults, chosen_values, tuple(options))


def _things(class_iri: str) -> Iterator[tuple[str, str, int]]:
    """The things of a class by their names."""
    store = snapshot().store
    things = members(store, class_iri, LISTED, 0)
    labels = labels_of(store, things)
    for each in things:
        yield written(NamedNode(each)), labels.name(each), 0


def _options(branches: Sequence[Branch], depth: int) -> Iterator[tuple[str, str, int]]:
    for branch in branches:
        if not branch.again:
            value = written(NamedNode(branch.concept.iri))
            yield value, branch.concept.first("skos:prefLabel") or value, depth
        yield from _options(branch.narrower, depth + 1)


def _hint(parameter: Parameter) -> str:
    if parameter.code_list:
        what = f"a code, as {parameter.code_list}/code"
    elif parameter.type.startswith("xsd:"):
        what = KINDS.get(parameter.type, parameter.type)
    else:
        kind = term(expand(parameter.type))
        words = f"{kind.label.lower()}: " if kind else ""
        short = f"{kind.iri_type}/identifier or " if kind and kind.iri_type else ""
        what = f"{words}{short}an address in full"
    rest = "; empty for any" if not parameter.defaults else ""
    return _sentence(what + rest)


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]
