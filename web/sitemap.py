"""The pages that exist in a snapshot, for search engines: in files of 10,000, each made when it is asked for.

sitemaps.org allows 50,000 addresses in a file. With 10,000 one is 1 MB before it is coded, and is kept by the cache of
pages, so that nothing has to be made at publication, or sent in parts.
"""

from collections.abc import Iterator
from urllib.parse import quote

from flask import current_app

from kb.ask import paged_things
from kb.ask.graphs import graphs
from kb.ask.overview import kinds
from kb.ask.questions import questions
from kb.ask.vocabulary import schemes
from kb.protocols.catalogue import protocols
from web.addresses import href, page_of
from web.question import href as question_href
from web.reading import snapshot
from web.releases import latest_of_graph

PER_FILE = 10_000
"""Addresses of a file."""

PAGES = "pages"
"""What the file is called of the pages that are of no thing."""

FIXED = (
    *("/", "/interventions", "/evidence-map", "/lessons", "/places", "/buildings", "/buildings/sharing", "/money"),
    *("/classes", "/questions", "/datasets", "/def", "/concept/", "/protocols", "/shapes", "/changes", "/compare/data"),
    *("/accessibility", "/snapshots"),
)
"""Pages without parameters; of these the ones that this site serves."""


def files() -> list[str]:
    """The names of the files: what they hold, a hyphen, and a number from 1."""
    found = paged_things.counts(snapshot().store)
    return [f"{PAGES}-1", *(f"{name}-{n + 1}" for name, of in found.items() for n in range(-(-of // PER_FILE)))]


def addresses(name: str, number: int) -> Iterator[str]:
    """The paths in the file `{name}-{number}`, which is one of `files`."""
    if name == PAGES:
        yield from _pages()
        return
    read = snapshot()
    for iri in paged_things.things(read.store, name, (number - 1) * PER_FILE, PER_FILE):
        page = page_of(iri)
        if not page.startswith("/resource?"):
            yield page


def _pages() -> Iterator[str]:
    served = {rule.rule for rule in current_app.url_map.iter_rules()}
    yield from (path for path in FIXED if path in served)
    store = snapshot().store
    yield from (f"/class/{kind.slug}" for kind in kinds(store) if kind.things)
    yield from (question_href(each.id) for each in questions())
    yield from (f"/protocols/{each.id}" for each in protocols())
    yield from (href(each.iri) for each in schemes(store))
    for graph in graphs(store):
        if release := latest_of_graph(graph.iri):
            yield f"/datasets/{quote(release.publisher)}/{quote(release.dataset)}"
