"""docs/reference/ontology.md: the classes and properties of the vocabulary, in the order of its file."""

import re
from collections.abc import Iterator
from functools import cache

from kb import config
from kb.namespaces import WW, compact, expand
from kb.protocols.fields import DATATYPES
from kb.vocabulary import Term, term, terms

from .code_lists import link
from .markdown import MADE, code, table
from .markdown import page as joined

HEAD = f"""# The vocabulary

{MADE} It is what [ontology/whatworks.ttl](../../ontology/whatworks.ttl) says; a site shows the same at `/def`, where
each term has its anchor and its links to other vocabularies.

`ww:` is <{WW}>. A property is listed once, in the part of the vocabulary that it belongs to. *Said of* names the
classes whose things it describes; *takes* says what its values are: a kind of text or number, a thing of a class, or
a code from one of the [code lists](code-lists.md). Which of them a record must have is a matter of the
[protocols](protocols.md)."""


def page() -> str:
    """The whole page."""
    return joined([HEAD, *(part for heading, found in _sections() for part in _section(heading, found))])


def _sections() -> list[tuple[str, list[Term]]]:
    """The headings of the file, each with the terms below it."""
    text = (config.shipped("ontology") / "whatworks.ttl").read_text(encoding="utf-8")
    found: list[tuple[str, list[Term]]] = []
    for heading, name in re.findall(r"^# -+ (.+)$|^([\w-]+:[\w-]+) a ", text, re.MULTILINE):
        if heading:
            found.append((heading, []))
        elif known := term(expand(name)):
            found[-1][1].append(known)
    listed = [each.iri for _, section in found for each in section]
    assert sorted(listed) == sorted(each.iri for each in terms()), "a term is described in no place, or in two"
    return found


def _section(heading: str, found: list[Term]) -> Iterator[str]:
    yield f"## {heading}"
    for each in found:
        if each.kind == "class":
            yield from _class(each)
    properties = [each for each in found if each.kind == "property"]
    if properties:
        yield f"**Properties: {heading[0].lower()}{heading[1:]}**"
    yield table(("property", "term", "what it says", "said of", "takes"), map(_property, properties))
    others = [each for each in found if each.kind == "individual"]
    rows = [(each.label, code(compact(each.iri)), each.definition) for each in others]
    yield table(("name", "term", "what it is"), rows)


def _class(found: Term) -> Iterator[str]:
    yield f"### {found.label}"
    yield f"{code(compact(found.iri))} · {found.definition}"
    said = []
    if parents := [parent for parent in found.parents if term(parent)]:
        said.append(f"A kind of {', '.join(map(_named, parents))}.")
    if found.iri_type:
        said.append(f"Each has a page, `/doc/{found.iri_type}/…`; all are listed at `/class/{found.name}`.")
    if own := _said_of().get(found.iri):
        said.append(f"Properties: {', '.join(each.label for each in own)}.")
    yield " ".join(said)


def _property(found: Term) -> tuple[str, str, str, str, str]:
    definition = found.definition
    if found.inverse_label:
        definition += f" From the other side: *{found.inverse_label}*."
    return (
        found.label,
        code(compact(found.iri)),
        definition,
        ", ".join(map(_named, found.domains)),
        "; ".join(filter(None, (", ".join(map(link, found.code_lists)), _ranges(found)))),
    )


def _ranges(found: Term) -> str:
    concept = expand("skos:Concept")
    ranges = [iri for iri in found.ranges if not (iri == concept and found.code_lists)]
    return ", ".join(dict.fromkeys(DATATYPES.get(compact(iri)) or _named(iri) for iri in ranges))


def _named(iri: str) -> str:
    known = term(iri)
    return known.label if known else code(compact(iri))


@cache
def _said_of() -> dict[str, list[Term]]:
    """Class → the properties that name it as what they are said of, by label."""
    found: dict[str, list[Term]] = {}
    for each in sorted(terms(), key=lambda known: known.label.casefold()):
        for iri in each.domains if each.kind == "property" else ():
            found.setdefault(iri, []).append(each)
    return found

