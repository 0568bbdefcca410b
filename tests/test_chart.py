"""The chart of an answer: what is drawn, how long, and of which answers there is none."""

from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from page_reading import HTML, Reading
from pyoxigraph import Literal

from kb.ask.labels import Labels
from kb.ask.questions import Chart as Wanted
from kb.ask.questions import Money
from web.chart import MOST, Chart, chart
from web.values import XSD

NO_LABELS = Labels()


def text(value: str) -> dict[str, str]:
    return {"type": "literal", "value": value, "xml:lang": "en"}


def count(value: object) -> dict[str, str]:
    return {"type": "literal", "value": str(value), "datatype": f"{XSD}decimal"}


def link(value: str) -> dict[str, str]:
    return {"type": "uri", "value": f"https://area.example/id/place/{value}"}


def drawn(rows: list[dict[str, Any]], labels: Labels = NO_LABELS, **wanted: Any) -> Chart | None:
    variables = list(dict.fromkeys(name for row in rows for name in row))
    return chart(variables, rows, labels, **wanted)


def test_one_column_of_names_and_one_of_numbers_are_bars() -> None:
    rows = [{"place": text(name), "peopleHelped": count(n)} for name, n in (("Kent", 50), ("Leeds", 200))]
    found = drawn(rows)
    assert found is not None
    assert found.title == "People helped by place"
    assert "least is Kent, the greatest Leeds" in found.description
    assert [bar.lines[0][1] for bar in found.bars] == ["Kent", "Leeds"]
    assert [part.width for bar in found.bars for part in bar.parts] == [15, 60]
    assert [bar.figure for bar in found.bars] == ["50", "200"]
    assert (found.zero, found.legend, found.left_out) == (0, (), 0)
    tops = [bar.top for bar in found.bars]
    assert tops == sorted(tops)
    assert found.height > tops[-1]


def test_records_and_empty_columns_are_passed_over() -> None:
    rows = [{"p": link(name), "place": text(name), "n": count(n)} for name, n in (("a", 1), ("b", 2))]
    assert drawn(rows) is not None
    assert chart(["p", "place", "nothing", "n"], rows, NO_LABELS) is not None
    labels = Labels({link("a")["value"]: Literal("Ashford")})
    named = drawn([{"p": row["p"], "n": row["n"]} for row in rows], labels)
    assert named is not None
    assert [bar.lines[0][1] for bar in named.bars] == ["Ashford", "b"], "links alone are names"


def test_a_loss_stands_on_the_other_side_of_zero() -> None:
    found = drawn([{"a": text("up"), "n": count(30)}, {"a": text("down"), "n": count(-10)}])
    assert found is not None
    assert found.zero == 15
    [[up], [down]] = [bar.parts for bar in found.bars]
    assert (up.start, up.width, down.start, down.width) == (15, 45, 0, 15)
    assert [bar.end for bar in found.bars] == [60, 15], "the figure stands right of its bar, and of zero"


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"a": text("one"), "n": count(1)}],
        [{"a": text("one"), "n": count(0)}, {"a": text("two"), "n": count(0)}],
        [{"a": text("one"), "n": count(1)}, {"a": text("one"), "n": count(2)}],
        [{"a": text("one"), "n": count(1)}, {"n": count(2)}],
        [{"a": text("one"), "n": count(1), "m": count(1)}, {"a": text("two"), "n": count(2), "m": count(1)}],
        [{"a": text("one"), "n": count(1), "b": text("x")}, {"a": text("two"), "n": count(2), "b": text("y")}],
        [{"a": text("one")}, {"a": text("two")}],
        [{"a": text("one"), "n": count("INF")}, {"a": text("two"), "n": count(1)}],
        [{"a": text(str(n)), "n": count(n)} for n in range(MOST + 1)],
    ],
    ids=["empty", "one", "zeros", "again", "unnamed", "two numbers", "two names", "no number", "endless", "many"],
)
def test_of_other_answers_there_is_none(rows: list[dict[str, Any]]) -> None:
    assert drawn(rows) is None


