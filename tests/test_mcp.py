"""The tools for language models, through the SDK's own client and a real server, on the knowledge that ships."""

import asyncio
import csv
import io
from pathlib import Path
from typing import Any

import pytest
from absent import absent
from conftest import served
from flask import Flask
from mcp import Client
from mcp.types import Tool
from tool_calls import FINDINGS, as_csv, called, fetched, refused, told

from kb import config
from kb.ask.grammar import read as written
from kb.ask.questions import question, questions
from kb.namespaces import HOME, WW, expand
from kb.protocols.catalogue import protocols
from kb.protocols.fields import fields
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish
from kb.store.state import State
from kb.vocabulary import terms
from web.mcp.answers import COUNTED
from web.site import create_app


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_tools_say_what_they_take_and_give_and_that_they_only_read(shipped_address: str, mode: str) -> None:
    async def listed() -> list[Tool]:
        async with Client(f"{shipped_address}/mcp", mode=mode) as client:
            assert "grade" in (client.instructions or "")
            return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in asyncio.run(listed())}
    assert set(tools) == {"list_questions", "ask_question", "describe_class", "run_query"}
    for tool in tools.values():
        assert tool.description
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert tool.output_schema is not None
        assert all("description" in each for each in tool.input_schema["properties"].values()), tool.name
    result = called(shipped_address, "run_query", mode, query="ASK { ?s ?p ?o }")
    assert result.structured_content is not None
    assert result.structured_content["boolean"] is True


def test_every_question_is_listed_with_what_can_be_chosen(shipped_address: str) -> None:
    found = told(shipped_address, "list_questions")
    assert {each["id"] for each in found["questions"]} == {each.id for each in questions()}
    assert found["total"] == len(questions())
    by_id = {each["id"]: each for each in found["questions"]}
    [choice] = by_id["claimed-savings"]["choices"]
    assert choice["default"] == ["workstream/single-asset-management-strategy"]
    waiting = ["lacks" in each for each in found["questions"]]
    assert waiting == sorted(waiting)
    some = told(shipped_address, "list_questions", words="Lessons stage")
    assert told(shipped_address, "list_questions", words="le\u017f\u017fons STAGE") == some
    assert {each["id"] for each in some["questions"]} > {"lessons-by-stage"}
    assert len(some["questions"]) < 20


def test_an_answer_has_iris_names_grades_and_the_snapshot_that_can_be_cited(shipped_address: str) -> None:
    found = told(shipped_address, "ask_question", question="findings-by-outcome")
    assert found["question"].startswith("What has been found for an intervention")
    row = found["rows"][0]
    assert row["f"]["value"].startswith(f"{HOME}/id/finding/")
    assert row["f"]["label"] == row["finding"]["value"]
    assert [grade[0] for grade in row["f"]["grades"]] == [row["grade"]["value"]]
    with fetched(as_csv(found["address"])) as answer:
        assert answer.headers["X-Snapshot"] == found["snapshot"]
        rows = list(csv.DictReader(io.StringIO(answer.read().decode())))
    assert len(rows) == found["total"]
    assert rows[0]["f"] == row["f"]["value"]


def test_what_is_chosen_is_bound(shipped_address: str) -> None:
    one = told(shipped_address, "ask_question", question="lessons-by-stage", choices={"theme": "theme/assets"})
    both = ["theme/assets", "theme/offenders"]
    two = told(shipped_address, "ask_question", question="lessons-by-stage", choices={"theme": both})
    assert 0 < one["total"] < two["total"]
    with fetched(as_csv(two["address"])) as answer:
        assert len(list(csv.reader(io.StringIO(answer.read().decode())))) == two["total"] + 1


def test_a_part_of_an_answer_says_so_and_the_parts_make_the_whole(shipped_address: str) -> None:
    whole = told(shipped_address, "run_query", query=FINDINGS, limit=500)
    assert whole["part"] == f"all {whole['total']} rows"
    assert whole["total"] == len(whole["rows"]) > 200
    rows: list[Any] = []
    while len(rows) < whole["total"]:
        part = told(shipped_address, "run_query", query=FINDINGS, limit=90, offset=len(rows))
        rows += part["rows"]
        assert part["total"] == whole["total"]
        assert part["shown"] == len(part["rows"])
        assert (f"offset={len(rows)}" in part["part"]) == (len(rows) < whole["total"])
    assert rows == whole["rows"]
    beyond = told(shipped_address, "run_query", query=FINDINGS, offset=10_000)
    assert beyond["rows"] == []
    assert str(whole["total"]) in beyond["part"]


