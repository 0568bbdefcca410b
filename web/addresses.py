"""The addresses on this site of what has an IRI: its page, the thing that a path stands for, the anchor of a term."""

import re
from collections.abc import Callable, Container, Iterable, Iterator
from functools import lru_cache
from itertools import takewhile
from urllib.parse import parse_qsl, quote, unquote, urlencode

from flask import g, request

from kb.ask.resource import exists, is_described
from kb.ask.statements import is_skolem
from kb.errors import StoreMissing
from kb.namespaces import HOME, WW, compact
from kb.store.snapshots import Snapshot
from kb.vocabulary import term
from web.as_at import as_at, in_draft, now
from web.negotiation import Format
from web.reading import known_pages, reader, snapshot

_KEPT = "/!$&'()*+,;=:@~-._"
"""Characters that a path may hold as they are (RFC 3986 §3.3), slashes included."""

_PLAIN = re.compile(r"[\w.~-]+/[\w.~-]+", re.ASCII)
"""A path that has one spelling only: nothing in it is ever percent-encoded (RFC 3986 §2.3)."""

_THIS = "whatworks.this"
"""In the WSGI environment: what `this` gives."""

_CONCEPTS = f"{HOME}/concept/"

_DOCUMENTS = (_CONCEPTS, f"{HOME}/protocols/", f"{HOME}/def")
"""Starts of IRIs that are documents at the same path, not things that lead to one."""


def document_path(path: str) -> str:
    """The path of the document about the thing `/id/{path}`; `path` has its percent-encoding removed."""
    return f"/doc/{quote(path, safe=_KEPT)}"


def resource_href(iri: str) -> str:
    """The page of any IRI that the snapshot holds."""
    return f"/resource?{urlencode({'uri': iri})}"


@lru_cache(maxsize=1000)
def graph_href(iri: str) -> str:
    """The page of a named graph."""
    return f"/graph?{urlencode({'uri': iri})}"


def graph_store_href(iri: str | None, format: Format | None = None) -> str:
    """The whole of a named graph (None: the default graph) by the Graph Store Protocol; in a format, or negotiated."""
    named = {"default": ""} if iri is None else {"graph": iri}
    return f"/graphs?{urlencode(named if format is None else named | {'format': format.suffix})}"


def this() -> str:
    """The address of this request, without the snapshot that it may name."""
    environ = request.environ  # each page asks several times
    found: str | None = environ.get(_THIS)
    if found is None:
        found = now(f"{quote(request.path, safe=_KEPT)}?{request.query_string.decode('latin-1')}")
        environ[_THIS] = found
    return found


def canonical() -> str:
    """The one address of what this request shows: without a snapshot, a draft or a format (RFC 6596 §3)."""
    path, question, query = this().partition("?")
    if not query:
        return path
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != "format"]
    return f"{path}?{urlencode(kept)}" if kept else path


def anchor(iri: str) -> str:
    """Where a term stands on the page of the vocabulary: its local name, for a reused one with its prefix."""
    return iri.removeprefix(WW) if iri.startswith(WW) else compact(iri).replace(":", "-")


@lru_cache(maxsize=10_000)
def term_href(iri: str) -> str:
    """Where a class or property is described: the vocabulary's page, or where the IRI itself leads."""
    return f"/def#{anchor(iri)}" if term(iri) else resource_href(iri)


def href(iri: str) -> str:
    """Where this site describes an IRI of the snapshot: the same path where a known base's, and no other has it."""
    if iri.startswith(_DOCUMENTS):
        return iri.removeprefix(HOME)
    try:
        pages = known_pages()
    except StoreMissing:  # the page of a submission, where nothing has been published yet
        return resource_href(iri)
    found = pages.get(iri)
    if found is None:
        made = page_of(iri)
        found = pages.keep(iri, made, iri, made)
    return found


def note_described(iris: Container[str]) -> None:
    """Remembers for this request that the snapshot says something of these IRIs, which `href` would look up again."""
    g.described = iris


