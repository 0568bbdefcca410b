"""Which format an answer has: `?format=`, then the suffix of the path, then Accept (RFC 9110 §12.5.1).

HTML is chosen only where the client names it and prefers it: programs that send `*/*`, or rank HTML with RDF, get data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_accept_header


@dataclass(frozen=True)
class Format:
    """A row of the table: the suffix names it, in paths and `?format=`; aliases are media types that ask for it too."""

    suffix: str
    media_type: str
    title: str
    aliases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The Content-Type, with the charset where the media type leaves it open."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


HTML = Format("html", "text/html", "HTML", ("application/xhtml+xml",))
# Turtle is a part of N3, which older clients still ask for.
TURTLE = Format("ttl", "text/turtle", "Turtle", ("application/x-turtle", "text/n3", "text/rdf+n3"), ("turtle", "n3"))
JSON_LD = Format("jsonld", "application/ld+json", "JSON-LD", ("application/json",), ("json-ld", "json"))
RDF_XML = Format("rdf", "application/rdf+xml", "RDF/XML", ("application/xml", "text/xml"), ("xml", "rdf+xml", "rdfxml"))
N_TRIPLES = Format("nt", "application/n-triples", "N-Triples", (), ("n-triples", "ntriples"))
JSON = Format("json", "application/sparql-results+json", "JSON", ("application/json",), ("srj",))
XML = Format("xml", "application/sparql-results+xml", "XML", ("application/xml", "text/xml"), ("srx",))
CSV = Format("csv", "text/csv", "CSV")
TSV = Format("tsv", "text/tab-separated-values", "TSV")
QUERY = Format("rq", "application/sparql-query", "SPARQL")

GRAPHS = (TURTLE, JSON_LD, RDF_XML, N_TRIPLES)
"""Formats of a graph: documents, and answers to CONSTRUCT and DESCRIBE; the first is the default."""

RESULTS = (JSON, XML, CSV, TSV)
"""Formats of solutions and booleans: answers to SELECT and ASK; the first is the default."""

PAGES = (*GRAPHS, HTML)
"""Formats of a document that is also a page."""


_SHOWN = 200

_LONGEST_KNOWN = 500
"""Characters of an Accept header that is remembered with what it prefers: clients of a kind send the same."""


def choose(offered: Sequence[Format], suffix: Format | None = None) -> Format:
    """The format for this request; raises werkzeug NotAcceptable, whose text lists what there is."""
    asked = request.values.get("format")
    if asked is not None:
        # A plus sign in a query string is read as a space.
        name = asked.strip().lower().replace(" ", "+")
        for format in offered:
            if name in (format.suffix, format.media_type, *format.names, *format.aliases):
                return format
        raise _not_acceptable(f"format={asked}", offered)
    if suffix is not None and suffix in offered:
        return suffix
    best = best_of(request.headers.get("Accept", ""), offered)
    if best is None:
        raise _not_acceptable(f"Accept: {request.headers.get('Accept')}", offered)
    return best


def best_of(accept: str, offered: Sequence[Format]) -> Format | None:
    """The offered format that an Accept header prefers; None where it accepts none of them.

    Equal qualities are settled by how precisely the client names the format, then by its own order, HTML last.
    """
    return (_known_best if len(accept) <= _LONGEST_KNOWN else _best_of)(accept, tuple(offered))


def _best_of(accept: str, offered: tuple[Format, ...]) -> Format | None:
    ranges = _ranges(accept) or {"*/*": 1.0}
    ranked: list[tuple[tuple[float, int, bool, int, int], Format]] = []
    for position, format in enumerate(offered):
        types = enumerate((format.media_type, *format.aliases))
        matches = (_match(ranges, media_type, alias) for alias, media_type in types)
        quality, named, place = max(matches, key=lambda match: (match[0], match[1]))
        if quality > 0:
            ranked.append(((quality, named, format is not HTML, -place, -position), format))
    return max(ranked, key=lambda entry: entry[0])[1] if ranked else None


_known_best = lru_cache(maxsize=256)(_best_of)


def by_suffix(path: str, offered: Sequence[Format]) -> tuple[str, Format | None]:
    """The path without the suffix of an offered format, and that format; the path itself where it has none."""
    stem, dot, suffix = path.rpartition(".")
    for format in offered:
        if dot and stem and suffix == format.suffix:
            return stem, format
    return path, None


def wants_html() -> bool:
    """Whether the client prefers a page to plain text or data; for errors."""
    return best_of(request.headers.get("Accept", ""), PAGES) is HTML or request.args.get("format") == "html"


def _ranges(accept: str) -> dict[str, float]:
    """Media range (small letters, without parameters) → its highest quality, in the order of the header."""
    parsed = parse_accept_header(accept, MIMEAccept)
    order: dict[str, int] = {}
    for part in accept.split(","):
        order.setdefault(part.partition(";")[0].strip().lower(), len(order))
    ranges: dict[str, float] = {}
    for value, quality in parsed:
        name = value.partition(";")[0].strip().lower()
        name = "*/*" if name == "*" else name
        ranges[name] = max(quality, ranges.get(name, 0.0))
    return dict(sorted(ranges.items(), key=lambda item: order.get(item[0], len(order))))


def _match(ranges: dict[str, float], media_type: str, alias: int) -> tuple[float, int, int]:
    """Quality, how precisely it is named (2 by itself, 1 by an alias, 0 by a range), and place in the header."""
    names = list(ranges)
    if media_type in ranges:
        # Both names of a page are its own: browsers send either.
        own = 2 if alias == 0 or media_type == "application/xhtml+xml" else 1
        return ranges[media_type], own, names.index(media_type)
    for wide in (f"{media_type.partition('/')[0]}/*", "*/*"):
        # An alias is only an alias: a range reaches a format by its own media type.
        if wide in ranges and alias == 0:
            return ranges[wide], 0, len(names)
    return 0.0, 0, len(names)


def _not_acceptable(asked: str, offered: Sequence[Format]) -> NotAcceptable:
    asked = asked if len(asked) <= _SHOWN else f"{asked[:_SHOWN]}…"
    listed = ", ".join(f"{format.media_type} (format={format.suffix})" for format in offered)
    return NotAcceptable(f"{asked}: none of the formats that this document has; it has {listed}")
