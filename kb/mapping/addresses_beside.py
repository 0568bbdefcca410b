"""Columns that name a thing and hold its web address: `OrganisationLabel` and `OrganisationURI` are one field."""

from collections.abc import Iterator, Mapping

from kb.mapping.cell_kinds import Cells
from kb.mapping.values.said import address
from kb.mapping.words import words
from kb.protocols.columns import RecordColumns

_ENDS = frozenset({"uri", "url", "iri", "link", "address", "label", "name", "title"})
_SHARE = 0.8
"""Of the cells that are addresses."""


def addresses_beside(
    chosen: Mapping[str, str], cells: Mapping[str, Cells], record: RecordColumns
) -> Iterator[tuple[str, str, str]]:
    """Heading without a field of its own, the column id that it shares, and the heading which has that.

    `chosen` gives heading → column id for what is decided, `cells` a sample of each heading's.
    """
    linking = {heading: id for heading, id in chosen.items() if record.column(id).links_to}
    for heading, sample in cells.items():
        if heading in chosen or not sample.values:
            continue
        for other, id in linking.items():
            if _about(heading) == _about(other) and _addresses(sample) != _addresses(cells[other]):
                yield heading, id, other
                break


def _about(heading: str) -> tuple[str, ...]:
    """What a heading is about; all of it where that is nothing."""
    found = words(heading)
    return found[:-1] if found[1:] and found[-1] in _ENDS else found


def _addresses(sample: Cells) -> bool:
    return sample.share("address", address) >= _SHARE
