"""Financial years, which run from April to March, and the addresses that data.gov.uk gave them."""

import re
from collections.abc import Sequence

from kb.mapping.values.said import Said, address, ask, bounded, link, literal, unread
from kb.namespaces import expand
from kb.vocabulary import XSD_STRING

_GOVERNMENT_YEAR = "http://reference.data.gov.uk/id/government-year/"
_PAIR = re.compile(r"(?:f/?y|financial year)?[ -]*([0-9]{4}) ?(/|-|–|to) ?([0-9]{4}|[0-9]{2})", re.IGNORECASE)
_SHORT = re.compile(r"(?:f/?y|financial year) ?([0-9]{2}) ?[/–-] ?([0-9]{2})", re.IGNORECASE)
_YEAR = re.compile(r"[0-9]{4}")


def financial_year(written: str) -> int | None:
    """The year in which a financial year begins: 2009 for 2009/10, FY2009-10, 2009-2010. None for anything else."""
    if found := _PAIR.fullmatch(written):
        begins, ends = int(found[1]), int(found[3])
        return begins if ends in (begins + 1, (begins + 1) % 100) else None
    if found := _SHORT.fullmatch(written):
        begins = int(found[1])
        return 2000 + begins if int(found[2]) == (begins + 1) % 100 else None
    return None


@bounded
def read_period(cell: str, examples: Sequence[str]) -> Said:
    """A year: of government where the field's examples are, else as text; an address is taken as it is."""
    if found := address(cell):
        return Said((link(found),))
    begins = financial_year(cell)
    linked = any(each.startswith(_GOVERNMENT_YEAR) for each in examples)
    if begins is not None:
        if linked:
            return Said((link(f"{_GOVERNMENT_YEAR}{begins}-{begins + 1}"),))
        return Said((literal(f"{begins}-{(begins + 1) % 100:02}", XSD_STRING),))
    if _YEAR.fullmatch(cell):
        if linked:
            year = int(cell)
            ends = (f"{year - 1}/{year % 100:02}", f"{year}/{(year + 1) % 100:02}")
            return ask(f"“{cell}” may be the financial year that begins or that ends in it.", ends[1], ends[0])
        return Said((literal(cell, expand("xsd:gYear")),))
    return unread(f"“{cell}” is not a year.", "2008/09")
