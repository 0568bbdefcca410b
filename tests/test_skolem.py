"""Names of blank nodes: the same whatever the labels and the order, different where the nodes differ, and bounded."""

import itertools
import random
import subprocess
from pathlib import Path

import pytest

from kb.errors import BadInput
from kb.intake import canonical
from kb.intake.skolem import has_blank_node, skolemise

GENID = "https://area.example/.well-known/genid/sites/"


def named(*lines: str, seconds: int = 20, megabytes: int = 512) -> list[str]:
    given = [line.encode() for line in lines]
    return sorted(line.decode() for line in skolemise(given, genid=GENID, seconds=seconds, megabytes=megabytes))


def clique(size: int) -> list[str]:
    """Every node linked to every other: all look alike, and all orders must be tried."""
    return [f"_:n{one} <a:p> _:n{other} ." for one, other in itertools.permutations(range(size), 2)]


def test_names_do_not_depend_on_labels_or_order() -> None:
    lines = ["<a:a> <a:p> _:x .", "_:x <a:q> _:y .", '_:y <a:q> "1" .', "<a:a> <a:p> _:z .", "_:z <a:q> _:x ."]
    expected = named(*lines)
    for seed in range(5):
        shuffler = random.Random(seed)
        labels = shuffler.sample(["k", "l", "m", "f0x"], 3)
        renamed = [
            line.replace("_:x", f"_:{labels[0]}").replace("_:y", f"_:{labels[1]}").replace("_:z", f"_:{labels[2]}")
            for line in lines
        ]
        shuffler.shuffle(renamed)
        assert named(*renamed) == expected
    assert not any("_:" in line for line in expected)


def test_a_node_keeps_its_name_when_another_is_added() -> None:
    before = named("<a:a> <a:p> _:x .", '_:x <a:q> "1" .', "<a:b> <a:p> _:y .", "_:y <a:q> _:z .", '_:z <a:q> "1" .')
    after = named(
        "<a:a> <a:p> _:x .", '_:x <a:q> "1" .', "<a:b> <a:p> _:y .", "_:y <a:q> _:z .", '_:z <a:q> "1" .',
        "<a:a> <a:p> _:k .", '_:k <a:q> "2" .',
    )  # fmt: skip
    assert set(before) < set(after)
    assert len(after) == len(before) + 2


def test_nodes_that_say_the_same_stay_as_many_as_they_were() -> None:
    found = named("<a:a> <a:p> _:x .", '_:x <a:q> "1" .', "<a:a> <a:p> _:y .", '_:y <a:q> "1" .')
    assert len(set(found)) == 4
    one = named("<a:a> <a:p> _:x .", '_:x <a:q> "1" .')
    assert set(one) < set(found)


def test_nodes_that_look_alike_in_one_component_get_different_names() -> None:
    found = named(*clique(4))
    assert len({line.split()[0] for line in found}) == 4
    assert found == named(*reversed(clique(4)))


def test_only_terms_are_replaced() -> None:
    assert named('_:x <a:p> "see _:x" .', '<a:a> <a:p> "see _:x"@en .', '<a:a> <a:p> "_:x ." .')[:2] == [
        '<a:a> <a:p> "_:x ." .',
        '<a:a> <a:p> "see _:x"@en .',
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("_:x <a:p> <a:b> .", True),
        ("<a:a> <a:p> _:x .", True),
        ("<a:a> <a:p> <a:b> .", False),
        ('<a:a> <a:p> "_:x" .', False),
        ('<a:a> <a:p> "see _:x"@en .', False),
        ('<a:a> <a:p> "see _:x"^^<a:d> .', False),
    ],
)
def test_blank_nodes_are_told_from_text(line: str, expected: bool) -> None:
    assert has_blank_node(line.encode()) is expected


def test_no_blank_node_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("a process was started"))
    assert named("<a:a> <a:p> <a:b> .") == ["<a:a> <a:p> <a:b> ."]


def test_nodes_of_their_own_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "Dataset", lambda *_: pytest.fail("a node by itself was canonicalised"))
    lines = [f'_:n{number} <a:p> "{number}" .'.encode() for number in range(100)]
    assert len(set(canonical.name_blank_nodes(lines, GENID))) == 100


def test_a_clique_meets_the_deadline() -> None:
    with pytest.raises(BadInput, match=r"takes longer than 1 s .*give these nodes IRIs of their own"):
        named(*clique(10), seconds=1)


def test_too_little_memory_is_said() -> None:
    lines = [f"_:n{number} <a:p> _:n{number + 1} ." for number in range(60_000)]
    with pytest.raises(BadInput, match="takes more than 70 MB of memory: give these nodes IRIs of their own"):
        named(*lines, megabytes=70)


def test_another_failure_of_the_program_is_not_blamed_on_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "__file__", str(Path(canonical.__file__).with_name("missing.py")))
    with pytest.raises(RuntimeError, match="missing.py"):
        named("_:x <a:p> <a:b> .")
