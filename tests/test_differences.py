"""Differences in words: each folder of tests/differences has before, after, perhaps elsewhere, and what is said."""

from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from kb import config, namespaces
from kb.ask.difference_text import json, text
from kb.ask.difference_words import DifferenceInWords, difference_in_words
from kb.intake.submission import read_submission

FOLDER = Path(__file__).parent / "differences"
AREA, OTHER = "https://area.example", "https://other.example"
SETTINGS = config.load({})


def lines_of(path: Path, base: str) -> list[bytes]:
    return read_submission(
        [path],
        genid=namespaces.genid_prefix(base, "d"),
        graph=None,
        seconds=SETTINGS.canonicalise_seconds,
        megabytes=SETTINGS.canonicalise_mb,
        base=base,
    ).lines


def put(store: Store, lines: list[bytes], graph: str) -> None:
    triples = parse(b"\n".join(lines), RdfFormat.N_TRIPLES)
    for triple in triples:
        for name in (NamedNode(graph), DefaultGraph()):
            store.add(Quad(triple.subject, triple.predicate, triple.object, name))


def found(case: Path) -> DifferenceInWords:
    graph = namespaces.graph(AREA, "d")
    before, after = lines_of(case / "before.ttl", AREA), lines_of(case / "after.ttl", AREA)
    store = Store()
    put(store, before, graph)
    if (case / "elsewhere.ttl").exists():
        put(store, lines_of(case / "elsewhere.ttl", OTHER), namespaces.graph(OTHER, "d"))
    return difference_in_words(before, after, graph=graph, store=store, bases=(AREA, OTHER))


@pytest.mark.parametrize("case", sorted(path for path in FOLDER.iterdir() if path.is_dir()), ids=lambda path: path.name)
def test_what_is_said_of_a_difference(case: Path) -> None:
    assert text(found(case)) + "\n" == (case / "expected.txt").read_text(encoding="utf-8")


def test_a_program_gets_names_and_addresses() -> None:
    told = json(found(FOLDER / "parts"))
    [record] = told["records"]
    assert (record["iri"], record["name"], record["how"]) == (f"{AREA}/id/asset/1", "Town hall", "changed")
    assert [each["name"] for each in record["fields"]] == ["Address: Postcode", "Occupation: Occupier"]
    assert record["fields"][0]["removed"] == [{"value": "CT14 6EZ"}]
    assert record["fields"][1]["added"] == [{"value": f"{AREA}/id/organisation/fire", "name": "Fire and rescue"}]
