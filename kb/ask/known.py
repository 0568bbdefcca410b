"""The names by which a sheet or a form may link to what is published already: bodies, places, programmes, documents."""

from functools import cache

from kb.ask.memory import remembered
from kb.ask.overview import kinds
from kb.ask.summaries import nodes, rows
from kb.mapping.values.names import Known, Names
from kb.protocols import catalogue
from kb.protocols.columns import record_columns
from kb.store.readable import Store
from kb.vocabulary import ancestors, terms

MOST = 20_000
"""Things of a class that are known by name; of a larger one, such as the assets of many areas, addresses are given."""


def known_names(store: Store) -> Names:
    """The names of the things in a snapshot that a column of a protocol may link to; read once for each snapshot."""
    kept = remembered(store, "known names")
    if "" not in kept:
        kept[""] = Names(_known(store))
    found: Names = kept[""]
    return found


def _known(store: Store) -> list[Known]:
    large = {kind.term.iri for kind in kinds(store) if kind.things > MOST}
    classes = [iri for iri in _linkable() if iri not in large]
    things: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for thing, class_, _, label in rows(store, "known-names", type=nodes(classes)):
        held, labels = things.setdefault(thing.value, ({}, {}))
        held[class_.value] = labels[label.value] = None
    return [Known(iri, tuple(held), tuple(labels)) for iri, (held, labels) in things.items()]


@cache
def _linkable() -> tuple[str, ...]:
    """The classes that columns link to, with those below them."""
    records = [record for each in catalogue.protocols() for record in record_columns(each.id)]
    linked = {iri for record in records for column in record.columns for iri in column.links_to}
    wanted = {iri for iri in linked if not iri.endswith(("#Resource", "#Concept"))}
    return tuple(each.iri for each in terms() if each.kind == "class" and ancestors(each.iri) & wanted)
