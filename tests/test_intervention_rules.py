"""The rules by which a few words are made of many findings and sums, on made-up ones: pass and fail of each."""

from dataclasses import replace
from decimal import Decimal

import pytest
from pyoxigraph import Literal, NamedNode

from kb.ask.interventions.cost import COSTS, SAVINGS, Range, ranges
from kb.ask.interventions.findings import ORDER, Finding, verdict
from kb.ask.interventions.rules import RAISED, across, by_outcome, effect, strength, studies
from kb.ask.interventions.similar import Area, compared
from kb.ask.summaries import Summary
from kb.effects import KEYS
from kb.namespaces import HOME, expand
from web.effects import EFFECTS
from web.evidence_words import range_note, range_words

CONCEPT = f"{HOME}/concept/"
OUTCOME = f"{CONCEPT}outcome/"


def finding(went: str, grade: int | None = 3, outcome: str = "reoffending", study: str = "one") -> Finding:
    outcomes = [NamedNode(OUTCOME + outcome)] if outcome else []
    about = Summary(f"https://area.example/{went}-{grade}-{outcome}-{study}", {expand("ww:outcome"): outcomes})
    return Finding(about, Summary(f"https://area.example/{study}"), (), went, grade)


def money(kind: str, amount: str | None = None, status: str = "claimed", **codes: str) -> Summary:
    values = {expand("ww:moneyKind"): [NamedNode(f"{CONCEPT}money-kind/{kind}")]}
    values[expand("ww:estimateStatus")] = [NamedNode(f"{CONCEPT}estimate-status/{status}")]
    if "basis" in codes:
        values[expand("ww:periodBasis")] = [NamedNode(f"{CONCEPT}period-basis/{codes['basis']}")]
    for name in ("amount", "amountLow", "amountHigh", "priceBaseYear"):
        if text := (amount if name == "amount" else codes.get(name)):
            values[expand(f"ww:{name}")] = [Literal(text)]
    return Summary(f"https://area.example/{kind}-{amount}-{status}", values)


EFFECT = [
    ((), "unmeasured", ""),
    (("better", "better"), "better", "2 for the better"),
    (("worse",), "worse", "1 for the worse"),
    (("none", "none", "unmeasured"), "none", "2 without clear difference, 1 not measured"),
    (("better", "none"), "mixed", "1 for the better, 1 without clear difference"),
    (("better", "worse"), "mixed", "1 for the better, 1 for the worse"),
    (("mixed",), "mixed", "1 mixed"),
    (("unmeasured", "unmeasured"), "unmeasured", "2 not measured"),
    (("better", "moved"), "mixed", "1 for the better, 1 changed, welcome or not"),
]
"""Ways of findings, the verdict on them, and the words."""


@pytest.mark.parametrize(("went", "expected", "words"), EFFECT)
def test_effect_is_the_one_way_that_all_went_else_mixed(went: tuple[str, ...], expected: str, words: str) -> None:
    found = effect(finding(each, study=str(number)) for number, each in enumerate(went))
    assert (found.verdict, found.words) == (expected, words)


def test_grade_has_no_say_in_effect_and_effect_none_in_strength() -> None:
    sure, weak = finding("worse", 5), finding("better", 0)
    assert effect([sure, weak]).verdict == effect([finding("worse", 0), finding("better", 5)]).verdict == "mixed"
    assert strength([sure, weak]).best == strength([finding("none", 5), weak]).best == 5


def test_strength_is_the_highest_grade_with_all_of_them_told() -> None:
    found = strength([finding("better", 2), finding("none", 4), finding("worse", 4), finding("better", None)])
    assert (found.best, found.good, found.ungraded) == (4, 2, 1)
    assert dict(found.counts) == {2: 1, 4: 2}
    assert found.raised_by.startswith("a second, independent study")
    assert strength([]).best is None
    assert strength([]).raised_by.startswith("a documented account")
    assert strength([finding("better", 5)]).raised_by == "", "nothing is above the top of the scale"


def test_every_level_but_the_highest_says_what_would_raise_it() -> None:
    assert set(RAISED) == {None, 0, 1, 2, 3, 4}


def test_outcomes_are_told_apart_and_the_surest_come_first() -> None:
    results = by_outcome(
        [
            finding("unmeasured", 5, "waiting-time"),
            finding("better", 2, "employment"),
            finding("worse", 4, "reoffending"),
            finding("unmeasured", 5, "reoffending"),
            finding("better", 3, ""),
        ]
    )
    assert [each.outcome.rpartition("/")[2] for each in results] == ["reoffending", "", "employment", "waiting-time"]
    assert [each.verdict for each in results[0].findings] == ["worse", "unmeasured"], "what measured nothing comes last"
    assert dict(across(results).counts) == {"worse": 1, "better": 1, "unmeasured": 1}, "without a name it is no outcome"


def test_studies_agree_only_where_all_that_compared_went_one_way() -> None:
    agreeing = [finding("better", 4, study="one"), finding("better", 3, study="two"), finding("worse", 1, study="weak")]
    assert by_outcome(agreeing)[0].agreeing == 2
    assert by_outcome([*agreeing, finding("none", 3, study="four")])[0].agreeing == 0
    assert by_outcome([finding("better", 2)])[0].agreeing == 0


