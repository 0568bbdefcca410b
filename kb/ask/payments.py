"""What the bodies of a place paid, from what was added up at publication: no payment is read for it."""

from collections.abc import Collection
from functools import lru_cache

from kb.store.folder import DataFolder
from kb.store.payments.build import PaidYear, read

QUERY = "paid"
"""The query that adds up the same from the store, a place at a time."""


def paid_by(folder: DataFolder, id: str, payers: Collection[str]) -> list[PaidYear]:
    """What these bodies (IRIs) paid in each year, by register and currency; raises NotFound where it is not here."""
    return [year for year in _all(folder, id) if year.payer in payers]


@lru_cache(maxsize=4)
def _all(folder: DataFolder, id: str) -> tuple[PaidYear, ...]:
    return tuple(read(folder, id))
