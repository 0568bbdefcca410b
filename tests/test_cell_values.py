"""What is made of what cells say: tests/mapping/values/{kind}.csv, a row for each text.

    field     protocol and column id
    others    what else the column says, divided by | (for dates)
    decided   what a person decided of the text or, for dates, of the column
    written   what the cell says
    becomes   N-Triples objects, divided by a space
    remark    what is said of it, after its kind
    choices   what may be meant, divided by |

To write the last three columns again after a change, and then read the difference:
    python -m tests.test_cell_values
"""

import csv
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from kb import config
from kb.mapping.mapping import Mapping
from kb.mapping.values import labels
from kb.mapping.values.codes import read_codes
from kb.mapping.values.names import Known, Names
from kb.mapping.values.reader import reader
from kb.mapping.values.said import Said
from kb.namespaces import HOME, expand, thing
from kb.protocols.columns import Column, record_columns
from kb.protocols.templates.writing import codes

CASES = Path(__file__).parent / "mapping" / "values"
DATE_WORDS = {"day-first", "month-first", "month", "financial-year"}
BASE = "https://data.area.example"
NAMES = Names(
    Known(thing(BASE, kind, slug), (expand(class_),), labels)
    for kind, class_, slug, labels in (
        ("organisation", "org:Organization", "kent-county-council", ("Kent County Council", "KCC")),
        ("organisation", "org:Organization", "medway-council", ("Medway Council", "Medway")),
        ("organisation", "org:Organization", "dartford", ("Dartford Borough Council", "Dartford Council")),
        ("place", "ww:Place", "ashford", ("Ashford",)),
        ("place", "ww:Place", "kent", ("Kent",)),
        ("place", "ww:Place", "swale", ("Swale",)),
        ("place", "ww:Place", "thanet", ("Thanet",)),
        ("place", "ww:Place", "medway", ("Medway",)),
        ("place", "ww:Place", "medway-towns", ("Medway Towns", "Medway")),
    )
)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(field: str) -> Column:
    protocol, _, id = field.partition("/")
    return next(each for about in record_columns(protocol) for each in about.columns if each.id == id)


def said(row: dict[str, str]) -> Said:
    about = column(row["field"])
    words, decided = row["written"].strip(), row["decided"]
    dates = {about.id: decided} if decided in DATE_WORDS else {}
    values = {about.id: {words: decided}} if decided and not dates else {}
    mapping = Mapping("", "", "", values=values, dates=dates)
    return reader(about, mapping, NAMES, [words, *filter(None, row["others"].split("|"))])(words)


def told(row: dict[str, str]) -> dict[str, str]:
    made = said(row)
    remark = made.remark
    return row | {
        "becomes": " ".join(made.terms),
        "remark": f"{remark.kind}: {remark.sentence}" if remark else "",
        "choices": "|".join(remark.choices) if remark else "",
    }


def cases() -> list[dict[str, str]]:
    return [row for path in sorted(CASES.glob("*.csv")) for row in rows(path)]


def name_of(row: dict[str, str]) -> str:
    return f"{row['field'].partition('-')[2]}:{row['written']}"


@pytest.mark.parametrize("row", cases(), ids=name_of)
def test_a_cell_becomes_this(row: dict[str, str]) -> None:
    assert told(row) == row


def test_nothing_is_lost_without_a_word() -> None:
    for row in cases():
        kind = row["remark"].partition(":")[0]
        assert not row["becomes"] or kind in ("", "note"), row
        assert row["becomes"] or row["remark"] or not row["written"], row


@pytest.mark.parametrize("scheme", sorted(path.stem for path in config.shipped("ontology").glob("concept-*.ttl")))
def test_every_code_is_read_as_templates_write_it(scheme: str) -> None:
    iri = f"{HOME}/concept/{scheme.removeprefix('concept-')}"
    every = codes(iri)
    assert every or scheme == "concept-lgsl"  # its codes are published by others
    assert {each.label: read_codes(each.label, [iri], False) for each in every} == {
        each.label: Said((str(NamedNode(each.iri)),)) for each in every
    }


def test_an_empty_cell_says_nothing() -> None:
    for protocol in ("dp-01", "dp-02", "dp-05", "dp-13"):
        for about in record_columns(protocol):
            for each in about.columns:
                assert reader(each, Mapping("", "", ""), NAMES)("") == Said()


if __name__ == "__main__":
    for file in sorted(CASES.glob("*.csv")):
        written = [told(row) for row in rows(file)]
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(written[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(written)


def test_long_words_are_compared_but_not_remembered() -> None:
    """What strangers send would otherwise stay for as long as the process does."""
    before = labels._kept.cache_info().currsize
    assert labels.plain("Long-Text, " * 100) == " ".join(["long text"] * 100)
    assert labels._kept.cache_info().currsize == before
