"""The report in plain text, for a terminal: file, sheet, column and row of everything, grouped."""

from collections.abc import Iterator
from itertools import groupby

from kb.mapping.cell_report.completeness import RULE
from kb.mapping.cell_report.findings import NOWHERE, CellReport, Word
from kb.mapping.cell_report.overview import Overview, Told, overview

HEADINGS: dict[Word, str] = {
    "must": "Must (put right before this can be published)",
    "should": "Should (lowers completeness)",
    "may": "May (for information)",
    "note": "How it was read",
}
"""Level → what it means to whoever sent the sheet."""


def text(report: CellReport | Overview) -> str:
    """The report for a person; a group of cells with the same fault takes a line for each different value."""
    found = overview(report) if isinstance(report, CellReport) else report
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Overview) -> Iterator[str]:
    verdict = "Conforms" if found.conforms else "Does not conform"
    yield f"{verdict}: " + ", ".join(f"{number:,} {word}" for word, number in found.counts.items()) + "."
    for sheet in found.sheets:
        yield f"{sheet.title}: {sheet.count:,} {'row' if sheet.count == 1 else 'rows'}."
    if found.completeness is not None:
        yield f"Completeness {found.completeness:.0%}. {RULE}"
    for level, heading in HEADINGS.items():
        for number, told in groupby(found.level(level), key=lambda each: each.sheet):
            where = "" if number == NOWHERE else f": {found.sheets[number].title}"
            yield f"\n{heading}{where}"
            for each in told:
                yield from _group(each)


def _group(told: Told) -> Iterator[str]:
    column = f"column {told.letter}" if told.letter else "of the dataset" if told.of_dataset else "no column"
    name = f"{told.heading} ({column})" if told.heading else "The sheet"
    where = "" if told.shown and told.count == 1 else told.where
    yield f"  {name}: {where} {told.sentence}".rstrip(" :").replace(":  ", ": ")
    if not told.shown:
        if told.suggestion:
            yield f"    {told.suggestion}"
        return
    for value in told.values:
        parts = (f"“{value.written}”" if value.written else "", value.sentence, value.suggestion)
        yield f"    {value.rows or 'sheet'}: " + " · ".join(part for part in parts if part)
    if told.more:
        yield f"    and {told.more:,} more values"
