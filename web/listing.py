"""Things as rows of a table: what their columns are headed, and amounts of money in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.ask.exact import exact
from kb.ask.summaries import Summary
from kb.namespaces import compact, expand
from kb.vocabulary import term
from web.values import money_stated

MONETARY_STATEMENT = expand("ww:MonetaryStatement")
"""The class whose lists have a column for the amount."""

_HEADINGS = {
    "prov:hadPrimarySource": "Source",
    "ww:desirability": "For better or worse",
    "ww:grade": "How sure we are",
    "ww:indicatorNote": "Measure",
    "ww:polarity": "In the way, or a help",
}


@dataclass(frozen=True)
class Column:
    """A property (prefix:local) that a list shows, and the words over it."""

    name: str
    heading: str


@dataclass(frozen=True)
class Listing:
    """Rows for macros/listing.html; `amounts` by thing, empty where none of the things gives one."""

    things: Sequence[Summary]
    columns: Sequence[Column]
    amounts: dict[str, str]


def listing(things: Sequence[Summary], names: Iterable[str]) -> Listing:
    """The things with these properties as columns; a column that would be empty is left out."""
    columns = [Column(name, heading(name)) for name in names if any(thing.all(name) for thing in things)]
    amounts = {thing.iri: words for thing in things if (words := amount(thing))}
    return Listing(things, columns, amounts)


def amount(thing: Summary) -> str:
    """The figure of a statement of money, in words; empty where it gives none, or one that is no number."""
    figures = {name: text for name in ("amount", "amountLow", "amountHigh") if (text := thing.first(f"ww:{name}"))}
    if None in map(exact, figures.values()):
        return ""
    currency = (thing.first("ww:currency") or "GBP").rpartition("/")[2].upper()
    return money_stated(figures, currency, thing.first("ww:approximate") == "true")


def heading(name: str) -> str:
    """What the vocabulary calls a property given as prefix:local; some are said more plainly."""
    known = term(expand(name))
    return _HEADINGS.get(name) or (known.label if known else compact(expand(name)))
