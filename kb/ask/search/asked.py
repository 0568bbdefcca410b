"""What somebody searches for: words, what the results are narrowed to, and their order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from pyoxigraph import NamedNode

from kb.namespaces import HOME, expand
from kb.store.search_index.schema import FACETS
from kb.vocabulary import terms

LONGEST = 200
"""Letters that are looked at; what comes after them is left out."""

VALUES = 20
"""Values that one facet can be narrowed to at once."""

ORDERS = ("relevance", "newest", "strongest", "name")
"""The orders of results, the first by default."""

CODES = ("date", "effect")
"""Facets whose values are no IRIs."""

_STARTS = {
    "theme": f"{HOME}/concept/theme/",
    "work": f"{HOME}/concept/intervention/",
    "lesson": f"{HOME}/concept/lesson-theme/",
    "place": f"{HOME}/id/place/",
    "body": f"{HOME}/concept/organisation-type/",
    "evidence": f"{HOME}/concept/evidence-strength/",
    "use": f"{HOME}/concept/asset-use/",
    "publisher": f"{HOME}/id/organisation/",
}
"""Facet → the start of most of its IRIs, which addresses leave out."""


@dataclass(frozen=True)
class Asked:
    """Words as they were typed, facet → the IRIs any of which a result must have, and one of ORDERS."""

    words: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: str = ORDERS[0]

    def without(self, facet: str, value: str | None = None) -> "Asked":
        """The same without one value of a facet, or without the facet."""
        left = tuple(each for each in self.chosen.get(facet, ()) if value is not None and each != value)
        return replace(self, chosen={**self.chosen, facet: left})

    def ordered(self, order: str) -> "Asked":
        """The same in another order."""
        return replace(self, order=order)

    def parameters(self) -> list[tuple[str, str]]:
        """What the address says, in one order whatever was chosen first."""
        found = [("q", self.words)] if self.words else []
        found += [(facet, written(facet, each)) for facet in FACETS for each in sorted(self.chosen.get(facet, ()))]
        return found + ([("sort", self.order)] if self.order != ORDERS[0] else [])


def asked(words: str, given: Mapping[str, Iterable[str]], order: str) -> Asked:
    """What an address asks for, too long words cut; an order that there is not is the default one."""
    chosen = {facet: _values(facet, given.get(facet, ())) for facet in FACETS}
    said = " ".join("".join(c if c.isprintable() else " " for c in words[:LONGEST]).split())
    kept = {facet: values for facet, values in chosen.items() if values}
    return Asked(said, kept, order if order in ORDERS else ORDERS[0])


def _values(facet: str, given: Iterable[str]) -> tuple[str, ...]:
    texts = dict.fromkeys(text.strip() for text in given if text.strip())
    return tuple(_iri(facet, text) for text in list(texts)[:VALUES])


def written(facet: str, iri: str) -> str:
    """A value as addresses have it: without what all of the facet have in common."""
    if facet == "kind":
        return iri.rpartition("#")[2].rpartition("/")[2]
    short = iri.removeprefix(_STARTS.get(facet, ""))
    return short if "/" not in short and ":" not in short else iri


def _iri(facet: str, text: str) -> str:
    """The IRI that is written so; what can be none becomes one that nothing has, so that it finds nothing."""
    if facet in CODES:
        return text
    try:
        return NamedNode(_said(facet, text)).value
    except ValueError:
        return f"urn:nothing:{quote(text)}"


def _said(facet: str, text: str) -> str:
    if facet == "kind":
        named = [term.iri for term in terms() if term.plural and written(facet, term.iri) == text]
        return next((iri for iri in named if iri.startswith(expand("ww:"))), named[0] if named else text)
    return text if ":" in text else _STARTS[facet] + text
