"""Tables by class: written as docs/tables.md has it, so that what came in as tables can go back in; the code book."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store

from kb import namespaces
from kb.intake.table import read_tables
from kb.namespaces import HOME
from kb.store.distributions import codebook, findings
from kb.store.distributions.records import ADDRESS, STATED_IN, Table
from kb.store.distributions.records import table as made
from kb.store.distributions.tables import Sheet, write_sheet
from kb.store.distributions.within import kinds
from kb.store.shipped import fact_files

PREFIXES = """
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix ww: <https://w3id.org/whatworks/def#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix k: <https://kent.example/id/> .
@prefix fabio: <http://purl.org/spar/fabio/> . @prefix voice: <https://w3id.org/whatworks/concept/voice/> .
@prefix unit: <https://w3id.org/whatworks/concept/unit/> . @prefix c: <https://w3id.org/whatworks/concept/> .
"""


def stored(quads: Iterator[Quad]) -> Store:
    """The quads and their merge."""
    store = Store()
    for quad in quads:
        store.add(quad)
        store.add(Quad(quad.subject, quad.predicate, quad.object))
    return store


def tables(store: Store) -> list[Table]:
    """All that have rows."""
    return [found for kind in kinds() if (found := made(store, kind)).rows]


def from_turtle(text: str, graph: str = "https://kent.example/id/graph/x") -> list[Table]:
    """The tables of the things described in Turtle."""
    store = Store()
    for to in (NamedNode(graph), DefaultGraph()):
        store.load(input=PREFIXES + text, format=RdfFormat.TURTLE, to_graph=to)
    return tables(store)


def cells(table: Table, row: int = 0) -> dict[str, str]:
    """Heading → cell of a row."""
    return {column.heading: cell for column, cell in table.rows[row].items()}


def csv_files(dataset: str) -> list[Path]:
    return [path for path in fact_files()[dataset] if path.suffix == ".csv"]


@pytest.fixture(scope="module")
def shipped() -> Store:
    """The tables that ship, a graph for each dataset."""

    def quads() -> Iterator[Quad]:
        for dataset in fact_files():
            graph = NamedNode(namespaces.graph(HOME, dataset))
            for quad in read_tables(csv_files(dataset), HOME):
                yield Quad(quad.subject, quad.predicate, quad.object, graph)

    return stored(quads())


@pytest.fixture(scope="module")
def knowledge(shipped: Store) -> list[Table]:
    """What ships, as tables by class."""
    return tables(shipped)


@pytest.mark.parametrize("dataset", sorted(fact_files()))
def test_what_ships_can_go_back_in(knowledge: list[Table], dataset: str, tmp_path: Path) -> None:
    graph = namespaces.graph(HOME, dataset)
    for table in knowledge:
        chosen = [row for row, stated_in in zip(table.rows, table.graphs, strict=True) if stated_in == graph]
        columns = [column for column in codebook.ordered(table) if any(column in row for row in chosen)]
        rows = [[row.get(column, "") for column in columns] for row in chosen]
        if chosen:
            write_sheet(tmp_path / table.kind, Sheet([c.heading for c in columns], ["" for _ in columns], rows))
    again = stored(read_tables(sorted(tmp_path.glob("*.csv")), HOME))
    expected = stored(read_tables(csv_files(dataset), HOME))
    assert set(map(str, again)) == set(map(str, expected))


def test_each_thing_stands_in_a_table(knowledge: list[Table], shipped: Store) -> None:
    listed = Counter(address for table in knowledge for address in table.addresses)
    inner = "/id/assessment/", "/id/effect-estimate/", "/id/address/", "/id/measurement/", "/id/has-default-geometry/"
    subjects = {quad.subject.value for quad in shipped if isinstance(quad.subject, NamedNode)}
    assert {iri for iri in subjects - listed.keys() if not any(part in iri for part in inner)} == set()


def test_cells_are_written_as_they_are_read() -> None:
    [table] = from_turtle("""
        k:finding\\/a a ww:Finding ; dcterms:identifier "a" ; ww:harm true ; ww:voice voice:researcher ;
            ww:ofIntervention <https://w3id.org/whatworks/id/intervention/x> ,
                <https://kent.example/id/intervention/y;z> ;
            skos:altLabel "one"@en , "two"@en-GB , "un"@cy ; ww:unheardOf 1.5 .
    """)
    assert cells(table) == {
        "Identifier": "a",
        "Unintended harm": "yes",
        "Voice": "researcher",
        "Intervention studied": "https://kent.example/id/intervention/y%3Bz; intervention/x",
        "Other name": "one",
        "Other name 2": "two",
        "Other name (cy)": "un",
        "ww:unheardOf": "1.5",
    }
    assert table.graphs == ["https://kent.example/id/graph/x"]
    assert table.addresses == ["https://kent.example/id/finding/a"]


def test_things_within_a_thing_stand_in_its_row() -> None:
    [table] = from_turtle("""
        k:finding\\/a a ww:Finding ; ww:effectEstimate <https://kent.example/id/effect-estimate/finding-a-2> ,
            <https://kent.example/.well-known/genid/x/1> .
        <https://kent.example/id/effect-estimate/finding-a-2> a ww:EffectEstimate ; ww:value 2 ; ww:unit unit:percent .
        <https://kent.example/.well-known/genid/x/1> a ww:EffectEstimate ; ww:value 1 .
    """)
    assert cells(table) == {
        "Identifier": "a",
        "Size of effect: Value": "1",
        "Size of effect 2: Value": "2",
        "Size of effect 2: Unit": "unit/percent",
    }


def test_a_further_class_makes_no_further_table() -> None:
    [table] = from_turtle("k:source\\/a a ww:Source , fabio:Report , <http://x.example/Odd> .")
    assert table.kind == "source"
    assert cells(table)["Type"] == "Report; <http://x.example/Odd>"


def test_parquet_has_numbers_and_falls_back_to_text(tmp_path: Path) -> None:
    decimal, boolean = namespaces.expand("xsd:decimal"), namespaces.expand("xsd:boolean")
    rows = [["a\n;", "1.50", "x", "yes"], ["", "", "1", ""]]
    sheet = Sheet(["Name", "Value", "Odd", "Harm"], ["", decimal, decimal, boolean], rows)
    write_sheet(tmp_path / "t", sheet)
    table = parquet.read_table(tmp_path / "t.parquet")
    assert table.schema.types == [pyarrow.string(), pyarrow.float64(), pyarrow.string(), pyarrow.bool_()]
    assert table.to_pydict() == {"Name": ["a\n;", None], "Value": [1.5, None], "Odd": ["x", "1"], "Harm": [True, None]}
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [list(sheet.headings), *sheet.rows]


def book(knowledge: list[Table], kind: str) -> dict[str, dict[str, str]]:
    """Column → its row of the code book."""
    table = next(table for table in knowledge if table.kind == kind)
    rows = codebook.rows(table, codebook.ordered(table))
    return {row[1]: dict(zip(codebook.HEADINGS, row, strict=True)) for row in rows}


def test_the_code_book_says_what_the_shapes_say(knowledge: list[Table]) -> None:
    said = book(knowledge, "finding")
    direction = said["Direction of effect"]
    assert direction["Required"] == "Must"
    assert direction["Code list"] == "effect-direction"
    assert direction["Protocol"] == "dp-04"
    assert direction["Several values"] == "no"
    assert direction["Rows"] == direction["Rows filled"] != "0"
    assert said["Size of effect: Value"]["Holds"] == "number"
    assert said["Size of effect 2: Value"]["Meaning"] == said["Size of effect: Value"]["Meaning"] != ""
    assert said["Unintended harm"]["Holds"] == "yes or no"
    assert said["From evaluation"]["Holds"] == "link to: Evaluation"
    assert "last part of its address" in said["Identifier"]["Meaning"]
    assert [*said][0] == "Identifier"
    assert [*said][-2:] == [ADDRESS, STATED_IN]


def test_every_column_has_a_meaning(knowledge: list[Table]) -> None:
    for table in knowledge:
        for row in codebook.rows(table, codebook.ordered(table)):
            assert row[2], row
            assert row[4], row


FINDING = """
    k:finding\\/a a ww:Finding ; skos:prefLabel "A"@en ;
        ww:context k:place\\/1 , k:place\\/2 ; ww:assessment k:assessment\\/1 , k:assessment\\/2 ;
        ww:effectEstimate k:effect-estimate\\/1 , k:effect-estimate\\/2 ; prov:hadPrimarySource k:source\\/1 .
    k:finding\\/b a ww:Finding ; skos:prefLabel "B"@en .
    k:place\\/1 skos:prefLabel "Kent"@en , "Caint"@cy . k:place\\/2 dcterms:title "Medway" .
    k:assessment\\/1 ww:grade c:evidence-strength\\/compared .
    k:assessment\\/2 ww:grade c:authors-verdict\\/fewer-crimes .
    c:evidence-strength\\/compared skos:inScheme c:evidence-strength ; skos:notation "3" ;
        skos:prefLabel "Compared"@en .
    c:authors-verdict\\/fewer-crimes skos:inScheme c:authors-verdict ; skos:notation "9" ; skos:prefLabel "Fewer"@en .
    k:effect-estimate\\/1 ww:value 1.5 ; ww:ciLower -1 ; ww:unit unit:percent .
    unit:percent skos:prefLabel "Percent"@en .
    k:effect-estimate\\/2 ww:value 2 .
    k:source\\/1 dcterms:title "Report"@en ; <http://xmlns.com/foaf/0.1/page> <https://x.example/report> .
