"""Years or ages that stand side by side in a table: told once, not asked about column by column."""

import pytest

from kb.intake.grid import Grid
from kb.mapping.sheets import sheet_mapping
from kb.mapping.side_by_side import side_by_side


@pytest.mark.parametrize(
    ("headings", "found"),
    [
        (("Area", "2019", "2020", "2021", "2022"), ("2019", "2020", "2021", "2022")),
        (("Area", "2019-20", "2020/21", "2021–2022", "2022 - 23"), ("2019-20", "2020/21", "2021–2022", "2022 - 23")),
        (("Area", "0-4", "5-9", "10-14", "85+"), ("0-4", "5-9", "10-14", "85+")),
        (("Area", "2019", "2020", "2021"), ()),
        (("Area", "Address 1", "Address 2", "Address 3", "Q1"), ()),
    ],
)
def test_columns_named_by_figures(headings: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert side_by_side(headings) == found


def test_what_to_do_about_them_is_said_once() -> None:
    headings = ("Code", "2019", "2020", "2021", "2022")
    grid = Grid("wide.csv", "", 1, headings, (1, 2, 3, 4, 5), ((2, ("E07000105", "1", "2", "3", "4")),))
    sheet = sheet_mapping(grid, "dp-15", ())
    [said] = [each for each in sheet.to_decide if "Unpivot" in each]
    assert said.startswith("4 columns are named by figures (2019 … 2022)")
    assert not {each.heading for each in sheet.undecided} & set(headings[1:])
    assert sheet.mapping is not None
    assert {sheet.mapping.columns[each] for each in headings[1:]} == {""}
    assert sheet_mapping(grid, "dp-15", [sheet.mapping]).to_decide == ()
