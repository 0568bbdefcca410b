"""Drawings of figures: bars beside each other, effects with their intervals, time lines."""

import re
from decimal import Decimal

import pytest
from flask import Flask, get_template_attribute

from web.chart import MOST, Effect, Row, Span, grouped, intervals, stacked, time_line
from web.chart.names import ticks


def drawn(app: Flask, macro: str, chart: object) -> str:
    with app.test_request_context("/"):
        return str(get_template_attribute("macros/chart.html", macro)(chart, "it"))


def test_bars_beside_each_other_have_one_name_and_one_axis() -> None:
    rows = [
        Row("Kent", (Decimal(40), Decimal(20)), ("£40", "£20"), "£5 of it is counted again by the county."),
        Row("Leeds", (Decimal(80), None), ("£80", "not published by Leeds")),
    ]
    found = grouped("Spending", rows, ("2009-10", "2010-11"))
    assert found is not None
    assert [[line for _, line in bar.lines] for bar in found.bars] == [["Kent"], [], ["Leeds"], []]
    parts = [[(part.place, part.width) for part in bar.parts] for bar in found.bars]
    assert parts == [[(1, 30)], [(2, 15)], [(1, 60)], []]
    assert [bar.figure for bar in found.bars] == ["£40", "£20", "£80", "not published by Leeds"]
    assert [bool(bar.note) for bar in found.bars] == [False, True, False, False]
    tops = [bar.top for bar in found.bars]
    assert tops == sorted(tops)
    assert found.bars[1].note[0][0] < found.bars[2].lines[0][0], "the note has room of its own"


def test_a_value_without_words_takes_no_room() -> None:
    rows = [Row("a", (None, Decimal(1)), ("", "1")), Row("b", (None, None), ("none", "none"))]
    found = grouped("x", rows, ("l", "m"))
    assert found is not None
    assert [(bar.lines[0][1], bar.figure, bar.parts[0].place) for bar in found.bars] == [("a", "1", 2)]
    assert found.left_out == 1, "a row without any value is told of, not drawn"


def test_more_names_than_fit_are_counted() -> None:
    rows = [Row(str(n), (Decimal(n), Decimal(1)), ("n", "1")) for n in range(1, MOST)]
    found = grouped("x", rows, ("l", "m"))
    assert found is not None
    assert (found.drawn, found.left_out) == (10, 9)


@pytest.mark.parametrize(
    "found",
    [
        grouped("x", [], ("l",)),
        grouped("x", [Row("a", (Decimal(0),), ("0",))], ("l",)),
        grouped("x", [Row("a", (Decimal(1),) * 5, ("1",) * 5)], "lmnop"),
        stacked("x", [Row("a", (Decimal(1),), ("1",))]),
        intervals("x", []),
        time_line("x", [Span("a", "once", None, "long ago")]),
    ],
    ids=["no rows", "zeros", "five", "one bar", "no effects", "no date"],
)
def test_where_nothing_can_be_seen_there_is_no_drawing(found: object) -> None:
    assert found is None


def test_an_interval_stands_on_its_side_of_no_effect() -> None:
    found = intervals(
        "Reoffending",
        [
            Effect("Fewer", Decimal(-4), Decimal(-6), Decimal(-2), "−4 points (−6 to −2)"),
            Effect("Unclear", Decimal(1), Decimal(-2), Decimal(4), "1 point (−2 to 4)", "hollow"),
            Effect("Without bounds", Decimal(2), None, None, "2 points"),
        ],
    )
    assert found is not None
    fewer, unclear, bare = found.effects
    assert (fewer.low or 99) < fewer.at < (fewer.high or 99) < found.none
    assert (unclear.low or 99) < found.none < (unclear.high or 0)
    assert bare.low is None
    assert (fewer.low, unclear.high) == (6, 94)
    assert found.none == pytest.approx(6 + 88 * 0.6)
    assert [label for _, label in found.ticks] == ["-5", "0"]
    assert "3 estimates; the intervals of 1 do not reach" in found.description


def test_a_ratio_has_no_effect_at_one_and_doubles_by_equal_steps() -> None:
    found = intervals("Odds", [Effect("a", Decimal("0.5"), Decimal("0.25"), Decimal(1), "x")], ratio=True)
    assert found is not None
    assert (found.none, found.effects[0].at, found.effects[0].low) == (94, 50, 6)
    assert [label for _, label in found.ticks] == ["0.25", "0.5", "1"]
    with pytest.raises(ValueError, match="above zero"):
        intervals("Odds", [Effect("a", Decimal(0), None, None, "x")], ratio=True)


def test_spans_and_moments_on_an_axis_of_years() -> None:
    found = time_line(
        "Kent",
        [
            Span("Pilot", "2009-07-01", "2010", "2009 to 2010"),
            Span("Report", "2010-01", None, "January 2010"),
            Span("Gateways", "2005", None, "since 2005", lasts=True),
        ],
    )
    assert found is not None
    pilot, report, gateways = found.spans
    assert (gateways.start, gateways.width, gateways.open) == (6, 88, True)
    assert pilot.start == pytest.approx(6 + 88 * 4.5 / 6, abs=0.01)
    assert pilot.start + pilot.width == pytest.approx(94, abs=0.01)
    assert report.width == 0
    assert [label for _, label in found.ticks] == ["2006", "2008", "2010"]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [("-6", "4", "-5 0"), ("0.1", "0.9", "0.2 0.4 0.6 0.8"), ("2005", "2011", "2006 2008 2010")],
)
def test_numbers_under_an_axis_are_round(low: str, high: str, expected: str) -> None:
    assert " ".join(f"{tick.normalize():f}" for tick in ticks(Decimal(low), Decimal(high))) == expected


def test_every_drawing_has_a_name_and_a_description_and_ids_of_its_own(app: Flask) -> None:
    effect = Effect("a", Decimal(1), Decimal(0), Decimal(2), "1", "diamond")
    charts = {
        "bars": grouped("T", [Row("<a>", (Decimal(1),) * 3, ("1", "2", "3"), "note")], ("l", "m", "n")),
        "intervals": intervals("T", [effect], [("diamond", "x")]),
        "time_line": time_line("T", [Span("a", "2009", None, "2009"), Span("b", "2010", "2012", "x")]),
    }
    for macro, chart in charts.items():
        html = drawn(app, macro, chart)
        assert 'role="img" aria-labelledby="it-title" aria-describedby="it-description"' in html, macro
        assert '<title id="it-title">T</title>' in html
        ids = re.findall(r' id="([^"]+)"', html)
        assert len(ids) == len(set(ids)), macro
        assert all(each.startswith("it-") for each in ids), macro
        assert "<a>" not in html
