"""What an engine found, in the one form that both are brought to.

What each does differently, and what is done about it: the Rust engine gives language tags in lower case (so does this
module for both); for a SPARQL constraint of a property shape that binds no `?value` it reports the focus node as value
(dropped for both); pySHACL makes up a message where a shape has none (dropped), and gives the shape's message beside
that of the SPARQL constraint (the constraint's is kept). Both repeat a result that is reached by two ways.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode

from kb.namespaces import expand
from kb.protocols.graph import FileGraph
from kb.protocols.report import Result, Severity, term

SPARQL = expand("sh:SPARQLConstraintComponent")

_TAG = re.compile(r'"@([A-Za-z0-9-]+)$')


class Found(NamedTuple):
    """A result as an engine gives it: terms written as in a Result, all messages."""

    focus: str
    path: str | None
    value: str | None
    severity: Severity
    component: str
    shape: str
    messages: tuple[str, ...]


def in_one_form(graph: FileGraph, found: Found) -> Result:
    """The result that both engines give: value and message as the docstring of this module says."""
    message, of_focus = _form(graph, found.shape, found.component, found.messages)
    value = None if of_focus and found.value == found.focus else found.value
    return Result(found.focus, found.path, value, found.severity, found.component, found.shape, message)


@lru_cache(maxsize=4096)
def _form(graph: FileGraph, shape: str, component: str, messages: tuple[str, ...]) -> tuple[str, bool]:
    """The message, and whether a value that is the focus node is none."""
    is_field, own = _said(graph, shape)
    if component == SPARQL:
        own = tuple(message for message in messages if message not in own) or own
    return min(own) if own else "", component == SPARQL and is_field


@cache
def _said(graph: FileGraph, shape: str) -> tuple[bool, tuple[str, ...]]:
    """Whether the shape is a property shape, and its own messages."""
    node = term(shape)
    return bool(graph.values(node, "sh:path")), tuple(graph.texts(node, "sh:message"))


def written(node: NamedNode | BlankNode | Literal) -> str:
    """A literal in N-Triples with its language tag in lower case."""
    if isinstance(node, Literal) and node.language:
        return str(Literal(node.value, language=node.language.lower()))
    return str(node)


def plain(text: str) -> str:
    """An N-Triples term, as the Rust engine gives it, in the form of a Result."""
    if text.startswith("<"):
        return text[1:-1]
    if "\\" in text or _TAG.search(text):
        return written(term(text))
    return text
