"""docs/reference/code-lists.md: every code list with its codes."""

from collections.abc import Iterator
from functools import cache

from pyoxigraph import Literal, NamedNode

from kb.namespaces import HOME, expand
from kb.vocabulary import ontology, terms

from .markdown import MADE, code, sentence, table
from .markdown import page as joined

HEAD = f"""# Code lists

{MADE} Each list is a file `ontology/concept-{{list}}.ttl` and a page `/concept/{{list}}` of a site; the address of a
code is <{HOME}/concept/{{list}}/{{code}}>. In the cell of a table the code alone will do ([tables.md](../tables.md)).
A list whose codes have an order is a scale, and stands in that order."""

Values = dict[str, list[NamedNode | Literal]]


def page() -> str:
    """The whole page."""
    lists = sorted(_lists(), key=lambda each: title(each).casefold())
    return joined([HEAD, *(part for iri in lists for part in _list(iri))])


def link(iri: str, folder: str = "") -> str:
    """A link to a list, from a page of the reference; `folder` leads from there to this page's."""
    anchor = "".join(sign for sign in title(iri).lower().replace(" ", "-") if sign.isalnum() or sign in "-_")
    return f"[{title(iri)}]({folder}code-lists.md#{anchor})"


def title(iri: str) -> str:
    """What a list is called."""
    return _text(_about(iri), "dcterms:title")


def _list(iri: str) -> Iterator[str]:
    found = _about(iri)
    name = iri.removeprefix(f"{HOME}/concept/")
    yield f"## {title(iri)}"
    used = [each.label for each in terms() if iri in each.code_lists]
    said = f"{code(name)} · {sentence(_text(found, 'dcterms:description'))}"
    yield said + (f" Used by: {', '.join(used)}." if used else "")
    yield table(("code", "name", "what it means"), _rows(iri, "", 0, _members(iri)))


def _rows(scheme: str, parent: str, depth: int, members: dict[str, Values]) -> Iterator[tuple[str, str, str]]:
    """The codes below a parent, each followed by those below it."""
    below = [each for each in members if _parent(members, each) == parent]
    for iri in sorted(below, key=lambda each: _order(members[each])):
        found = members[iri]
        meaning = _text(found, "skos:definition", "skos:scopeNote")
        yield code(iri.removeprefix(f"{scheme}/")), "– " * depth + _text(found, "skos:prefLabel"), meaning
        yield from _rows(scheme, iri, depth + 1, members)


def _parent(members: dict[str, Values], iri: str) -> str:
    above = (each.value for each in members[iri].get(expand("skos:broader"), []))
    return min((each for each in above if each in members), default="")


def _order(found: Values) -> tuple[int, str]:
    notation = _text(found, "skos:notation")
    return (int(notation) if notation.isdecimal() else 0), _text(found, "skos:prefLabel").casefold()


@cache
def _lists() -> tuple[str, ...]:
    quads = ontology().quads_for_object(NamedNode(expand("skos:ConceptScheme")))
    found = (quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode))
    return tuple(iri for iri in found if _members(iri))


@cache
def _members(scheme: str) -> dict[str, Values]:
    quads = ontology().quads_for_object(NamedNode(scheme))
    inside = {quad.subject.value for quad in quads if quad.predicate.value == expand("skos:inScheme")}
    return {iri: _about(iri) for iri in inside}


@cache
def _about(iri: str) -> Values:
    found: Values = {}
    for quad in ontology().quads_for_subject(NamedNode(iri)):
        if isinstance(quad.object, NamedNode | Literal):
            found.setdefault(quad.predicate.value, []).append(quad.object)
    return found


def _text(found: Values, *names: str) -> str:
    return next((value.value for name in names for value in found.get(expand(name), [])), "")