def test_an_answer_can_be_had_again_as_at_its_snapshot_and_says_how_it_is_cited(tmp_path: Path) -> None:
    settings = config.load({}, data=tmp_path / "data")
    folder = DataFolder(settings.data)
    State(folder).add_publisher("kent", "https://kent.example")
    request = PublicationRequest("kent", "places", (Path(__file__).parent / "web" / "places.ttl",), background=True)
    publish(folder, [request], settings)
    names = "SELECT ?name WHERE { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?name } ORDER BY ?name"
    with served(create_app(settings)) as address:
        before = told(address, "run_query", query=names)
        (tmp_path / "more.ttl").write_text(
            '<https://kent.example/id/place/dover> <http://www.w3.org/2004/02/skos/core#prefLabel> "Dover"@en .'
        )
        more = PublicationRequest("kent", "more", (tmp_path / "more.ttl",), background=True)
        publish(folder, [more], settings)
        now = told(address, "run_query", query=names)
        again = told(address, "run_query", query=names, snapshot=before["snapshot"])
        assert now["total"] == before["total"] + 1
        assert again == before
        assert before["snapshot"] in before["citation"]
        assert before["address"] in before["citation"]
        with fetched(as_csv(before["address"])) as answer:
            assert answer.headers["X-Snapshot"] == before["snapshot"]
            assert len(list(csv.reader(io.StringIO(answer.read().decode())))) == before["total"] + 1
        assert "no such snapshot" in refused(address, "run_query", query=names, snapshot="000009-00000000")


def test_an_answer_without_rows_says_why(shipped_address: str) -> None:
    waits = question("adoptions").waits
    assert told(shipped_address, "ask_question", question="adoptions")["because"] == [waits]
    [content] = called(shipped_address, "ask_question", question="adoptions").content
    assert waits in content.text.splitlines()  # type: ignore[union-attr]
    assert "because" not in told(shipped_address, "run_query", query=FINDINGS)
    if written("ASK {}") is None:
        absent("tree-sitter-sparql")
    [reason] = told(shipped_address, "run_query", query=FINDINGS.replace("Finding>", "Findings>"))["because"]
    assert "Nearest: " in reason


def test_a_query_with_a_misspelt_term_has_a_warning(shipped_address: str) -> None:
    ask = f"ASK {{ ?f a <{WW}Findings> }}"
    [warning] = told(shipped_address, "run_query", query=ask)["warnings"]
    assert warning == "Line 1, column 12: ww:Findings is not in the vocabulary. Nearest: ww:Finding."
    [content] = called(shipped_address, "run_query", query=ask).content
    assert f"Warning: {warning}" in content.text.splitlines()  # type: ignore[union-attr]
    assert "warnings" not in told(shipped_address, "run_query", query=FINDINGS)


def test_the_text_has_the_same_rows(shipped_address: str) -> None:
    result = called(shipped_address, "run_query", query=FINDINGS, limit=3)
    assert result.structured_content is not None
    text = result.content[0].text  # type: ignore[union-attr]
    assert "incomplete" in text
    assert result.structured_content["snapshot"] in text
    for row in result.structured_content["rows"]:
        cell = row["finding"]
        assert f"{cell['label']} <{cell['value']}> [grade {', '.join(cell['grades'])}]" in text


def test_every_kind_of_term_is_a_cell_as_in_the_results_of_a_select(shipped_address: str) -> None:
    triple = '<<( <x:s> <x:p> "cy"@cy )>>'
    made = f'CONSTRUCT {{ _:b <x:q> {triple} , "plain" , 7 }} {{}}'
    graph = called(shipped_address, "run_query", query=made)
    assert graph.structured_content is not None
    rows = graph.structured_content["rows"]
    assert {row["subject"]["type"] for row in rows} == {"bnode"}
    assert not any(row["subject"]["value"].startswith("_:") for row in rows)
    chosen = f'SELECT ?object {{ VALUES ?object {{ {triple} "plain" 7 }} }}'
    select = called(shipped_address, "run_query", query=chosen)
    assert select.structured_content is not None
    wanted = [row["object"] for row in select.structured_content["rows"]]
    assert sorted((row["object"] for row in rows), key=str) == sorted(wanted, key=str)
    for result in (graph, select):
        assert "<< <x:s> <x:p> cy >>" in result.content[0].text  # type: ignore[union-attr]


def test_a_graph_comes_triple_by_triple(shipped_address: str) -> None:
    found = told(shipped_address, "run_query", query=f"DESCRIBE <{HOME}/id/pilot/kent>", limit=500)
    assert found["columns"] == ["subject", "predicate", "object"]
    assert found["shown"] == found["total"] > 20
    named = [row["object"] for row in found["rows"] if row["predicate"]["value"] == expand("skos:prefLabel")]
    assert {"type": "literal", "value": "Kent Total Place pilot", "xml:lang": "en"} in named


