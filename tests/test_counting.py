"""Public money counted in a place: what is read of each count, and of what stands around it."""

from decimal import Decimal

import pytest

from kb.ask import count_context
from kb.ask.counting import Counted, counted, year_of
from kb.namespaces import HOME, concept, thing
from kb.store.folder import DataFolder
from kb.store.readable import Store
from kb.store.snapshots import Snapshots

EXAMPLE = "https://data.example.org"
NORTHSHIRE, SEATON, MIDCITY = (thing(EXAMPLE, "place", slug) for slug in ("northshire", "seaton", "midcity"))


@pytest.fixture(scope="module")
def shipped(shipped_folder: DataFolder) -> Store:
    return Snapshots(shipped_folder).current().store


@pytest.fixture(scope="module")
def invented(invented_folder: DataFolder) -> Store:
    return Snapshots(invented_folder).current().store


def place(slug: str) -> str:
    return thing(HOME, "place", slug)


def told(found: Counted) -> dict[str, dict[str, list[tuple[str, str, Decimal]]]]:
    """Account → division → function, body and amount."""
    return {
        count.basis.account.rpartition("/")[2]: {
            division: [
                (line.key.function.rpartition("/")[2], line.key.body.rpartition("/")[2], line.given[0].amount)
                for line in lines
            ]
            for division in ("total", "function", "body", "both")
            if (lines := count.of(division))
        }
        for count in found.counts
    }


def test_kents_count_is_one_figure_of_a_year_that_nobody_names(shipped: Store) -> None:
    [count] = counted(shipped, place("kent")).counts
    assert count.total is not None
    [figure] = count.total.given
    assert figure.amount == 8_300_000_000
    assert [(year.begins, year.words) for year in count.years] == [(None, "year not stated")]
    assert not count.of("function")
    assert not figure.checked
    assert [each.rpartition("/")[2] for each in figure.sources] == ["lgc-kent"]
    assert [(each.year, each.people) for each in count_context.people(shipped, place("kent"))] == [("2024", 1_639_029)]
    assert count_context.in_words(shipped, place("kent")) == [thing(HOME, "money", "kent-public-spending")]
    assert count_context.responsible(shipped, place("kent")) == [thing(HOME, "organisation", "kent-county-council")]


def test_bodies_without_a_figure_are_those_of_no_kind_that_is_counted(shipped: Store) -> None:
    kent = counted(shipped, place("kent")).counts
    without = count_context.bodies_without_figures(shipped, place("kent"), kent)
    assert thing(HOME, "organisation", "kent-police") in without
    assert thing(HOME, "organisation", "kentonline") not in without, "a newspaper is no public body"
    worcestershire = counted(shipped, place("worcestershire")).counts
    without = count_context.bodies_without_figures(shipped, place("worcestershire"), worcestershire)
    assert thing(HOME, "organisation", "worcestershire-county-council") not in without, "counted as local government"
    assert without


def test_birmingham_is_counted_by_body_the_largest_first(shipped: Store) -> None:
    by_body, total = counted(shipped, place("birmingham")).counts
    assert [line.given[0].amount // 10**6 for line in by_body.of("body")] == [3657, 1918, 699, 384, 239, 50, 43, 26]
    assert [year.words for year in by_body.years] == ["2008-09"]
    assert total.total is not None
    assert total.total.given[0].amount == 7_300_000_000
    assert not total.of("body")


def test_each_count_stands_alone_and_keeps_what_cuts_across(invented: Store) -> None:
    found = told(counted(invented, NORTHSHIRE))
    assert found["northshire-count"]["both"] == [
        ("10", "executive-agency", 900_000_000),
        ("07", "primary-care-trust", 800_000_000),
        ("10", "county-council", 300_000_000),
        ("07", "county-council", 60_000_000),
    ]
    assert [amount for _, _, amount in found["northshire-count"]["body"]] == [360_000_000, 300_000_000]
    assert found["second-count"]["function"][0][2] == 90_000_000


def test_what_stands_in_another_figure_says_so(invented: Store) -> None:
    again, first = counted(invented, NORTHSHIRE).counts
    revenue = first.of("body")[1]
    assert revenue.within is not None
    assert revenue.within.whole, "what is locally controlled revenue stands in the council's own total"
    police, services = again.of("both")[:2]
    assert services.within is not None
    assert services.within.key == police.key
    [health] = [line for line in first.of("both") if line.given[0].doubled]
    assert health.given[0].again == (concept("organisation-type", "primary-care-trust"),)


def test_people_are_of_the_same_place_and_year(invented: Store) -> None:
    assert [each.year for each in count_context.people(invented, NORTHSHIRE)] == ["2009", "2024"]
    assert [each.year for each in count_context.people(invented, MIDCITY)] == ["2024"]


def test_a_series_of_prices_is_found_by_its_indicator(invented: Store, shipped: Store) -> None:
    assert count_context.price_series(invented) == {
        thing(EXAMPLE, "source", "price-series"): {"2009": Decimal(70), "2010": Decimal(72), "2024": Decimal(112)}
    }
    assert count_context.price_series(shipped) == {}


def test_the_places_that_have_a_count(shipped: Store) -> None:
    found = count_context.places(shipped)
    assert [(each.place.rpartition("/")[2], each.year, each.figures, each.bodies) for each in found] == [
        ("birmingham", "2008-09", 9, 8),
        ("birmingham", "2008-09", 1, 0),
        ("greater-manchester", "year not stated", 1, 0),
        ("kent", "year not stated", 1, 0),
        ("total-place-pilot-areas", "year not stated", 1, 0),
        ("worcestershire", "year not stated", 2, 1),
    ]
    assert {each.largest for each in found if each.place == place("kent")} == {8_300_000_000}


@pytest.mark.parametrize(
    ("period", "name", "expected"),
    [
        ("2009", "", ("2009", "2009")),
        ("2009-10", "", ("2009", "2009-10")),
        ("2009/10", "", ("2009", "2009-10")),
        ("2009-2010", "", ("2009", "2009-10")),
        ("http://reference.data.gov.uk/id/government-year/2009-2010", "", ("2009", "2009-10")),
        ("https://area.example/id/period/one", "2011-12", ("2011", "2011-12")),
        ("https://area.example/id/period/one", "The year before the pilot", (None, "year not stated")),
    ],
)
def test_years_in_every_form_that_the_protocol_takes(period: str, name: str, expected: tuple[str | None, str]) -> None:
    assert year_of(period, name) == expected
