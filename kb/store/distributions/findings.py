"""The findings as one flat table: a row for each estimate of an effect, and one for a finding without any."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Store

from kb.namespaces import WW, expand
from kb.store.distributions.solutions import solutions
from kb.store.distributions.tables import Sheet
from kb.vocabulary import RDF_TYPE

STEM = "findings-flat"


@dataclass(frozen=True)
class Column:
    """A column: its name in the queries, its heading, what it means, and the datatype of its values ("" for text)."""

    name: str
    heading: str
    meaning: str
    datatype: str = ""


_NUMBER = expand("xsd:decimal")
_WHOLE = expand("xsd:integer")

COLUMNS = (
    Column("finding", "Finding", "Name of the finding; on several rows where it has several estimates"),
    Column("intervention", "Intervention", "What was tried"),
    Column("outcome", "Outcome", "What it was hoped or feared to change"),
    Column("indicator", "Indicator", "The measure of the outcome, where it is one of the list"),
    Column("indicator-note", "Measure", "The measure of the outcome, in words"),
    Column("direction", "Direction of effect", "Which way the measure moved against the comparator"),
    Column("desirability", "Desirability", "Whether that is good"),
    Column("statistic", "Statistic", "What kind of number the value is"),
    Column("value", "Value", "The size of the effect or, where an arm is named, the level in that group", _NUMBER),
    Column("unit", "Unit", "Unit of the value"),
    Column("ci-low", "Interval, low", "Lower end of its confidence interval", _NUMBER),
    Column("ci-high", "Interval, high", "Upper end of its confidence interval", _NUMBER),
    Column("p-value", "P value", "P value of the estimate", _NUMBER),
    Column("sample-size", "Sample size of the estimate", "People or units that the estimate rests on", _WHOLE),
    Column("time-point", "Time point", "When the effect was measured"),
    Column("arm", "Arm", "Empty for an effect; else the group or time whose level the value is"),
    Column("grade", "Grade", "Strength of the evidence, from 0 asserted to 5 replicated", _WHOLE),
    Column("strength", "Strength of evidence", "The grade in words"),
    Column("reason", "Reasons for the grade", "Why it is not higher"),
    Column("assessor", "Graded by", "Who gave the grade"),
    Column("evaluation", "Evaluation", "The study that found it"),
    Column("design", "Study design", "Design of the study"),
    Column("comparator", "Comparator", "What it was compared with"),
    Column("population", "Who was studied", "The people or units of the study"),
    Column("subgroup", "Subgroup", "The part of them that the finding is about; empty for all"),
    Column("study-size", "Sample size", "How many there were", _WHOLE),
    Column("follow-up", "Follow-up", "How long they were followed"),
    Column("place", "Place", "Where"),
    Column("context-year", "Year", "When, as the source has it"),
    Column("statement", "Statement", "The finding in a sentence"),
    Column("source", "Source", "Title of the source"),
    Column("citation", "Citation", "The source as it is cited"),
    Column("source-issued", "Source issued", "When the source was published"),
    Column("source-page", "Source URL", "Where the source can be read"),
    Column("locator", "Where in the source", "Page, table or section"),
    Column("source-depth", "Depth of the source", "Whether it was read itself or through another"),
    Column("claimant", "Claimed by", "Who says so, where it is not the source itself"),
    Column("status", "Record status", "Superseded where a later finding takes its place: leave it out of a count"),
    Column("address", "Address", "IRI of the finding: what to cite"),
    Column("estimate", "Address of the estimate", "IRI of the estimate; empty where the finding has none"),
    Column("intervention-address", "Address of the intervention", "IRI"),
    Column("outcome-address", "Address of the outcome", "IRI"),
    Column("place-address", "Address of the place", "IRI"),
    Column("evaluation-address", "Address of the evaluation", "IRI"),
    Column("source-address", "Address of the source", "IRI"),
    Column("stated-in", "Stated in", "IRIs of the named graphs that state the finding: datasets, with their licences"),
)
"""In the order of the table. Several values of one column stand in one cell, divided by a semicolon."""

FINDING = NamedNode(f"{WW}Finding")

Cells = dict[str, set[str]]


def sheet(store: Store) -> Sheet:
    """The table, as COLUMNS has it, sorted by the address of the finding and then of the estimate."""
    found: dict[str, Cells] = {}
    for finding, column, value in solutions(store, "findings"):
        cells = found.setdefault(finding.value, {"address": {finding.value}, "stated-in": _graphs(store, finding)})
        cells.setdefault(column.value, set()).add(value.value)
    estimates: dict[str, dict[str, Cells]] = {}
    for finding, estimate, column, value in solutions(store, "estimates"):
        cells = estimates.setdefault(finding.value, {}).setdefault(estimate.value, {"estimate": {estimate.value}})
        cells.setdefault(column.value, set()).add(value.value)
    rows = [
        ["; ".join(sorted(row.get(column.name, ()))) for column in COLUMNS]
        for finding in sorted(found)
        for row in _rows(found[finding], estimates.get(finding, {}))
    ]
    return Sheet([column.heading for column in COLUMNS], [column.datatype for column in COLUMNS], rows)


def _rows(finding: Cells, estimates: dict[str, Cells]) -> Iterator[Cells]:
    for _, estimate in sorted(estimates.items(), key=lambda item: (len(item[0]), item[0])):
        yield finding | estimate
    if not estimates:
        yield finding


def _graphs(store: Store, finding: Any) -> set[str]:
    quads = store.quads_for_pattern(finding, RDF_TYPE, FINDING)
    return {quad.graph_name.value for quad in quads if not isinstance(quad.graph_name, DefaultGraph)}
