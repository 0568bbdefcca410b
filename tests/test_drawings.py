"""Drawings of figures: bars beside each other."""

import re
from decimal import Decimal

import pytest
from flask import Flask, get_template_attribute

from web.chart import MOST, Row, grouped, stacked


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
    ],
    ids=["no rows", "zeros", "five", "one bar"],
)
def test_where_nothing_can_be_seen_there_is_no_drawing(found: object) -> None:
    assert found is None


def test_a_drawing_has_a_name_and_a_description_and_ids_of_its_own(app: Flask) -> None:
    html = drawn(app, "bars", grouped("T", [Row("<a>", (Decimal(1),) * 3, ("1", "2", "3"), "note")], ("l", "m", "n")))
    assert 'role="img" aria-labelledby="it-title" aria-describedby="it-description"' in html
    assert '<title id="it-title">T</title>' in html
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert all(each.startswith("it-") for each in ids)
    assert "<a>" not in html