def test_nothing_found_is_not_told_as_nothing_there(shipped_address: str) -> None:
    found = told(shipped_address, "run_query", query="SELECT ?s WHERE { ?s a <urn:none> }")
    assert found["total"] == 0
    assert "does not mean" in found["part"]


def test_a_class_is_described_field_by_field(shipped_address: str) -> None:
    found = told(shipped_address, "describe_class", name="Finding")
    assert found["iri"] == f"{WW}Finding"
    [record] = found["records"]
    assert [each["name"] for each in record["properties"]] == [
        each.name for each in next(r for r in fields("dp-04") if r.name == "Finding").fields
    ]
    by_path = {each["path"]: each for each in record["properties"]}
    [codes] = by_path["ww:desirability"]["code_lists"]
    assert {"iri": f"{HOME}/concept/desirability/undesirable", "label": "Undesirable"} in codes["codes"]
    assert codes["total"] == len(codes["codes"])
    assert by_path["ww:effectEstimate"]["properties"]
    assert found["prefixes"]["ww"] == WW
    query = " ".join(f"PREFIX {name}: <{iri}>" for name, iri in found["prefixes"].items())
    query += " SELECT (COUNT(*) AS ?n) WHERE { ?s a ww:Finding ; ww:desirability ?how }"
    assert int(told(shipped_address, "run_query", query=query)["rows"][0]["n"]["value"]) == found["things"]


def test_every_class_that_a_protocol_describes_can_be_asked_for_by_name_label_and_iri(shipped_site: Flask) -> None:
    from web.mcp.class_description import describe, text

    with shipped_site.test_request_context():
        for protocol in protocols():
            for iri in protocol.target_classes:
                name = next(term.name for term in terms() if term.iri == iri)
                found = describe(name, "")
                assert protocol.id in {record["protocol"] for record in found["records"]}
                assert describe(iri, "")["iri"] == describe(found["label"].upper(), "")["iri"] == iri
                assert all(each["path"] in text(found) for r in found["records"] for each in r["properties"])
        units = next(each for each in describe("EffectEstimate", "")["other_properties"] if each["path"] == "ww:unit")
        assert {each["iri"] for each in units["code_lists"]} == {f"{HOME}/concept/unit", f"{HOME}/concept/currency"}


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("run_query", {"query": "SELEC ?s"}, "line 1, column 1"),
        ("run_query", {"query": "SELECT ?s WHERE { ?s ww:grade ?o }"}, "no PREFIX declares ww:"),
        ("run_query", {"query": "INSERT DATA { <urn:a> <urn:b> 1 }"}, "update"),
        ("run_query", {"query": "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"}, "SERVICE"),
        ("run_query", {"query": FINDINGS, "limit": 501}, "1 to 500"),
        ("run_query", {"query": FINDINGS, "offset": -1}, "from offset 0"),
        ("ask_question", {"question": "claimed-saving"}, "near it: claimed-savings"),
        ("ask_question", {"question": "claimed-savings", "choices": {"place": "kent"}}, "no parameter place"),
        ("ask_question", {"question": "lessons-by-stage", "choices": {"theme": "theme/nope"}}, "theme"),
        ("describe_class", {"name": "Findings of fact"}, "no such class"),
        ("list_questions", {"words": "zeppelin"}, "the subjects are"),
    ],
)
def test_what_is_refused_is_an_error_of_the_tool_in_one_line(
    shipped_address: str, tool: str, arguments: dict[str, Any], words: str
) -> None:
    message = refused(shipped_address, tool, **arguments)
    assert words in message
    assert "\n" not in message
    assert "Traceback" not in message


def test_a_query_that_takes_too_long_is_ended_and_the_next_one_is_answered(shipped_site: Flask) -> None:
    settings = config.load({}, data=shipped_site.config["SETTINGS"].data, query_seconds=1)
    with served(create_app(settings)) as address:
        product = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        assert "stopped after 1 s" in refused(address, "run_query", query=product)
        assert told(address, "run_query", query=FINDINGS)["total"] > 200


def test_more_rows_than_are_counted_and_more_text_than_is_told(shipped_address: str) -> None:
    pairs = "SELECT ?a ?b WHERE { ?a a ?c . ?b a ?d }"
    found = told(shipped_address, "run_query", query=pairs, limit=2, offset=1)
    assert (found["shown"], found["total"], found["total_is_exact"]) == (2, COUNTED, False)
    assert "rows 2 to 3 of more than 100,000; incomplete" in found["part"]
    texts = ", ".join(["?text"] * 20)
    some = "{ SELECT ?any WHERE { ?any a ?kind } LIMIT 10 }"
    long = f"SELECT (CONCAT({texts}) AS ?long) WHERE {{ ?question <{expand('sh:select')}> ?text {some} }}"
    assert "fewer rows or columns" in refused(shipped_address, "run_query", query=long, limit=500)
