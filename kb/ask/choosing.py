"""Finding one thing of a class by words of its name, where it is to be chosen."""

from pyoxigraph import Literal, NamedNode

from kb.ask.summaries import rows
from kb.namespaces import expand
from kb.store.readable import Store

OFFERED = 20
"""Things that are offered; with more, another word tells sooner."""

_WORDS = 3
"""Words of a search that count."""


def named_like(store: Store, class_: str, text: str) -> list[str]:
    """The things of a class (prefix:local) whose names hold the first three words of the text, the shortest first."""
    words = text.lower().split()[:_WORDS]
    if not words:
        return []
    one, two, three = (Literal(word) for word in [*words, "", ""][:_WORDS])
    found = rows(store, "named-like", OFFERED, kind=NamedNode(expand(class_)), one=one, two=two, three=three)
    return [thing.value for thing, _ in found]
