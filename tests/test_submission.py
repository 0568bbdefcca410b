"""Files become one submission: merged, skolemised, sorted, and refused where a graph or a term does not belong."""

from pathlib import Path

import pytest

from kb.errors import BadInput
from kb.intake.submission import Submission, read_submission

GENID = "https://area.example/.well-known/genid/sites/"
GRAPH = "https://area.example/id/graph/sites"


def read(*paths: Path, graph: str | None = GRAPH) -> Submission:
    return read_submission(paths, genid=GENID, graph=graph, seconds=20, megabytes=512)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_lines_are_unique_sorted_ntriples(tmp_path: Path) -> None:
    first = written(tmp_path, "1.ttl", '<a:b> <a:p> "2", 1.50, "é\\n" . <a:a> <a:p> <a:b> .')
    second = written(tmp_path, "2.nt", "<a:a> <a:p> <a:b> .\n")
    submission = read(first, second)
    assert submission.paths == (first, second)
    assert submission.lines == [
        b"<a:a> <a:p> <a:b> .",
        b'<a:b> <a:p> "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal> .',
        b'<a:b> <a:p> "2" .',
        '<a:b> <a:p> "é\\n" .'.encode(),
    ]


def test_no_file_content_is_an_empty_submission(tmp_path: Path) -> None:
    assert read(written(tmp_path, "1.ttl", "")).lines == []


def test_the_same_label_in_two_files_is_two_nodes(tmp_path: Path) -> None:
    one = written(tmp_path, "1.ttl", "_:x <a:p> 1 .")
    other = written(tmp_path, "2.ttl", '_:x <a:q> 2 . <a:a> <a:p> "says _:x <a:b>", "_:x", "see _:x"@en .')
    lines = read(one, other).lines
    assert len({line.split()[0] for line in lines if line.startswith(f"<{GENID}".encode())}) == 2
    assert {b'<a:a> <a:p> "says _:x <a:b>" .', b'<a:a> <a:p> "_:x" .', b'<a:a> <a:p> "see _:x"@en .'} <= set(lines)


def test_the_datasets_own_graph_and_the_default_graph_are_merged(tmp_path: Path) -> None:
    path = written(tmp_path, "1.trig", f"<a:a> <a:p> <a:b> . <{GRAPH}> {{ <a:a> <a:p> <a:b>, <a:c> }}")
    assert read(path).lines == [b"<a:a> <a:p> <a:b> .", b"<a:a> <a:p> <a:c> ."]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("1.trig", "<a:g> { <a:a> <a:p> <a:b> }"),
        ("1.nq", "<a:a> <a:p> <a:b> <a:g> .\n"),
        ("1.jsonld", '{"@id": "a:g", "@graph": [{"@id": "a:a", "a:p": {"@id": "a:b"}}]}'),
    ],
)
def test_another_named_graph_is_refused_unless_all_are_merged(tmp_path: Path, name: str, text: str) -> None:
    path = written(tmp_path, name, text)
    with pytest.raises(BadInput) as refused:
        read(path)
    assert str(refused.value) == (
        f"{path}: holds the named graph <a:g>, and this dataset's is <{GRAPH}>: "
        "publish each graph as a dataset of its own"
    )
    assert read(path, graph=None).lines == [b"<a:a> <a:p> <a:b> ."]


def test_base_directions_are_refused_and_text_that_looks_like_one_is_not(tmp_path: Path) -> None:
    path = written(tmp_path, "1.ttl", '<a:a> <a:p> "--rtl", "x << y --ltr" .')
    assert len(read(path).lines) == 2
    directed = written(tmp_path, "2.ttl", '<a:a> <a:p> "x"@ar--rtl .')
    with pytest.raises(BadInput, match="2.ttl: a triple term or base direction"):
        read(directed)


def test_a_malformed_file_among_good_ones_is_named(tmp_path: Path) -> None:
    good, bad = written(tmp_path, "1.ttl", "<a:a> <a:p> 1 ."), written(tmp_path, "2.ttl", "<a:a> <a:p> .")
    with pytest.raises(BadInput, match=r"2\.ttl, line 1, column 13: "):
        read(good, bad)