def test_a_question_says_what_is_drawn() -> None:
    columns = {"bad": count(3), "rest": count(0)}
    rows = [{"grade": count(g), "strength": text(f"S{g}"), "good": count(g), **columns} for g in (1, 2)]
    found = drawn(rows, wanted=Wanted(("good", "bad", "rest"), ("grade", "strength")))
    assert found is not None
    assert (found.title, found.legend) == ("Good, bad, rest by grade and strength", ("Good", "Bad", "Rest"))
    assert [bar.lines[0][1] for bar in found.bars] == ["1, S1", "2, S2"]
    assert [bar.figure for bar in found.bars] == ["4", "5"]
    assert [[part.place for part in bar.parts] for bar in found.bars] == [[1, 2], [1, 2]], "nothing is drawn of 0"
    for bar in found.bars:
        assert bar.parts[0].start + bar.parts[0].width == pytest.approx(bar.parts[1].start)


def test_rows_without_their_figure_are_counted_not_drawn() -> None:
    rows = [{"a": text(str(n)), "n": count(n)} for n in range(1, MOST + 3)] + [{"a": text("none")}]
    found = drawn(rows, wanted=Wanted(("n",), ("a",)))
    assert found is not None
    assert (len(found.bars), found.left_out) == (MOST, 3)


def test_parts_of_less_than_nothing_make_no_bar() -> None:
    rows = [{"a": text(str(n)), "n": count(n), "m": count(-1)} for n in (1, 2)]
    assert drawn(rows, wanted=Wanted(("n", "m"), ("a",))) is None


def test_a_long_name_takes_two_lines() -> None:
    found = drawn([{"a": text("word " * 40), "n": count(1)}, {"a": text("b" * 100), "n": count(Decimal("0.5"))}])
    assert found is not None
    assert [len(bar.lines) for bar in found.bars] == [2, 2]
    assert all(len(line) <= 38 for bar in found.bars for _, line in bar.lines)
    assert found.bars[0].lines[-1][1].endswith("…")


def test_money_is_written_as_such() -> None:
    rows = [{"a": text(a), "n": count(n), "unit": text("GBP")} for a, n in (("x", 2_000_000), ("y", "12.345"))]
    found = drawn(rows, wanted=Wanted(("n",), ("a",)), sums=Money(("n",), "unit"))
    assert found is not None
    assert [bar.figure for bar in found.bars] == ["£2 million", "£12.34"]


def test_parts_of_a_bar_come_to_money_or_a_rounded_number() -> None:
    third = count("16.666666666666666667")
    rows = [{"a": text(a), "n": third, "m": third, "unit": text("GBP")} for a in ("x", "y")]
    wanted = Wanted(("n", "m"), ("a",))
    for sums, figure in ((Money(("n", "m"), "unit"), "£33.33"), (None, "33.33")):
        found = drawn(rows, wanted=wanted, sums=sums)
        assert found is not None
        assert [bar.figure for bar in found.bars] == [figure, figure]


def test_sums_in_several_currencies_are_not_compared() -> None:
    rows = [{"a": text(a), "n": count(1), "unit": text(unit)} for a, unit in (("x", "GBP"), ("y", "EUR"))]
    wanted = Wanted(("n",), ("a",))
    assert drawn(rows, wanted=wanted, sums=Money(("n",), "unit")) is None
    assert drawn(rows, wanted=wanted, sums=Money(("m",), "unit")) is not None


def test_a_number_without_measure_is_drawn() -> None:
    found = drawn([{"a": text("x"), "n": count("1E+300")}, {"a": text("y"), "n": count("5")}])
    assert found is not None
    assert [part.width for part in found.bars[0].parts] == [60]


def test_the_chart_stands_on_the_page_before_the_table(reader: FlaskClient) -> None:
    """Its picture has a name and a description, and no script draws it."""
    html = reader.get("/questions/records-tied-to-a-place?place=https://area.example/id/place/kent", headers=HTML).text
    assert html.index("<svg") < html.index("<table")
    page = Reading(html)
    [picture] = [svg for svg in page.all("svg") if svg.get("role") == "img"]
    assert {"chart-title", "chart-description"} <= {attributes.get("id") for _, attributes in page.elements}
    assert (picture["aria-labelledby"], picture["aria-describedby"]) == ("chart-title", "chart-description")
    bars = [rect for rect in page.all("rect") if "chart__part" in str(rect.get("class"))]
    assert len(bars) == len(page.text("td")) // 2
