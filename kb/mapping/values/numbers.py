"""Numbers, sums of money, and yes or no, in the forms that sheets have them."""

import re
from decimal import Context, Decimal

from kb.mapping.values.said import Remark, Said, bounded, empty, literal, says_nothing, unread
from kb.namespaces import expand

DECIMAL = expand("xsd:decimal")
INTEGER = expand("xsd:integer")
BOOLEAN = expand("xsd:boolean")

_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|[0-9]{1,3}( [0-9]{3})+(\.[0-9]+)?")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")
_SCIENTIFIC = re.compile(r"[0-9]+(\.[0-9]+)?e[+-]?[0-9]{1,2}", re.IGNORECASE)
_SIGNS = re.compile(r"[£€$]|gbp|eur|usd", re.IGNORECASE)
_MOJIBAKE = re.compile("Â(?=£)|\ufffd(?=[0-9(£-])|Ł(?=[0-9])")
_TIMES = {"k": 3, "m": 6, "mn": 6, "bn": 9, "b": 9, "thousand": 3, "million": 6, "billion": 9}
_WORD = re.compile(r"(.*?[0-9.])\s*(k|mn|m|bn|b|thousand|million|billion)", re.IGNORECASE)
_UNIT = re.compile(r"([£€$]?-?[0-9][0-9,.]*)\s*([a-z%²³/.].*)", re.IGNORECASE | re.DOTALL)
_MOST_DIGITS = 34
"""Digits that a number has at most (as IEEE 754 decimal128 has): no figure of a sheet has more."""
_EXACT = Context(prec=200)
"""For figures of so many digits, an exponent of two digits and a word such as “billion”: nothing is rounded."""

_YES = frozenset({"yes", "y", "true", "t", "1", "x", "✓", "✔", "1.0"})
_NO = frozenset({"no", "n", "false", "f", "0", "✗", "✘", "0.0"})


@bounded
def read_number(cell: str, datatype: str) -> Said:
    """A decimal or whole number: £, thousands separators, (500) for −500, 12k, 1.2m, and what encodings broke."""
    if sum(map(str.isdigit, cell)) > _MOST_DIGITS:
        return unread(f"“{cell}” is not a number: it has more than {_MOST_DIGITS} digits.")
    if _PLAIN.fullmatch(cell):
        return _typed(cell, Decimal(cell), datatype, None)
    if says_nothing(cell):
        return empty(cell)
    mended = _MOJIBAKE.sub("", cell)
    note = f"“{cell}” was read as {{}}: its encoding was broken on the way." if mended != cell else None
    bare = _SIGNS.sub("", mended).replace("\u00a0", " ").replace("\u2212", "-").strip()
    value, how = _value(bare)
    if value is None:
        unit = _UNIT.fullmatch(mended)
        inner = _value(_SIGNS.sub("", unit[1]))[0] if unit else None
        if unit and inner is not None:
            return unread(f"“{cell}” has “{unit[2].strip()}” beside the number.", _written(inner))
        if re.fullmatch(r"[0-9]+(\.[0-9]{3})*,[0-9]{1,2}", bare):
            return unread(f"“{cell}” has a comma where a point belongs.", bare.replace(".", "").replace(",", "."))
        return unread(f"“{cell}” is not a number.")
    return _typed(cell, value, datatype, note or how)


@bounded
def read_yes_no(cell: str) -> Said:
    """Yes or no, also as true, Y, 1 or a cross."""
    word = cell.casefold()
    if word in _YES or word in _NO:
        return Said((literal("true" if word in _YES else "false", BOOLEAN),))
    return empty(cell) if says_nothing(cell) else unread(f"“{cell}” is neither yes nor no.", "yes", "no")


def _value(bare: str) -> tuple[Decimal | None, str | None]:
    """The number, and how it was read where that was not plain."""
    sign = 1
    if bare.startswith("(") and bare.endswith(")"):
        sign, bare = -1, bare[1:-1].strip()
    elif bare.endswith("-") and len(bare) > 1:
        sign, bare = -1, bare[:-1].strip()
    if bare[:1] in ("-", "+"):
        sign, bare = (-sign if bare[0] == "-" else sign), bare[1:].strip()
    power = 0
    if word := _WORD.fullmatch(bare):
        bare, power = word[1].strip(), _TIMES[word[2].casefold()]
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "").replace(" ", "")
    if _SCIENTIFIC.fullmatch(bare):
        number = _EXACT.multiply(Decimal(bare), Decimal(sign))
        return number, "“{cell}” was read as {}: a spreadsheet may have cut its digits."
    if not _NUMBER.fullmatch(bare):
        return None, None
    number = _EXACT.multiply(Decimal(bare), Decimal(sign).scaleb(power))
    if power:
        whole = number.to_integral_value()
        number = whole if number == whole else number.normalize(_EXACT)
    return number, "“{cell}” was read as {}." if power else None


def _typed(cell: str, value: Decimal, datatype: str, note: str | None) -> Said:
    if datatype == INTEGER:
        if value != value.to_integral_value():
            return unread(f"“{cell}” is not a whole number.", _written(value.to_integral_value()))
        value = value.to_integral_value()
    written = _written(value)
    remark = Remark("note", note.replace("{cell}", cell).replace("{}", written)) if note else None
    return Said((literal(written, datatype),), remark)


def _written(value: Decimal) -> str:
    """In digits, as xsd:decimal wants it: `Decimal("1.2E+6")` is 1200000."""
    written = f"{value:f}"
    if "." in written:
        whole, _, fraction = written.partition(".")
        fraction = fraction.rstrip("0") if len(fraction) > 2 else fraction
        written = f"{whole}.{fraction}" if fraction else whole
    return written