"""


def test_findings_flat() -> None:
    store = Store()
    for to in (NamedNode("https://kent.example/id/graph/x"), DefaultGraph()):
        store.load(input=PREFIXES + FINDING, format=RdfFormat.TURTLE, to_graph=to)
    sheet = findings.sheet(store)
    rows = [dict(zip(sheet.headings, row, strict=True)) for row in sheet.rows]
    assert [(row["Finding"], row["Value"]) for row in rows] == [("A", "1.5"), ("A", "2"), ("B", "")]
    first = rows[0]
    assert first["Place"] == "Kent; Medway"
    assert (first["Grade"], first["Strength of evidence"]) == ("3", "Compared"), "grades of other scales are not these"
    assert (first["Interval, low"], first["Unit"]) == ("-1", "Percent")
    assert (first["Source"], first["Source URL"]) == ("Report", "https://x.example/report")
    assert first["Address"] == "https://kent.example/id/finding/a"
    assert first["Stated in"] == "https://kent.example/id/graph/x"
    assert rows[2]["Grade"] == ""


def test_every_column_of_the_findings_is_asked_for() -> None:
    folder = Path(findings.__file__).parent
    queries = (folder / "findings.rq").read_text("utf-8") + (folder / "estimates.rq").read_text("utf-8")
    made = {"address", "estimate", "stated-in"}
    assert {column.name for column in findings.COLUMNS if f'"{column.name}"' not in queries} == made
