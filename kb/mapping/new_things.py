"""Bodies, places and the like that nobody has described yet, made of what a person decided: `new: Name (kind)`.

Which can be made so their shapes tell: those of a record type that must have no more than a name and one code.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from kb import namespaces
from kb.mapping.classes import classes_of
from kb.mapping.identities import slug
from kb.mapping.mapping import Mapping
from kb.mapping.values.codes import NEW, code_labels
from kb.mapping.values.names import Known, Names
from kb.mapping.values.said import Said, ask, link, literal, text, unread
from kb.namespaces import expand
from kb.protocols.catalogue import protocols
from kb.protocols.columns import Column, RecordColumns, record_columns
from kb.vocabulary import XSD_STRING, term

NAME, TITLE, IDENTIFIER = expand("skos:prefLabel"), expand("dcterms:title"), expand("dcterms:identifier")
_WITH_KIND = re.compile(r"(?P<name>.*\S)\s*\((?P<kind>[^()]+)\)\s*")
_SHOWN = 12


@dataclass(frozen=True)
class Makeable:
    """What can be made where a column links to a thing: its record type, and the columns that it must have."""

    record: RecordColumns
    name: Column
    kind: Column | None

    @property
    def schemes(self) -> tuple[str, ...]:
        """The code lists of its kinds; none where it has no kind."""
        return tuple(each.iri for each in self.kind.code_lists) if self.kind else ()

    def kinds(self) -> list[tuple[str, str]]:
        """Code and label of each kind, by label; `total` counts all kinds together and is none."""
        labels = code_labels(self.schemes)
        codes = {labels.exact(label)[0]: label for label in labels.all_shown() if labels.exact(label)}
        kinds = [(iri.rpartition("/")[2], label) for iri, label in codes.items()]
        return sorted((each for each in kinds if each[0] != "total"), key=lambda each: each[1])


@dataclass(frozen=True)
class NewThing:
    """A thing to be made: `kind` is the IRI of a code, empty where such things have no kind."""

    made: Makeable
    iri: str
    name: str
    kind: str

    def known(self) -> Known:
        """For the cells that mean it."""
        return Known(self.iri, classes_of(self.made.record.class_), (self.name,))

    def lines(self) -> list[bytes]:
        """Its N-Triples lines."""
        subject = link(self.iri)
        said = [(expand("rdf:type"), link(self.made.record.class_)), (self.made.name.path, text(self.name))]
        if self.made.name.path == TITLE:
            said.append((NAME, text(self.name)))
        if any(each.path == IDENTIFIER for each in self.made.record.columns):
            said.append((IDENTIFIER, literal(self.iri.rpartition("/")[2], XSD_STRING)))
        if self.kind and self.made.kind:
            said.append((self.made.kind.path, link(self.kind)))
        return sorted(f"{subject} <{path}> {value} .".encode() for path, value in said)


def decision(name: str, kind: str) -> str:
    """What a mapping says to have it made; `kind` is a code or its label, empty where such things have no kind."""
    return f"{NEW}{name.removeprefix(NEW)} ({kind})" if kind else f"{NEW}{name.removeprefix(NEW)}"


def makeable(column: Column) -> Makeable | None:
    """What can be made where this column links to something; None where nothing can."""
    return _makeable(column.links_to)


def read_new(meant: str, column: Column, names: Names) -> Said:
    """The thing that a decision makes, or that has its name already; a question where its kind is not said."""
    made = makeable(column)
    if made is None:
        return unread(f"“{meant}”: such a thing is not made here; publish it by its protocol and link to it.")
    name, kind = _parts(meant, made)
    known = names.among(column.links_to).exact(name)
    if len(known) == 1:
        return Said((link(known[0]),))
    if known:
        return ask(f"“{name}” is the name of several.", *known)
    if kind or not made.kind:
        return unread(f"“{name}” cannot be made here: it is neither decided nor said of every row.")
    kinds = [f"{NEW}{name} ({label})" for _, label in made.kinds()]
    return ask(f"“{name}” is to be made: say its kind, as in “{kinds[0]}”.", *kinds[:_SHOWN])


def new_things(mapping: Mapping, about: RecordColumns, base: str, names: Names) -> list[NewThing]:
    """What the decisions of a mapping make: things with a name that nothing else of their kind has."""
    found: dict[str, NewThing] = {}
    for column, meant in _decided(mapping, about):
        made = makeable(column)
        if made is None:
            continue
        name, kind = _parts(meant, made)
        about_class = term(made.record.class_)
        word = about_class.iri_type if about_class else ""
        if not (name and word and (kind or not made.kind)):
            continue
        iri = namespaces.thing(base, word, slug(name))
        if set(names.among(column.links_to).exact(name)) <= {iri}:  # which an earlier release may have made
            found.setdefault(iri, NewThing(made, iri, name, kind))
    return list(found.values())


def linked(things: Iterable[NewThing], lines: Sequence[bytes]) -> Iterator[NewThing]:
    """Those of the things that a line links to: what no row means any more is not made."""
    for each in things:
        end = f" {link(each.iri)} .".encode()
        if any(line.endswith(end) for line in lines):
            yield each


def _decided(mapping: Mapping, about: RecordColumns) -> Iterator[tuple[Column, str]]:
    for column in about.columns:
        said = [*mapping.values.get(column.id, {}).values(), mapping.constants.get(column.id, "")]
        yield from ((column, meant) for meant in dict.fromkeys(said) if column.links_to and meant.startswith(NEW))


def _parts(meant: str, made: Makeable) -> tuple[str, str]:
    """The name, and the IRI of the kind where one is said in brackets at its end."""
    words = meant.removeprefix(NEW).strip()
    if made.kind and (found := _WITH_KIND.fullmatch(words)):
        kinds = code_labels(made.schemes).exact(found["kind"])
        if len(kinds) == 1:
            return found["name"], kinds[0]
    return words, ""


@cache
def _makeable(ranges: tuple[str, ...]) -> Makeable | None:
    for protocol in protocols():
        for record in record_columns(protocol.id):
            if not set(classes_of(record.class_)) & set(ranges):
                continue
            must = [each for each in record.columns if each.obligation == "Must"]
            named = [each for each in must if each.path in (NAME, TITLE) and not each.leading]
            coded = [each for each in must if each.code_lists and not each.leading]
            if len(named) == 1 and len(coded) <= 1 and len(must) == len(named) + len(coded):
                return Makeable(record, named[0], next(iter(coded), None))
    return None
