"""The questions of kb/queries that concern a thing, with what they ask for chosen already."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote_plus, urlencode

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
        chosen = urlencode({"": written(NamedNode(iri))})
        for asked, parameter in _taking(_kind(iri), types, thing.is_statement and iri == thing.iri):
            if asked.id not in found and len(found) < MOST:
                address = f"{question.href(asked.id)}?{quote_plus(parameter.name)}{chosen}"
                found[asked.id] = Asked(asked.title, address, "" if iri == thing.iri else thing.labels.name(iri))
    return list(found.values())


def _kind(iri: str) -> str:
    """What an address tells of a thing: the segment `/id/{kind}/` that things of its class have, or its code list."""
    _, found, rest = iri.rpartition("/id/")
    return f"{found}{rest.partition('/')[0]}/" if found else f"{iri.rpartition('/')[0]}/"


@lru_cache(maxsize=1000)
def _taking(kind: str, types: tuple[str, ...], statement: bool) -> tuple[tuple[Question, Parameter], ...]:
    """The questions that can be answered from what is here, with the parameter for which such a thing will do."""
    above = {name for each in types for name in ancestors(each)} | set(types)
    return tuple(_choosing(kind, above, statement))


def _choosing(kind: str, above: set[str], statement: bool) -> Iterator[tuple[Question, Parameter]]:
    for asked in questions():
        if asked.fixture is None:
            for parameter in asked.parameters:
                if _takes(parameter, kind, above, statement):
                    yield asked, parameter
                    break


def _takes(parameter: Parameter, kind: str, above: set[str], statement: bool) -> bool:
    if parameter.code_list:
        # Of interventions a publisher's own count too, under the types of the list.
        return kind in (f"{concept_scheme(parameter.code_list)}/", f"/id/{parameter.code_list}/")
    class_ = expand(parameter.type)
    if class_ == _ANYTHING:
        return statement
    if above:
        return class_ in above
    known = term(class_)
    return bool(known and known.iri_type and kind == f"/id/{known.iri_type}/")
