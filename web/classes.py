"""Browsing: the kinds of thing that are here, and the things of one kind in pages."""

from typing import Any

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from kb.ask import lists, overview
from kb.ask.labels import labels_of
from kb.ask.summaries import statements_on
from kb.ask.vocabulary import GRADES, levels
from web import paging
from web.documents import document, page
from web.listing import MONETARY_STATEMENT, listing
from web.reading import snapshot

blueprint = Blueprint("classes", __name__)


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
    read = snapshot()
    store = read.store
    shown = paging.asked(lists.count(store, kind.iri))
    members = lists.members(store, kind.iri, shown.size, shown.offset, read.folder)
    return document(
        "class.html",
        lambda: {"kind": kind, "page": shown, **rows(kind.iri, members)},
        lambda: statements_on(store, members),
    )


def rows(class_iri: str, members: list[str]) -> dict[str, Any]:
    """What the table of a list shows of its members."""
    store = snapshot().store
    names = lists.columns(class_iri)
    properties = (*names, *lists.AMOUNT) if class_iri == MONETARY_STATEMENT else names
    things = list(lists.cells(store, members, properties).values())
    return {
        "listing": listing(things, names),
        "levels": levels(store, GRADES),
        "labels": labels_of(store, {iri for thing in things for iri in (thing.iri, *thing.links())}),
    }
