"""What stands in a cell where things are compared: words that lead to a record, and what must be known of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kb.ask.exact import exact
from kb.ask.labels import Labels
from kb.ask.side_by_side import Solution
from kb.ask.summaries import Summary
from kb.namespaces import concept, expand
from web.effects import Effect, effect_of
from web.listing import amount
from web.values import date_in_words, number

POPULATION = concept("indicator", "population")

_TEXTS = tuple(map(expand, ("dcterms:description", "skos:definition")))
_MEMBER = concept("partner-role", "member")

_UNITS = {concept("unit", "square-metre"): " m²", concept("unit", "percent"): "%"}

_LONGEST = 300
"""Characters of a description; its page has all of it."""


@dataclass(frozen=True)
class Item:
    """One entry: its words, the record that they lead to, and what is said of it.

    `effect` and `level` (of evidence, 0 to 5) stay apart; `flags` are words that a reader must see.
    """

    text: str
    iri: str = ""
    note: str = ""
    effect: Effect | None = None
    level: int | None = None
    flags: tuple[str, ...] = ()


def context(found: Sequence[Solution], labels: Labels) -> list[Item]:
    """The values of one property; of people, the latest year first."""
    items = []
    for each in found:
        value = each["value"]
        if each["field"] == POPULATION:
            note = f"in {each['year'][:4]}. {each.get('note', '')}".strip()
            items.append(Item(number(value), each.get("record", ""), note))
        elif value.startswith(("http://", "https://")):
            items.append(Item(labels.name(value), value))
        elif each["field"] in _TEXTS:
            items.append(Item(value if len(value) <= _LONGEST else f"{value[:_LONGEST].rsplit(' ', 1)[0]} …"))
        else:
            items.append(Item(date_in_words(value)))
    return items


def assets(found: Sequence[Solution], labels: Labels, datasets: Mapping[str, str]) -> list[Item]:
    """What each register says of one metric, or how many assets it has; a sum of one register only.

    `datasets`: named graph → the dataset whose content it is.
    """
    items: dict[str, list[str]] = {}
    for each in found:
        several = Decimal(each["values"]) > Decimal(each["assets"])
        metric = each.get("metric", "")
        unit = _UNITS.get(each.get("unit", ""), f" {labels.name(each['unit'])}" if "unit" in each else "")
        figures = f"{number(each['assets'])} {'asset' if each['assets'] == '1' else 'assets'}"
        if not metric:
            words = figures
        elif "rating" in each:
            words = f"{labels.name(each['rating'])}: {figures}"
        elif several:
            words = f"{figures} with several figures each, so no sum"
        elif "utilisation" in metric:
            mean = (exact(each["total"]) or Decimal(0)) / Decimal(each["values"])
            words = f"on average {number(round(mean, 1))}{unit}, of {figures}"
        else:
            words = f"{number(round(exact(each['total']) or Decimal(0)))}{unit}, of {figures}"
        items.setdefault(each["register"], []).append(words)
    named = {register: labels.name(datasets.get(register, register)) for register in items}
    return [Item("; ".join(words), note=f"in {named[register]}") for register, words in items.items()]


def partners(found: Sequence[Solution], labels: Labels) -> list[Item]:
    """Bodies of one kind, each with its roles; being a member of the partnership goes without saying."""
    roles: dict[str, list[str]] = {}
    for each in found:
        said = roles.setdefault(each["body"], [])
        if each.get("role", _MEMBER) != _MEMBER:
            said.append(labels.name(each["role"]).lower())
    return [Item(labels.name(body), body, ", ".join(dict.fromkeys(each))) for body, each in roles.items()]


def money(
    found: Sequence[Solution], labels: Labels, cells: Mapping[str, Summary], levels: Mapping[str, int]
) -> list[Item]:
    """Statements of money of one kind, each with its basis, year, status and, where they are stated, its prices."""
    items = []
    for iri in dict.fromkeys(each["statement"] for each in found):
        thing = cells[iri]
        said = [_lower(thing, name, labels) for name in ("ww:periodBasis", "ww:estimateStatus")]
        basis, status = said[0], said[1]
        years = " to ".join(dict.fromkeys(date_in_words(node.value) for node in _years(thing)))
        prices = _lower(thing, "ww:priceBasis", labels)
        base = thing.first("ww:priceBaseYear")
        told = [
            "period not stated" if basis in ("", "unknown") else basis,
            years or "year not stated",
            "" if prices in ("", "unknown") else f"{prices} prices{f' of {base}' if base else ''}",
            "status not stated" if status in ("", "unknown") else status,
        ]
        note = "; ".join(filter(None, told))
        words = amount(thing) or "no amount"
        text = f"{words}: {labels.name(iri)}"
        items.append(Item(text, iri, note, None, _level(thing, levels), _flags(thing)))
    return items


def outcomes(found: Sequence[Solution]) -> list[Item]:
    """Findings on one outcome: which way it went, and apart from that how sure we are."""
    items: dict[str, Item] = {}
    for each in found:
        level = int(each["grade"]) if each.get("grade", "").isdigit() else None
        effect = effect_of(each.get("direction"), each.get("desirability"))
        before = items.get(each["finding"])
        if before is None or (level or 0) > (before.level or 0):
            items[each["finding"]] = Item(each["name"], each["finding"], "", effect, level)
    return list(items.values())


def lessons(found: Sequence[Solution], labels: Labels) -> list[Item]:
    """Lessons of one theme, each with the statements that say the same or the contrary."""
    items = []
    for iri in dict.fromkeys(each["lesson"] for each in found):
        mine = [each for each in found if each["lesson"] == iri]
        said = list(_relations(mine, labels))
        against = any(each.get("relation") == expand("ww:contradicts") for each in mine)
        items.append(Item(mine[0]["name"], iri, "; ".join(said), flags=("Contradicted",) if against else ()))
    return items


def _relations(found: Sequence[Solution], labels: Labels) -> Iterator[str]:
    for relation, words in (("ww:corroborates", "agrees with"), ("ww:contradicts", "contradicts")):
        others = [each["other"] for each in found if each.get("relation") == expand(relation)]
        if others:
            yield f"{words} {' and '.join(labels.name(other) for other in dict.fromkeys(others))}"


def _lower(thing: Summary, name: str, labels: Labels) -> str:
    return ", ".join(labels.name(node.value).lower() for node in thing.all(name))


def _years(thing: Summary) -> Iterator[Any]:
    yield from thing.all("ww:start")
    yield from thing.all("ww:end")


def _level(thing: Summary, levels: Mapping[str, int]) -> int | None:
    return max((levels[node.value] for node in thing.all("ww:grade") if node.value in levels), default=None)


def _flags(thing: Summary) -> tuple[str, ...]:
    return ("Contradicted",) if thing.all("ww:contradicts") else ()
