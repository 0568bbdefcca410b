"""Addresses as at a snapshot, or in a draft: parameters that the links of a page that was asked with them carry on.

It is put into the finished page, in one place, so that no template can forget a link and lead its reader unawares into
another state of the data. A link that is meant to leave the snapshot stands as `data-leaves href=…` in its template.
"""

import re
from urllib.parse import parse_qsl, urlencode

PARAMETER = "snapshot"

DRAFT = "draft"
"""Names the submission that is read as it would look once published (web.drafts)."""

_LEFT = ("/static/", "/snapshots", "/withdrawals", "/test-site", "/q/", "/dumps/", "/contribute", "/accessibility")
"""Starts of addresses that are the same in every snapshot, or name their own."""

OUTSIDE = (*_LEFT, "/q?", "/cite", "/mcp", "/publish", "/sign-", "/api/", "/badge", "/changes")
"""Starts of addresses that are no part of a draft: nothing that lasts may be made of one."""

_HREF = re.compile(r'(?<=\s)(?<!data-leaves\s)href="(/(?!/)[^"]*)"')
_FORM = re.compile(r'<form\b(?![^>]*\bdata-leaves\b)[^>]*\saction="/(?!/)[^>]*>')
_POSTED = re.compile(r'\bmethod="post"', re.IGNORECASE)
_NAMED = re.compile(r"[?&;](?:snapshot|draft)=")


def as_at(address: str, id: str, join: str = "&") -> str:
    """The address on this site with the snapshot in it, unless it names one; `join` is `&` as the text writes it."""
    if address.startswith(_LEFT) or not address.startswith("/"):
        return address
    path, hash_, fragment = address.partition("#")
    if _NAMED.search(path):
        return address
    return f"{path}{join if '?' in path else '?'}{PARAMETER}={id}{hash_}{fragment}"


def in_draft(address: str, id: str, join: str = "&") -> str:
    """The address on this site as it would look with the submission; one that is no part of a draft stays as it is."""
    path, hash_, fragment = address.partition("#")
    if not path.startswith("/") or is_outside(path) or _NAMED.search(path):
        return address
    return f"{path}{join if '?' in path else '?'}{DRAFT}={id}{hash_}{fragment}"


def is_outside(path: str) -> bool:
    """Whether an address is no part of any draft."""
    return path == "/q" or path.startswith(OUTSIDE)


def carry_draft(page: str, id: str, field: str) -> str:
    """The page with the draft in its links and forms, as `carry` does it for a snapshot."""

    def form(found: re.Match[str]) -> str:
        opened = re.sub(r'(?<=\saction=")([^"]*)', lambda action: in_draft(action[1], id, "&amp;"), found[0])
        return opened if opened == found[0] or _POSTED.search(opened) else f"{found[0]}\n{field}"

    page = _HREF.sub(lambda found: f'href="{in_draft(found[1], id, "&amp;")}"', page)
    return _FORM.sub(form, page)


def now(address: str) -> str:
    """The address without a snapshot or a draft; the rest of it stays."""
    path, question, query = address.partition("?")
    if not question:
        return address
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in (PARAMETER, DRAFT)]
    return f"{path}?{urlencode(kept)}" if kept else path


def carry(page: str, id: str, field: str) -> str:
    """The page (HTML as the templates write it) with the snapshot in its links and forms that stay on this site.

    `field` is what a form gets: the macro `snapshot_field` of macros/page.html.
    """
    page = _HREF.sub(lambda found: f'href="{as_at(found[1], id, "&amp;")}"', page)
    return _FORM.sub(lambda found: f"{found[0]}\n{field}", page)
