"""What a record says becomes N-Triples: of itself, and of the things within it (docs/tables.md)."""

from collections.abc import Iterator

from kb.mapping.identities import Identity
from kb.mapping.plan import Plan, Planned, Thing
from kb.mapping.row import Values, lexical
from kb.mapping.values.said import link, literal, text
from kb.namespaces import expand
from kb.vocabulary import XSD_STRING

NAME, TITLE, IDENTIFIER = expand("skos:prefLabel"), expand("dcterms:title"), expand("dcterms:identifier")
_DERIVED = expand("ww:identifierDerived")
_TYPE = link(expand("rdf:type"))
_TRUE = literal("true", expand("xsd:boolean"))


def triples(plan: Plan, iri: str, identity: Identity, said: Values) -> Iterator[str]:
    """The lines of one record, with the constants where the row says nothing; of things within where it has them."""
    record = link(iri)
    yield f"{record} {_TYPE} <{plan.about.class_}> ."
    own: dict[str, tuple[str, ...]] = {}
    within: dict[Thing, dict[Planned, tuple[str, ...]]] = {}
    for planned, terms in said.items():
        if planned.thing is None:
            own[planned.column.path] = own.get(planned.column.path, ()) + terms
        elif planned.makes_thing:
            within.setdefault(planned.thing, {})[planned] = terms
    _fill(plan, said, own, within)
    _name(plan, own, identity)
    for path, terms in own.items():
        for term in terms:
            yield f"{record} <{path}> {term} ."
    name = lexical(next(iter(own.get(NAME, ())), "")) or identity.identifier
    for thing, values in within.items():
        yield from _thing(record, iri, thing, values, name)


def _fill(plan: Plan, said: Values, own: dict[str, tuple[str, ...]], within: dict[Thing, Values]) -> None:
    """Constants of the record and of things that it speaks of, and what is said of several things."""
    for planned in plan.planned:
        terms = said.get(planned, ()) or planned.constant.terms
        if not terms:
            continue
        if planned.thing is None:
            own.setdefault(planned.column.path, terms)
            continue
        for thing in (planned.thing, *planned.also):
            if thing in within:
                within[thing].setdefault(planned, terms)


def _name(plan: Plan, own: dict[str, tuple[str, ...]], identity: Identity) -> None:
    """Identifier and name, where the row does not give them."""
    known = {each.path for each in plan.about.columns if not each.leading}
    if IDENTIFIER in known and identity.by != "content":
        own.setdefault(IDENTIFIER, (literal(identity.identifier, XSD_STRING),))
    if _DERIVED in known and identity.derived:
        own[_DERIVED] = (_TRUE,)
    if NAME not in own and TITLE in own:
        own[NAME] = own[TITLE][:1]


def _thing(record: str, iri: str, thing: Thing, values: Values, name: str) -> Iterator[str]:
    address = link(thing.address(iri))
    yield f"{record} <{thing.leading}> {address} ."
    if thing.class_:
        yield f"{address} {_TYPE} <{thing.class_}> ."
    if not any(each.column.path == NAME for each in values):
        yield f"{address} <{NAME}> {text(f'{thing.label}: {name}')} ."
    for predicate, object_ in thing.fixed:
        yield f"{address} <{predicate}> <{object_}> ."
    for planned, terms in values.items():
        for term in terms:
            yield f"{address} {planned.predicate} {term} ."
