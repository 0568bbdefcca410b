"""What a record says becomes N-Triples: of itself, and of the things within it (docs/tables.md)."""

from kb.mapping.identities import Identity
from kb.mapping.plan import Plan, Thing
from kb.mapping.row import Values, lexical
from kb.mapping.values.said import link, literal, text
from kb.namespaces import expand
from kb.vocabulary import XSD_STRING

NAME, TITLE, IDENTIFIER = expand("skos:prefLabel"), expand("dcterms:title"), expand("dcterms:identifier")
_DERIVED = expand("ww:identifierDerived")
_TYPE = link(expand("rdf:type"))
_TRUE = literal("true", expand("xsd:boolean"))


def triples(plan: Plan, iri: str, identity: Identity, said: Values) -> list[str]:
    """The lines of one record, with the constants where the row says nothing; of things within where it has them."""
    record = link(iri)
    lines = [f"{record} {_TYPE} <{plan.about.class_}> ."]
    own: dict[str, tuple[str, ...]] = {}
    within: dict[Thing, Values] = {}
    for planned, terms in said.items():
        if planned.thing is None:
            own[planned.column.path] = own.get(planned.column.path, ()) + terms
        elif planned.makes_thing:
            within.setdefault(planned.thing, {})[planned] = terms
    _fill(plan, said, own, within)
    _name(plan, own, identity)
    for path, terms in own.items():
        lines += [f"{record} <{path}> {term} ." for term in terms]
    name = text(lexical(next(iter(own.get(NAME, ())), "")) or identity.identifier)
    for thing, values in within.items():
        _add_thing(lines, record, f"<{thing.address(iri)}>", thing, values, name)
    return lines


def _fill(plan: Plan, said: Values, own: dict[str, tuple[str, ...]], within: dict[Thing, Values]) -> None:
    """Constants of the record and of things that it speaks of, and what is said of several things."""
    for planned in plan.planned:
        terms = said.get(planned) or planned.constant.terms
        if not terms:
            continue
        if planned.thing is None:
            own.setdefault(planned.column.path, terms)
            continue
        for thing in planned.things:
            if values := within.get(thing):
                values.setdefault(planned, terms)


def _name(plan: Plan, own: dict[str, tuple[str, ...]], identity: Identity) -> None:
    """Identifier and name, where the row does not give them."""
    if IDENTIFIER in plan.own_paths and identity.by != "content":
        own.setdefault(IDENTIFIER, (literal(identity.identifier, XSD_STRING),))
    if _DERIVED in plan.own_paths and identity.derived:
        own[_DERIVED] = (_TRUE,)
    if NAME not in own and TITLE in own:
        own[NAME] = own[TITLE][:1]


def _add_thing(lines: list[str], record: str, address: str, thing: Thing, values: Values, name: str) -> None:
    """`record`, `address` and `name`, that of the record, are N-Triples."""
    lines.append(f"{record} <{thing.leading}> {address} .")
    if thing.class_:
        lines.append(f"{address} {_TYPE} <{thing.class_}> .")
    named = False
    for predicate, object_ in thing.fixed:
        lines.append(f"{address} <{predicate}> <{object_}> .")
    for planned, terms in values.items():
        named = named or planned.column.path == NAME
        lines += [f"{address} {planned.predicate} {term} ." for term in terms]
    if not named:
        lines.append(f"{address} <{NAME}> {thing.naming}{name[1:]} .")