def note_page(read: Snapshot, iri: str, path: str) -> None:
    """Remembers that `/id/{path}` was found to stand for the IRI, which `href` would look up again."""
    if _PLAIN.fullmatch(path):
        pages = reader().pages(read)
        if iri not in pages:
            page = document_path(path)
            pages.keep(iri, page, iri, page)


def page_of(iri: str) -> str:
    """The same, looked up anew and not remembered: for as many as no page links to. Raises StoreMissing."""
    if iri.startswith(_DOCUMENTS):
        return iri.removeprefix(HOME)
    read = snapshot()
    return _page(read, reader().bases(read), iri)


def is_elsewhere(iri: str) -> bool:
    """Whether the IRI is a web address of others: under no known base, and in no vocabulary with a prefix."""
    if not iri.startswith(("https://", "http://")) or not compact(iri).startswith("<"):
        return False
    return not iri.startswith(tuple(f"{base}/" for base in reader().bases(snapshot())))


def is_web(iri: str) -> bool:
    """Whether a browser may be led there: a publisher may name any IRI, `javascript:` too."""
    return iri.lower().startswith(("https://", "http://"))


def is_concept(iri: str) -> bool:
    """Whether the IRI is of a concept of a code list that ships, or of such a list."""
    return iri.startswith(_CONCEPTS)


def thing(read: Snapshot, path: str, bases: tuple[str, ...]) -> str | None:
    """The IRI in the store that `/id/{path}` stands for: the first that is described, else the first that is named."""
    found = list(things(path, bases))
    described = (iri for iri in found if is_described(read.store, iri))
    return next(described, None) or next((iri for iri in found if exists(read.store, iri)), None)


def things(path: str, bases: tuple[str, ...]) -> Iterator[str]:
    """The IRIs that `/id/{path}` may stand for, the likeliest first; `path` has its percent-encoding removed.

    Removing it loses what the IRI had encoded, so each spelling is tried: as little encoded as a path may be, with
    other scripts kept; with them encoded; and each part encoded in full, as `kb.namespaces.thing` mints it.
    """
    spellings = (path,) if _PLAIN.fullmatch(path) else _spellings(path)
    for base in bases:
        for spelling in spellings:
            yield f"{base}/id/{spelling}"


def _spellings(path: str) -> Iterable[str]:
    kind, _, slug = path.partition("/")
    return dict.fromkeys(
        (
            "".join(c if ord(c) > 127 else quote(c, safe=_KEPT) for c in path),
            quote(path, safe=_KEPT),
            f"{quote(kind, safe='')}/{quote(slug, safe='/')}",
            f"{quote(kind, safe='')}/{quote(slug, safe='')}",
        )
    )


def _page(read: Snapshot, bases: tuple[str, ...], iri: str) -> str:
    for base in bases:
        path = iri.removeprefix(f"{base}/id/")
        if path != iri and _leads(read, path, bases, iri):
            return f"/doc/{path}"
    return resource_href(iri)


def _leads(read: Snapshot, path: str, bases: tuple[str, ...], iri: str) -> bool:
    """Whether `/id/{path}` stands for this IRI: it may, and the snapshot has none that comes before it."""
    if "?" in path or "#" in path:
        return False
    plain = unquote(path)
    found = list(things(plain, bases))
    if iri in g.get("described", ()) and iri in found:
        return not any(is_described(read.store, other) for other in takewhile(iri.__ne__, found))
    first = thing(read, plain, bases)
    return first == iri or (first is None and iri in found)


FILTERS: dict[str, Callable[..., str]] = {
    "anchor": anchor,
    "as_at": as_at,
    "in_draft": in_draft,
    "graph_href": graph_href,
    "href": href,
    "resource_href": resource_href,
    "term_href": term_href,
}
"""Name in the templates → function."""

TESTS: dict[str, Callable[[str], bool]] = {
    "concept": is_concept,
    "elsewhere": is_elsewhere,
    "skolem": is_skolem,
    "web": is_web,
}
"""Name after `is` in the templates → function."""
