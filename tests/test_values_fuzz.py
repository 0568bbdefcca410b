"""Whatever a cell says, reading it gives terms or a remark, and what is written is N-Triples."""

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_cell_values import NAMES, cases

from kb.mapping.mapping import Mapping
from kb.mapping.values.points import Written, read_point, wkt
from kb.mapping.values.reader import reader
from kb.protocols.columns import Column, record_columns

KINDS = {
    (each.path, each.field.datatype, each.code_lists, each.links_to): each
    for protocol in ("dp-01", "dp-02", "dp-05", "dp-13", "dp-15")
    for about in record_columns(protocol)
    for each in about.columns
}
WRITTEN = sorted({row["written"] for row in cases()})
SIGNS = st.sampled_from("0123456789/-.,:;| £€%()'\"\\\n\u00a0\ufffd²éÅñ𝄞<>{}[]#@") | st.characters(codec="utf-8")
CELLS = (
    st.text(SIGNS, min_size=1, max_size=30)
    | st.builds("".join, st.lists(st.sampled_from(WRITTEN), min_size=1, max_size=3))
    | st.builds("https://{}".format, st.text(SIGNS, max_size=20))
)


@pytest.mark.parametrize("column", KINDS.values(), ids=lambda each: each.id)
@settings(max_examples=25, deadline=None)
@given(cell=CELLS)
@example(cell="https://[")
@example(cell="https://x.example/%")
@example(cell="9" * 400)
@example(cell="1e99")
@example(cell="9" * 30 + "k")
@example(cell="9" * 34 + ".9bn")
@example(cell=" 9" * 5_000)
@example(cell="0" + "\u0301\u0323" * 40_000)
@example(cell="0000-00")
@example(cell="٣/٤/2023")
def test_any_cell_is_read(column: Column, cell: str) -> None:
    cell = cell.strip()
    said = reader(column, Mapping("", "", ""), NAMES, [cell])(cell)
    assert said.terms or said.remark or not cell
    for term in said.terms:
        [triple] = ox.parse(f"<x:s> <x:p> {term} .".encode(), format=ox.RdfFormat.N_TRIPLES)
        assert str(triple.object) == term


FIGURES = st.text("0123456789.,-() eE°", max_size=15)


@settings(max_examples=300, deadline=None)
@given(x=FIGURES, y=FIGURES, crs=st.text(max_size=8), whole=FIGURES)
@example(x="9" * 400, y="1", crs="", whole="")
@example(x="", y="", crs="", whole="POINT(1.2.3 4)")
def test_any_point_is_read(x: str, y: str, crs: str, whole: str) -> None:
    found = read_point(Written(x, y, crs, whole))
    if found.point:
        assert -9 <= found.point[0] <= 2.5
        assert 49 <= found.point[1] < 62
        assert wkt(found.point).startswith('"POINT(')
