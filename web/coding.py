"""Content codings (RFC 9110 §8.4, §12.5.3): br, zstd and gzip, as the client prefers; levels are chosen for speed.

They are applied here, since what adds a coding has to change a strong ETag as well.
"""

import gzip
from collections.abc import Callable
from functools import lru_cache

import brotli
import zstandard
from flask import Response, request
from werkzeug.http import parse_accept_header

SMALLEST = 1024
"""Bytes below which compression gains nothing."""

CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=4),
    "zstd": lambda body: zstandard.ZstdCompressor(level=3).compress(body),
    "gzip": lambda body: gzip.compress(body, 5, mtime=0),
}
"""Name in Content-Encoding → what does it; where a client takes several equally, the first of them."""

_LONGEST_KNOWN = 500
"""Characters of an Accept-Encoding header that is remembered with what it prefers: clients of a kind send the same."""

_CODED = (
    "text/",
    "application/json",
    "application/ld+json",
    "application/n-",
    "application/rdf+xml",
    "application/sparql-results",
    "application/trig",
    "application/vnd.citationstyles.csl+json",
)
"""Starts of the media types that compression makes smaller."""


def apply(response: Response) -> None:
    """Codes a whole answer as the request prefers, and gives it the ETag of those bytes."""
    if not (response.mimetype or "").startswith(_CODED) or "Content-Encoding" in response.headers:
        return
    varies = response.headers.get("Vary")
    response.headers["Vary"] = f"{varies}, Accept-Encoding" if varies else "Accept-Encoding"
    coding = preferred(len(response.get_data()))
    if coding is None:
        return
    tag, _ = response.get_etag()
    response.set_data(CODINGS[coding](response.get_data()))
    response.headers["Content-Encoding"] = coding
    if tag is not None:
        response.set_etag(f"{tag}-{coding}")


def preferred(size: int) -> str | None:
    """The coding of an answer of so many bytes; None where it goes as it is, as it does where nothing is acceptable."""
    header = request.headers.get("Accept-Encoding", "")
    return (_known_best if len(header) <= _LONGEST_KNOWN else _best)(header, size < SMALLEST)


def _best(header: str, small: bool) -> str | None:
    accepted = parse_accept_header(header)
    best = max(CODINGS, key=accepted.quality)  # of equals, the first
    plain = accepted.quality("identity")
    refused = not plain and any(name in ("identity", "*") for name, _ in accepted)
    if not accepted.quality(best) or accepted.quality(best) < plain or (small and not refused):
        return None
    return best


_known_best = lru_cache(maxsize=256)(_best)
