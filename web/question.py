"""A question on the site: the form for what can be chosen in it, its address, and what its own page tells of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from urllib.parse import quote, urlencode

from pyoxigraph import NamedNode

from kb.ask.binding import Term
from kb.ask.labels import labels_of
from kb.ask.lists import count, members
from kb.ask.questions import BESIDE as NO_PARAMETERS
from kb.ask.questions import Parameter, Question, chosen, questions, written
from kb.ask.resource import Description
from kb.ask.summaries import Summary
from kb.ask.vocabulary import Branch, concepts
from kb.errors import BadInput
from kb.namespaces import HOME, concept_scheme, expand, thing
from kb.vocabulary import term
from web.reading import snapshot

BESIDE = NO_PARAMETERS | {"default-graph-uri", "max-rows", "named-graph-uri", "offset", "timeout"}
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
    error: str | None
    """What is wrong with what was chosen."""


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


def href(id: str, arguments: Sequence[tuple[str, str]] = (), suffix: str | None = None) -> str:
    """The address of the answer to a question that ships; `suffix` is that of a format."""
    path = f"/questions/{quote(id, safe='')}" + (f".{suffix}" if suffix else "")
    return f"{path}?{urlencode(arguments)}" if arguments else path


def title(asked: Question, given: Mapping[str, Sequence[str]]) -> str:
    """What the question asks as somebody asks it: its title with what is chosen in place of a default.

    Raises as `kb.ask.questions.chosen`.
    """
    defaults = {parameter.name: list(parameter.defaults) for parameter in asked.parameters}
    changed = {name: terms for name, terms in chosen(asked, given).items() if terms != defaults[name]}
    things = [term.value for terms in changed.values() for term in terms if isinstance(term, NamedNode)]
    labels = labels_of(snapshot().store, things)
    choices = "; ".join(
        f"{name}: {', '.join(labels.name(t.value) if isinstance(t, NamedNode) else t.value for t in terms)}"
        for name, terms in changed.items()
    )
    return f"{asked.title} ({choices})" if choices else asked.title


def fields(asked: Question, given: Mapping[str, Sequence[str]]) -> tuple[Field, ...]:
    """The form of a question as somebody has filled it in: each parameter with its values, or with what is wrong."""
    return tuple(_field(asked, each, given.get(each.name, ())) for each in asked.parameters)


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


def _field(asked: Question, parameter: Parameter, given: Sequence[str]) -> Field:
    error = None
    try:
        terms: Sequence[Term] = chosen(asked, {parameter.name: given}).get(parameter.name, parameter.defaults)
        chosen_values = tuple(map(written, terms))
    except BadInput as wrong:
        error = str(wrong).removeprefix(f"{parameter.name}: ")
        chosen_values = tuple(given)
    options: list[tuple[str, str, int]] = []
    if parameter.code_list:
        options = list(_options(concepts(snapshot().store, concept_scheme(parameter.code_list)), 0))
    elif (kind := term(expand(parameter.type))) and 0 < count(snapshot().store, kind.iri) <= LISTED:
        options = list(_things(kind.iri))
    if options:
        known = {value for value, _, _ in options}
        options += [(value, value, 0) for value in chosen_values if value not in known]
    hint = _hint(parameter)
    optional = not parameter.defaults
    return Field(parameter.name, parameter.description, hint, optional, chosen_values, tuple(options), error)


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
