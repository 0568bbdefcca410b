"""Charts drawn by the server as SVG: they print, need no script, and stand beside the table that has every figure.

What is to be seen, what makes it, and what draws it (macros/chart.html):

- the answer to a question, where it is one for bars: `chart(variables, rows, labels)`, `bars(chart, id)`
- parts of one amount each: `stacked(title, rows)`, `bars(chart, id)`
- amounts beside each other, as of several years or places: `grouped(title, rows, legend)`, `bars(chart, id)`

Each gives None where there is nothing to draw. `id` starts the ids of a drawing and differs on one page. Widths are in
percent of the drawing, so that text keeps its size on every screen; heights in px. Title and description are read out
with the picture; the table is the caller's, since it knows its headings. Parts are told apart by pattern and
by words, never by colour alone. What must be known of a figure (that it is counted again elsewhere,
that it is a forecast) is the `note` of its row. Pages with notes link static/chart.css in the block `head`.
"""

from web.chart.answer import chart
from web.chart.bars import MOST, PARTS, Chart, Row, grouped, stacked

__all__ = [
    "MOST",
    "PARTS",
    "Chart",
    "Row",
    "chart",
    "grouped",
    "stacked",
]