def test_verdicts_are_those_that_pages_have_words_for() -> None:
    assert set(ORDER) == set(KEYS) == set(EFFECTS)
    direction = {expand("ww:effectDirection"): [NamedNode(f"{CONCEPT}effect-direction/decrease")]}
    welcome = {expand("ww:desirability"): [NamedNode(f"{CONCEPT}desirability/desirable")]}
    assert verdict(Summary("x", direction | welcome)) == "better", "fewer is better where it was wished for"
    assert verdict(Summary("x", direction)) == "moved"
    assert verdict(Summary("x")) == "unmeasured"


def only(found: tuple[Range, ...]) -> Range:
    [one] = found
    return one


def test_sums_for_a_person_have_a_range() -> None:
    sums = [money("cost", "5590", basis="per-person"), money("cost", "14710", basis="per-person")]
    found = only(ranges(sums, COSTS))
    assert found.comparable
    assert range_words(found) == "£5,590 to £14,710 a person"
    assert range_note(found).startswith("2 sums, in prices of years that are not all stated")


def test_sums_of_one_price_base_say_so() -> None:
    sums = [money("cost", n, basis="per-person", priceBaseYear="2012") for n in ("10", "20")]
    assert only(ranges(sums, COSTS)).one_price_base
    assert range_note(only(ranges(sums, COSTS))) == "2 sums, in prices of 2012."
    mixed = [*sums, money("cost", "30", basis="per-person")]
    assert not only(ranges(mixed, COSTS)).one_price_base


def test_sums_of_different_bases_are_never_put_together() -> None:
    sums = [
        money("cost", "1000000", basis="per-year"),
        money("cost", "2088", basis="per-person"),
        money("capital-cost", "4000000", basis="per-year"),
        money("cost", "900", "forecast", basis="per-person"),
    ]
    found = ranges(sums, COSTS)
    words = [range_words(each) for each in found]
    assert words == [
        "£2,088 a person",
        "£900 a person (expected beforehand)",
        "2 sums from £1 million to £4 million a year",
    ]
    assert range_note(found[2]) == "Each is for work of its own size: they can’t be compared."
    assert all(isinstance(each.low, Decimal) for each in found)
    assert not any("2500000" in word or "2,500,000" in word for word in words), "no average"


def test_what_is_no_cost_or_given_up_or_without_a_figure_is_left_out() -> None:
    left = [
        money("whole-system-cost", "1"),
        money("public-expenditure", "1"),
        money("grant", "1"),
        money("saving", "1"),
        money("cost", "1", "withdrawn"),
        money("cost"),
    ]
    assert ranges(left, COSTS) == ()
    assert range_words(only(ranges(left, SAVINGS))) == "£1, period not stated"


def test_bounds_of_a_statement_widen_its_range() -> None:
    found = only(ranges([money("cost", None, basis="per-person", amountLow="10", amountHigh="30")], COSTS))
    assert (found.low, found.high) == (10, 30)
    assert range_note(found) == ""


COUNTY, DISTRICT, UNITARY, BOROUGH = (
    f"{CONCEPT}place-type/{code}"
    for code in ("two-tier-county", "non-metropolitan-district", "unitary", "london-borough")
)


def area(kind: str, population: int | None = None, rurality: str | None = None) -> Area:
    return Area(f"https://area.example/{kind}-{population}-{rurality}", kind, rurality, population, "2024", False)


LIKE = [
    (area(COUNTY), area(COUNTY), True, "the same tier, nothing else known"),
    (area(COUNTY), area(DISTRICT), False, "another tier"),
    (area(UNITARY, 200_000), area(BOROUGH, 300_000), True, "single tiers of like size"),
    (area(COUNTY, 1_000_000), area(COUNTY, 2_000_000), True, "twice as many is the bound"),
    (area(COUNTY, 1_000_000), area(COUNTY, 2_000_001), False, "more than twice as many"),
    (area(COUNTY, 1_000_000), area(COUNTY, 499_999), False, "fewer than half"),
    (area(COUNTY, 1_000_000), area(COUNTY, None), True, "what is not known is not held against it"),
    (area(COUNTY, None, "rural"), area(COUNTY, None, "urban"), False, "not as rural"),
    (area(COUNTY, None, "rural"), area(COUNTY, None, "rural"), True, "as rural"),
]


@pytest.mark.parametrize(("reader", "other", "alike", "why"), LIKE, ids=[case[3] for case in LIKE])
def test_places_are_alike_by_the_rule(reader: Area, other: Area, alike: bool, why: str) -> None:
    assert (compared(reader, other, None) is not None) == alike


def test_published_likeness_counts_from_its_bound_on() -> None:
    reader, other = area(COUNTY, 1_000_000), area(DISTRICT, 100_000)
    assert compared(reader, other, Decimal("0.69")) is None
    found = compared(reader, other, Decimal("0.7"))
    assert found is not None
    assert (found.score, found.known) == (Decimal("0.7"), 2)


def test_a_finding_without_a_study_is_none() -> None:
    named = [finding("better", study=name) for name in ("one", "one", "two")]
    nameless = replace(finding("better"), study=Summary(""))
    assert studies([*named, nameless, nameless]) == 2
    assert studies([nameless]) == 0
