"""The questions that ship, one query file each, and what is chosen in them: as a reader writes it, and as terms.

A choice is written as in a cell of a table (docs/tables.md): a number, a date or a text by the declared datatype, a
code as `list/code`, a thing as `kind/identifier` or by its identifier alone, and any IRI in full.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import groupby
from math import prod
from pathlib import Path

from pyoxigraph import NamedNode

from kb import config, namespaces
from kb.ask.binding import Term, bind
from kb.errors import BadInput, NotFound, either, near_it
from kb.intake.cell import Links, parts, values
from kb.intake.question import BESIDE, SUFFIX, Chart, Money, Parameter, Question
from kb.intake.question import question as read
from kb.namespaces import HOME, expand
from kb.protocols import catalogue
from kb.vocabulary import ancestors, codes, term, terms

__all__ = [
    "BESIDE",
    "Chart",
    "Money",
    "Parameter",
    "Question",
    "bound",
    "by_subject",
    "chosen",
    "matching",
    "question",
    "questions",
    "read",
    "written",
]

COMBINATIONS = 1_000
"""How many rows of values may be bound at once."""

_SHORT = re.compile(r"[a-z][a-z0-9-]*/[A-Za-z0-9][A-Za-z0-9.-]*")
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_PROTOCOL = expand("ww:DataProtocol")


@cache
def questions(folder: Path | None = None) -> tuple[Question, ...]:
    """Every question of the folder (by default what ships), by id; raises BadInput for what `read` refuses."""
    return tuple(read(path) for path in sorted((folder or config.shipped("queries")).glob(f"*{SUFFIX}")))


def question(id: str) -> Question:
    """One question; raises NotFound with those that are near."""
    known = {each.id: each for each in questions()}
    if id not in known:
        raise NotFound(f"{id!r}: no such question{near_it(id, known)}; see /questions")
    return known[id]


def matching(words: str) -> list[Question]:
    """The questions in whose title, description, keywords or name every one of the words stands, in any case."""
    wanted = words.casefold().split()
    return [each for each in questions() if all(word in _said(each) for word in wanted)]


def by_subject(found: Iterable[Question]) -> list[tuple[str, list[Question]]]:
    """The questions under their subjects, both in the order of the alphabet."""
    ordered = sorted(found, key=lambda each: (each.subject, each.title))
    return [(subject, list(group)) for subject, group in groupby(ordered, key=lambda each: each.subject)]


def chosen(asked: Question, given: Mapping[str, Sequence[str]]) -> dict[str, list[Term]]:
    """The terms to bind, from what is written for each parameter; several mean any of them, and a blank one nothing.

    Raises BadInput for a parameter that the question does not have, for a value that is not of its type, and for more
    than COMBINATIONS of values, over all parameters.
    """
    known = {parameter.name: parameter for parameter in asked.parameters}
    for name in given:
        if name not in known:
            raise BadInput(f"{asked.id} has no parameter {name}; it has {', '.join(known) or 'none'}")
    found = {
        name: list(dict.fromkeys(term for text in texts if text.strip() for term in _terms(known[name], text.strip())))
        for name, texts in given.items()
    }
    found = {name: terms for name, terms in found.items() if terms}
    if (count := prod(map(len, found.values()))) > COMBINATIONS:
        raise BadInput(f"what is chosen makes {count:,} combinations, and up to {COMBINATIONS:,} run: choose fewer")
    return found


def bound(asked: Question, terms: Mapping[str, Sequence[Term]]) -> str:
    """The query of the question with these terms bound; a parameter that is not given keeps its default."""
    return bind(asked.text, limit=None, offset=None, **terms)


def written(term: Term) -> str:
    """The term as somebody would write it, and `chosen` read it again."""
    if not isinstance(term, NamedNode):
        return term.value
    for start in (f"{HOME}/concept/", f"{HOME}/id/"):
        if term.value.startswith(start) and _SHORT.fullmatch(short := term.value.removeprefix(start)):
            return short
    return term.value


def _said(asked: Question) -> str:
    return " ".join((asked.title, asked.description, *asked.keywords, asked.id)).casefold()


def _terms(parameter: Parameter, text: str) -> list[Term]:
    try:
        if parameter.code_list:
            return [_code(parameter.code_list, text)]
        if parameter.type.startswith("xsd:"):
            return list(values(text, (expand(parameter.type),), (), Links(HOME, ())))
        if "://" in text:
            return [NamedNode(text)]
        return [_thing(expand(parameter.type), part) for part in parts(text)]
    except (BadInput, NotFound, ValueError) as error:
        raise BadInput(f"{parameter.name}: {error}") from error


def _code(scheme: str, text: str) -> NamedNode:
    """A code of the list, or a thing of the same kind that a publisher adds to it (an intervention under its type)."""
    code = text.removeprefix(f"{namespaces.concept_scheme(scheme)}/").removeprefix(f"{scheme}/")
    if code in codes(scheme):
        return NamedNode(namespaces.concept(scheme, code))
    if scheme in {each.iri_type for each in terms()}:
        if "://" in text:
            return NamedNode(text)
        if text.startswith(f"{scheme}/") and _SHORT.fullmatch(text):
            return NamedNode(namespaces.thing(HOME, scheme, code))
    raise BadInput(f"{text!r} is not a code of the list {scheme}{near_it(code, codes(scheme))}; see /concept/{scheme}")


def _thing(class_: str, text: str) -> Term:
    """A thing by `kind/identifier` or, where the class has a kind, by its identifier alone."""
    about = term(class_)
    kinds = [each.iri_type for each in terms() if each.iri_type and class_ in ancestors(each.iri)]
    kind, slash, identifier = text.partition("/")
    if about and about.iri_type and not slash and _IDENTIFIER.fullmatch(text):
        kind, slash, identifier = about.iri_type, "/", text
    if about and kinds and kind not in kinds:
        wanted = either([f"{each}/identifier" for each in kinds])
        raise BadInput(f"{text!r} is not the kind that is asked for: write {wanted}{near_it(kind, kinds)}")
    if class_ == _PROTOCOL:
        return NamedNode(catalogue.protocol(identifier).iri)
    [found] = values(f"{kind}{slash}{identifier}", (class_,), (), Links(HOME, ()))
    return found
