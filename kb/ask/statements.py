"""What is said about a thing and the nodes that belong to it, with the named graphs that say it.

A *nested node* belongs to the thing that is described: a skolemised blank node (RDF 1.1 Concepts §3.5) or a fragment of
its IRI; on a page also a node that the shapes describe with the thing, as the assessment of a claim.
"""

from typing import Any

from pyoxigraph import NamedNode

from kb.namespaces import GENID, expand
from kb.store.readable import Store

TYPE = expand("rdf:type")

About = dict[str, dict[Any, list[str]]]
"""Property → object → the graphs that state it, of one subject."""

Statements = dict[str, About]
"""Subject → what is said about it."""


def is_skolem(iri: str) -> bool:
    """Whether the IRI stands for a blank node (RDF 1.1 Concepts §3.5)."""
    return GENID in iri


def nested(iri: str, owner: str) -> bool:
    """Whether the IRI is of a node that belongs to the thing `owner`, whatever links to it."""
    return is_skolem(iri) or iri.startswith(f"{owner}#")


def closure(store: Store, iri: str, levels: int | None, contains: frozenset[str]) -> Statements:
    """The statements about `iri` and its nested nodes, `levels` deep.

    Nodes that the properties `contains` lead to count as nested too. Nothing is said about a text that is no IRI.
    """
    try:
        fetch = {NamedNode(iri).value}
    except ValueError:
        return {}
    statements: Statements = {}
    while fetch:
        found: set[str] = set()
        for subject in sorted(fetch):
            about: About = {}
            for quad in store.quads_for_pattern(NamedNode(subject), None, None):
                graph = quad.graph_name
                if not isinstance(graph, NamedNode):
                    continue  # The default graph repeats what the named graphs state.
                property, value = quad.predicate.value, quad.object
                about.setdefault(property, {}).setdefault(value, []).append(graph.value)
                if isinstance(value, NamedNode) and (property in contains or nested(value.value, iri)):
                    found.add(value.value)
            if about:
                statements[subject] = about
        fetch = found - statements.keys()
        if levels is not None:
            if levels == 0:
                break
            levels -= 1
    return statements


def types_of(about: About) -> tuple[str, ...]:
    """The classes of the subject."""
    return tuple(sorted(t.value for t in about.get(TYPE, ()) if isinstance(t, NamedNode)))
