"""The difference of two releases, line by line."""

from kb.store.difference import Difference, difference

P = b"<https://x.example/p>"


def line(subject: str, value: str) -> bytes:
    return b'<https://x.example/%b> %b "%b" .' % (subject.encode(), P, value.encode())


def test_what_is_in_one_only() -> None:
    old = [line("a", "1"), line("b", "1")]
    new = [line("b", "1"), line("c", "1")]
    assert difference(old, new) == Difference([line("a", "1")], [line("c", "1")], [])


def test_what_stays_beside_a_removed_value_comes_again() -> None:
    old = [line("a", "1.5"), line("a", "1.50"), line("b", "1.5")]
    new = [line("a", "1.5"), line("b", "1.5"), line("c", "2")]
    assert difference(old, new) == Difference([line("a", "1.50")], [line("c", "2")], [line("a", "1.5")])


def test_equal_contents() -> None:
    assert difference([line("a", "1")], [line("a", "1")]) == Difference([], [], [])
