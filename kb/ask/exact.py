"""The number that a text is, where it can be reckoned with: a publisher may write any."""

from decimal import Decimal

LARGEST = 24
"""Power of ten from which on, and below whose inverse, nothing is reckoned: `1E999999999` as a whole number would fill
the memory, and take minutes for that."""


def exact(value: Decimal | int | str, largest: int = LARGEST) -> Decimal | None:
    """The number that a text is; None where it is none, not finite, or has this power of ten or its inverse."""
    try:
        found = Decimal(str(value))
    except (ArithmeticError, ValueError):  # the latter for a whole number of more than 4,300 digits
        return None
    return found if found.is_finite() and abs(found.adjusted()) < largest else None
