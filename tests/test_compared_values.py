"""The figures of areas side by side: counts of codes, what numbers spread over, and their page, JSON and CSV."""

import csv
import io
import json
from decimal import Decimal
from statistics import quantiles

import pytest
from flask.testing import FlaskClient
from test_comparability import area_site, datasets, folder, reader  # noqa: F401  (fixtures)

from kb.ask.compared_values import spread

USE = "dp-01/AssetShape/AssetShape-primaryUse"
QUERY = "&".join(["/compare/data?protocol=dp-01", *(f"dataset={dataset}" for dataset in datasets("assets"))])


def test_codes_are_counted_for_each(reader: FlaskClient) -> None:  # noqa: F811
    figures = json.loads(reader.get(f"{QUERY}&format=json").data)["figures"]
    assert list(figures) == [USE], "of what cannot be compared there are none"
    counts = [each["counts"] for each in figures[USE]]
    assert [each["dataset"] for each in figures[USE]] == datasets("assets")
    assert counts[0].keys() == counts[1].keys()
    page = reader.get(QUERY, headers={"Accept": "text/html"}).text
    told = page.partition('id="figures"')[2]
    assert "Main use: percent of the records that say it" in told
    ids = [part.partition('"')[0] for part in page.split(' id="')[1:]]
    assert len(ids) == len(set(ids))


def test_the_figures_are_a_table_too(reader: FlaskClient) -> None:  # noqa: F811
    figures = json.loads(reader.get(f"{QUERY}&format=json").data)["figures"][USE]
    rows = list(csv.DictReader(io.StringIO(reader.get(f"{QUERY}&format=csv&table=figures").text)))
    said = {(row["dataset"], row["figure"]): int(row["value"]) for row in rows}
    assert said == {(each["dataset"], code): n for each in figures for code, n in each["counts"].items()}
    assert {row["field"] for row in rows} == {USE}


@pytest.mark.parametrize(
    "values",
    [[("1", 1), ("2", 3), ("10.5", 2), ("7", 1)], [("4", 2), ("5", 1)], [("-3", 4), ("0", 1)]],
)
def test_quartiles_are_those_of_the_statistics_library(values: list[tuple[str, int]]) -> None:
    flat = [Decimal(value) for value, records in values for _ in range(records)]
    found = spread(values, len(flat))
    assert found is not None
    assert [found.lower, found.median, found.upper] == quantiles(flat, n=4, method="inclusive")
    assert (found.least, found.greatest, found.total) == (min(flat), max(flat), sum(flat))


def test_there_is_no_sum_where_a_record_has_several() -> None:
    found = spread([("1", 2), ("2", 2)], 3)
    assert found is not None
    assert found.total is None
    assert spread([("x", 1)], 1) is None
