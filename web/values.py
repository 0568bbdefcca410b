"""Values in words, as a reader in England expects them: dates, money, numbers, yes and no."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from pyoxigraph import Literal, NamedNode

from kb.ask.exact import exact
from kb.namespaces import PREFIXES, compact

XSD = PREFIXES["xsd"]
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}
LONG = 5000
"""Characters of a text above which a page shows its beginning alone."""

_WEB = ("https://", "http://")

NUMBERS = {f"{XSD}{name}" for name in ("integer", "decimal", "double", "float", "int", "nonNegativeInteger")}


def date_in_words(text: str) -> str:
    """`2009-12-01` → 1 December 2009, `2009-12` → December 2009, `2009` → 2009; anything else as it stands."""
    day = text[:10] if len(text) > 10 and text[10:11] in ("T", "Z", "+", "-") else text
    parts = day.split("-")
    if not all(part.isdigit() for part in parts) or len(parts) > 3 or len(parts[0]) != 4:
        return text
    words = [parts[0]]
    if len(parts) > 1:
        month = int(parts[1])
        if not 1 <= month <= 12:
            return text
        words.insert(0, MONTHS[month - 1])
    if len(parts) > 2:
        words.insert(0, str(int(parts[2])))
    return " ".join(words)


@lru_cache(maxsize=1000)
def time_in_words(moment: datetime | str) -> str:
    """`22 November 2026, 19:15 UTC`; a text without an offset is read as UTC."""
    at = _moment(moment)
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}, {at:%H:%M} UTC"


@lru_cache(maxsize=1000)
def iso_time(moment: datetime | str) -> str:
    """The same moment for machines: ISO 8601, UTC, whole seconds."""
    return f"{_moment(moment):%Y-%m-%dT%H:%M:%SZ}"


def _moment(moment: datetime | str) -> datetime:
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def number(value: Decimal | int | str) -> str:
    """Digits in groups of three; decimals as given, without trailing zeros. A text that `exact` does not take stays."""
    found = exact(value)
    if found is None:
        return str(value)
    whole, _, fraction = f"{found:,f}".partition(".")
    fraction = fraction.rstrip("0")
    return (f"{whole}.{fraction}" if fraction else whole) if found else "0"


def long_number(text: str, datatype: str | None) -> str:
    """A number of five digits or more in groups of three; any other literal stays, as a year may be a whole number."""
    grouped = number(text) if datatype in NUMBERS else text
    return grouped if "," in grouped and len(grouped.partition(".")[0].lstrip("-")) > len("9,999") else text


def money(amount: Decimal | int | str, currency: str = "GBP") -> str:
    """`40000000`, GBP → £40 million; less than a million, and what needs more than three decimals, in full.

    An unknown currency goes by its code.
    """
    whole = Decimal(str(amount))
    if whole < 0:
        return f"−{money(-whole, currency)}"
    symbol = SYMBOLS.get(currency, f"{currency} ")
    for name, size in (("billion", 10**9), ("million", 10**6)):
        if whole >= size and whole % (size // 1000) == 0:
            return f"{symbol}{number(whole / size)} {name}"
    in_pence = whole % 1 and whole == round(whole, 2)
    return f"{symbol}{whole:,.2f}" if in_pence else f"{symbol}{number(whole)}"


def money_stated(amounts: Mapping[str, str], currency: str = "GBP", approximate: bool = False) -> str:
    """What was stated, from `amount`, `amountLow`, `amountHigh`: one figure, a range, over, or up to.

    One bound alone means over (low) or up to (high), as the definitions of ww:amountLow and ww:amountHigh have it.
    """
    low, high = amounts.get("amountLow"), amounts.get("amountHigh")
    if "amount" in amounts:
        words = money(amounts["amount"], currency)
    elif low and high:
        words = f"{money(low, currency)} to {money(high, currency)}"
    elif low:
        words = f"over {money(low, currency)}"
    elif high:
        words = f"up to {money(high, currency)}"
    else:
        return ""
    return f"about {words}" if approximate else words


def literal_in_words(literal: Literal) -> str:
    """The literal for a reader: dates and numbers in words and groups, booleans as yes and no, else its text."""
    kind, text = literal.datatype.value, literal.value
    if kind == f"{XSD}boolean":
        return "yes" if text in ("true", "1") else "no"
    if kind in (f"{XSD}date", f"{XSD}gYearMonth", f"{XSD}gYear"):
        return date_in_words(text)
    if kind == f"{XSD}dateTime":
        try:
            return time_in_words(text)
        except ValueError:
            return text
    return number(text) if kind in NUMBERS else text


def is_iri(term: object) -> bool:
    """Whether the term is an IRI, that is, something to link to."""
    return isinstance(term, NamedNode)


def is_literal(term: object) -> bool:
    """Whether the term is a literal."""
    return isinstance(term, Literal)


def is_plain(term: object) -> bool:
    """Whether the term is a text that is shown as it stands: short, English or of no language, and no address."""
    if not isinstance(term, Literal):
        return False
    text, language = term.value, term.language
    return (language is None or language.startswith("en")) and len(text) <= LONG and not text.startswith(_WEB)


_WORD = re.compile(r"[a-z][a-z’'-]*[,;:.]?")


def capital(words: str) -> str:
    """The words as a sentence begins: with a capital, unless it begins with an address, the name of a file, or a name.

    >>> capital("choose a file"), capital("pic.csv: is empty"), capital("https://area.example/x")
    ('Choose a file', 'pic.csv: is empty', 'https://area.example/x')
    """
    first = words.split(maxsplit=1)[:1]
    return words[0].upper() + words[1:] if first and _WORD.fullmatch(first[0]) else words


FILTERS: dict[str, Callable[..., str]] = {
    "capital": capital,
    "curie": compact,
    "date_in_words": date_in_words,
    "iso_time": iso_time,
    "literal_in_words": literal_in_words,
    "long_number": long_number,
    "number": number,
    "time_in_words": time_in_words,
}
"""Name in the templates → function."""

TESTS: dict[str, Callable[..., bool]] = {"iri": is_iri, "literal": is_literal, "plain": is_plain}
"""Name after `is` in the templates → function."""
