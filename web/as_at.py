"""Addresses as at a snapshot: the parameter `snapshot`, which links of a page that was asked with it carry on.

It is put into the finished page, in one place, so that no template can forget a link and lead its reader unawares into
another state of the data. A link that is meant to leave the snapshot stands as `data-leaves href=…` in its template.
"""

import re
from urllib.parse import parse_qsl, urlencode

PARAMETER = "snapshot"

_LEFT = ("/static/", "/snapshots", "/withdrawals", "/test-site", "/q/", "/dumps/")
"""Starts of addresses that are the same in every snapshot, or name their own."""

_HREF = re.compile(r'(?<=\s)(?<!data-leaves\s)href="(/(?!/)[^"]*)"')
_FORM = re.compile(r'<form\b(?![^>]*\bdata-leaves\b)[^>]*\saction="/(?!/)[^>]*>')
_NAMED = re.compile(r"[?&;]snapshot=")


def as_at(address: str, id: str, join: str = "&") -> str:
    """The address on this site with the snapshot in it, unless it names one; `join` is `&` as the text writes it."""
    if address.startswith(_LEFT) or not address.startswith("/"):
        return address
    path, hash_, fragment = address.partition("#")
    if _NAMED.search(path):
        return address
    return f"{path}{join if '?' in path else '?'}{PARAMETER}={id}{hash_}{fragment}"


def now(address: str) -> str:
    """The address without a snapshot; the rest of it stays."""
    path, question, query = address.partition("?")
    if not question:
        return address
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != PARAMETER]
    return f"{path}?{urlencode(kept)}" if kept else path


def carry(page: str, id: str, field: str) -> str:
    """The page (HTML as the templates write it) with the snapshot in its links and forms that stay on this site.

    `field` is what a form gets: the macro `snapshot_field` of macros/page.html.
    """
    page = _HREF.sub(lambda found: f'href="{as_at(found[1], id, "&amp;")}"', page)
    return _FORM.sub(lambda found: f"{found[0]}\n{field}", page)
