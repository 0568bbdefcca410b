"""The questions of kb/queries that concern a thing, with what they ask for chosen already."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kb.ask.questions import Parameter, Question, questions, written
from kb.ask.resource import Description
from kb.namespaces import concept_scheme, expand
from kb.vocabulary import ancestors, term
from web import question

MOST = 6
"""Questions that a page names; all stand at /questions."""

BESIDE = (
    "ww:pilotPlace", "ww:inPlace", "ww:context", "ww:locatedIn", "dcterms:spatial", "ww:underPilot", "ww:observedIn",
    "ww:implements", "ww:ofIntervention", "ww:about", "ww:theme", "ww:stageApplies", "ww:polarity", "ww:concerns",
)  # fmt: skip
"""Properties whose values a question may be about instead: place, pilot, kind of work, theme; the nearest first."""

_ANYTHING = expand("rdfs:Resource")


@dataclass(frozen=True)
class Asked:
    """A question in words, its address with the choice made, and what is chosen where that is not the thing itself."""

    title: str
    href: str
    choice: str


def questions_here(thing: Description, beside: Sequence[tuple[str, tuple[str, ...]]] = ()) -> list[Asked]:
    """Those that take the thing itself, then those that take what it is about; `beside` are (IRI, classes) besides."""
    near = [(node.value, ()) for name in BESIDE for node in thing.about.all(name) if isinstance(node, NamedNode)]
    found: dict[str, Asked] = {}
    for iri, types in [(thing.iri, thing.types), *beside, *near]:
        for asked, parameter in _taking(iri, types, thing.is_statement and iri == thing.iri):
            if asked.id not in found and len(found) < MOST:
                address = question.href(asked.id, [(parameter.name, written(NamedNode(iri)))])
                found[asked.id] = Asked(asked.title, address, "" if iri == thing.iri else thing.labels.name(iri))
    return list(found.values())


def _taking(iri: str, types: tuple[str, ...], statement: bool) -> Iterator[tuple[Question, Parameter]]:
    """The questions that can be answered from what is here, with the parameter for which the thing will do."""
    above = {name for each in types for name in ancestors(each)} | set(types)
    for asked in questions():
        if asked.fixture is None:
            for parameter in asked.parameters:
                if _takes(parameter, iri, above, statement):
                    yield asked, parameter
                    break


def _takes(parameter: Parameter, iri: str, above: set[str], statement: bool) -> bool:
    if parameter.code_list:
        # Of interventions a publisher's own count too, under the types of the list.
        return iri.startswith(f"{concept_scheme(parameter.code_list)}/") or f"/id/{parameter.code_list}/" in iri
    kind = expand(parameter.type)
    if kind == _ANYTHING:
        return statement
    if above:
        return kind in above
    return _by_address(kind, iri)


def _by_address(kind: str, iri: str) -> bool:
    """Whether an IRI of which only the address is known is of a class: by the segment that its things have."""
    known = term(kind)
    return bool(known and known.iri_type and f"/id/{known.iri_type}/" in iri)
