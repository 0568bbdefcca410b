"""Parts of a long page: a section of an account cut to the rows that are shown, and how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.ask.account import Text
from web.account import PageSection, PageTable

PAGE = 40
"""Rows of a part that is shown by itself."""

FEW = {"problem": 3, "work": 4, "bodies": 3, "money": 4, "lessons": 4, "elsewhere": 3, "claims": 2}
FEW |= {"tried": 5, "studies": 3, "sources": 5}
"""Part → the rows of it that the page shows. With all of them the page of a group would be some 280 kB."""


@dataclass(frozen=True)
class Part:
    """A section with the texts, tables and other things of one stretch of it."""

    section: PageSection
    texts: tuple[Text, ...]
    tables: tuple[PageTable, ...]
    others: tuple[str, ...]
    total: int
    """Rows of the whole section, texts and other things included."""
    after: int
    shown: int

    @property
    def next(self) -> int | None:
        """The row after which the next stretch begins; None at the end."""
        end = self.after + self.shown
        return end if end < self.total else None

    def with_tables(self, tables: Sequence[PageTable]) -> "Part":
        """The same with other tables."""
        return replace(self, tables=tuple(tables))


def part(section: PageSection, size: int, after: int) -> Part:
    """`size` rows of a section after the first `after`: its texts, then its tables, then other things."""
    rest, skip = size, after

    def cut(count: int) -> slice:
        nonlocal rest, skip
        start = min(skip, count)
        stop = min(count, start + rest)
        skip -= start
        rest -= stop - start
        return slice(start, stop)

    texts = section.texts[cut(len(section.texts))]
    tables: list[PageTable] = []
    for table in section.tables:
        rows = table.listing.things[cut(len(table.listing.things))]
        if rows:
            tables.append(replace(table, listing=replace(table.listing, things=rows)))
    others = section.others[cut(len(section.others))]
    total = len(section.texts) + sum(len(each.listing.things) for each in section.tables) + len(section.others)
    return Part(section, texts, tuple(tables), others, total, after, size - rest)
