"""Browsing: the kinds of thing that are here, and the things of one kind in pages."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from kb.ask import lists, overview
from kb.ask.labels import labels_of
from kb.ask.summaries import Summary, expand, statements_on
from kb.ask.vocabulary import levels
from kb.namespaces import HOME, compact
from kb.vocabulary import term
from web import paging
from web.documents import document, page
from web.reading import snapshot
from web.values import money_stated

blueprint = Blueprint("classes", __name__)

GRADES = f"{HOME}/concept/evidence-strength"
MONEY = expand("ww:MonetaryStatement")


@dataclass(frozen=True)
class Column:
    """A property (prefix:local) that a list shows, and the words over it."""

    name: str
    heading: str


@blueprint.get("/classes")
def all_classes() -> Response:
    """Every kind of thing that the snapshot holds, with how many."""
    kinds = [kind for kind in overview.kinds(snapshot().store) if kind.things]
    return page("classes.html", kinds=kinds)


@blueprint.get("/class/<name>")
def one_class(name: str) -> Response:
    """The things of one class, 50 to a page: a table, or all that is said about them. Raises werkzeug NotFound."""
    kind = overview.class_named(name)
    if kind is None:
        raise NotFound(f"There is no list of {name}. /classes shows the lists that there are.")
    store = snapshot().store
    shown = paging.asked(lists.count(store, kind.iri))
    members = lists.members(store, kind.iri, shown.size, shown.offset)
    return document(
        "class.html",
        lambda: {"kind": kind, "page": shown, **rows(kind.iri, members)},
        lambda: statements_on(store, members),
    )


def rows(class_iri: str, members: list[str]) -> dict[str, Any]:
    """What the table of a list shows of its members; a column that would be empty is left out."""
    store = snapshot().store
    is_money = class_iri == MONEY
    names = lists.columns(class_iri)
    things = list(lists.cells(store, members, (*names, *lists.MONEY) if is_money else names).values())
    return {
        "things": things,
        "columns": [Column(name, heading(name)) for name in names if any(thing.all(name) for thing in things)],
        "amounts": {thing.iri: amount(thing) for thing in things} if is_money else None,
        "levels": levels(store, GRADES),
        "labels": labels_of(store, {iri for thing in things for iri in (thing.iri, *thing.links())}),
    }


def amount(thing: Summary) -> str:
    """The figure of a statement of money, in words; empty where it gives none."""
    figures = {name: text for name in ("amount", "amountLow", "amountHigh") if (text := thing.first(f"ww:{name}"))}
    currency = (thing.first("ww:currency") or "GBP").rpartition("/")[2].upper()
    return money_stated(figures, currency, thing.first("ww:approximate") == "true")


def heading(name: str) -> str:
    """What the vocabulary calls a property given as prefix:local; `prov:hadPrimarySource` is who said so."""
    plain = {"prov:hadPrimarySource": "Who says so", "ww:grade": "How sure we are"}
    known = term(expand(name))
    return plain.get(name) or (known.label if known else compact(expand(name)))
