"""Federated queries: SERVICE runs only for exact URLs that the operator has listed (SPARQL 1.1 Federated Query §2, §5).

Which URL a clause names is decided from the query's tokens, and expanded by the parser that will run it; what is not
certain is refused. Redirects are not followed: pyoxigraph gives them up as an error.
"""

import ipaddress
import re
import socket
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlsplit

from pyoxigraph import NamedNode, Store

from kb.errors import QueryRefused, ServiceFailed
from kb.intake.sparql import malformed
from kb.intake.tokens import opening, place, services

_CLAUSE = re.compile(
    r"""SERVICE (?: [ \t\r\n]+ SILENT)?
        (?: [ \t\r\n]* (?P<iri> <[^<>"{}|^`\\\x00-\x20]*>)
          | [ \t\r\n]+ (?P<prefixed> (?!silent) (?: [a-z][a-z0-9_-]*)? : [a-z0-9_/-]*))
        [ \t\r\n]* \{""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
"""The spellings that have one reading: nothing escaped, no comment between, no name that could hold SILENT."""

_JOINED = re.compile(r"[\w:.-]")


def called(text: str, listed: Collection[str], base: str | None) -> tuple[str, ...]:
    """The URLs that the query's SERVICE clauses name, all of them on the list; `base` is where relative IRIs start.

    Raises QueryRefused for any other place, for one that is a variable, and for a clause that could be read in two
    ways; QueryError where the prologue is malformed or does not declare a prefix.
    """
    found = []
    for start in services(text):
        line, column = place(text, start)
        where = f"line {line}, column {column}: SERVICE"
        if not listed:
            raise QueryRefused(f"{where} is refused: this endpoint sends no requests to other places")
        clause = _CLAUSE.match(text, start)
        if clause is None or (start > 0 and _JOINED.match(text[start - 1])):
            raise QueryRefused(
                f"{where} is refused: write it as SERVICE <URL> {{ … }} with one of {' '.join(sorted(listed))}"
            )
        url = _expanded(text, clause["iri"] or clause["prefixed"], base)
        if url not in listed:
            raise QueryRefused(
                f"{where} <{url}> is refused: this endpoint sends requests only to {' '.join(sorted(listed))}"
            )
        found.append(url)
    return tuple(dict.fromkeys(found))


def check_addresses(urls: Sequence[str]) -> None:
    """Raises QueryRefused where the host name of a URL leads to a private address, ServiceFailed where to none.

    A host that is itself an address, or localhost, was listed as such and is deliberate.
    """
    for url in urls:
        host = urlsplit(url).hostname or ""
        if _is_local(host):
            continue
        try:
            found = socket.getaddrinfo(host, urlsplit(url).port or 0, type=socket.SOCK_STREAM)
        except OSError as error:
            raise ServiceFailed(f"SERVICE <{url}>: its host is not found; try again later") from error
        for address in (ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found):
            if not address.is_global or address.is_multicast:
                raise QueryRefused(f"SERVICE <{url}> is refused: its host name leads to a private address")


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _expanded(text: str, name: str, base: str | None) -> str:
    """The IRI that an IRI or prefixed name after the prologue of this query stands for."""
    word = opening(text)
    prologue = text[: word.start] if word else text
    try:
        solutions: Any = Store().query(f"{prologue} SELECT ?url {{ VALUES ?url {{ {name} }} }}", base_iri=base)
        [[url]] = solutions
    except SyntaxError as error:
        raise malformed(text, str(error)) from error
    assert isinstance(url, NamedNode), url
    return url.value
