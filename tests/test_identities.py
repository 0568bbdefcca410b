"""Which records rows are: tests/mapping/identities.csv; the rows of a group stand in one sheet.

To write the last three columns again after a change, and then read the difference:
    python -m tests.test_identities
"""

import csv
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.mapping.identities import Clues, identities, slug

FILE = Path(__file__).parent / "mapping" / "identities.csv"
Row = dict[str, str]


def groups() -> dict[str, list[Row]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {name: list(rows) for name, rows in groupby(csv.DictReader(file), key=lambda row: row["group"])}


def told(rows: list[Row]) -> list[Row]:
    clues = [Clues(row["key"], row["uprn"], row["name"], row["place"], row["content"]) for row in rows]
    found = identities(clues, named=rows[0]["named"] == "yes")
    said = [(made.slug, made.by, made.identifier) if made else ("", "", "") for made in found]
    columns = ("slug", "by", "identifier")
    return [row | dict(zip(columns, each, strict=True)) for row, each in zip(rows, said, strict=True)]


@pytest.mark.parametrize("group", groups())
def test_a_row_is_this_record(group: str) -> None:
    rows = groups()[group]
    assert told(rows) == rows


def test_the_order_of_rows_changes_no_address() -> None:
    one, other = groups()["keys that would clash"], groups()["the same in another order"]
    assert {row["key"]: row["slug"] for row in one} == {row["key"]: row["slug"] for row in other}


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=12, unique=True))
def test_keys_that_differ_never_share_an_address(keys: list[str]) -> None:
    found = identities([Clues(key=key, name="x") for key in keys], named=True)
    slugs = [each.slug for each in found if each]
    assert len(set(slugs)) == len(keys)
    assert all(slug(each) == each for each in slugs if len(each) <= 80)


if __name__ == "__main__":
    written = [row for rows in groups().values() for row in told(rows)]
    with FILE.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(written[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(written)
