"""Code that asks a question as it was asked on its page: for the shell, Python, R and JavaScript.

Addresses are percent-encoded (RFC 3986 §2.3), so they stand in the quotation marks of each language as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template

from kb.ask.query import Query
from web.question import href
from web.reading import snapshot
from web.service_description import public_url

LANGUAGES = {"curl": "curl", "python": "Python", "r": "R", "javascript": "JavaScript"}
"""Template → the name of its language."""


@dataclass(frozen=True)
class Sample:
    """Code in one language."""

    language: str
    code: str


def code_samples(id: str, arguments: Sequence[tuple[str, str]], query: Query) -> list[Sample]:
    """How to ask the question `id` with these arguments, whose query is a SELECT with them bound.

    Each asks the snapshot of this request, so that the same code gets the same answer later.
    """
    site, at = public_url(), snapshot().id
    pinned = [*arguments, ("snapshot", at)]
    addresses = {suffix: f"{site}{href(id, pinned, suffix)}" for suffix in ("csv", "json")}
    graphs = {"default_graphs": query.default_graphs or (), "named_graphs": query.named_graphs or ()}
    said = {"id": id, "endpoint": f"{site}/sparql", "query": _in_python(query.text), "snapshot": at}
    return [
        Sample(language, render_template(f"code/{template}.txt", **said, **graphs, **addresses))
        for template, language in LANGUAGES.items()
    ]


def _in_python(text: str) -> str:
    """The text as a literal of Python, line by line where it can be."""
    for quotes in ('"""', "'''"):
        if quotes not in text and not text.endswith(("\\", quotes[0])):
            return f"r{quotes}{text}{quotes}"
    return repr(text)
