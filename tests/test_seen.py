"""What of a text is told to a terminal."""

import pytest

from kb.intake.seen import printable


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Floor\N{NO-BREAK SPACE}area,\N{THIN SPACE}m²\n\tcafé", None),
        ("wi\N{SOFT HYPHEN}de \N{ZERO WIDTH JOINER}", None),
        ("clear \x1b[2J", "clear �[2J"),
        ("\x9b2J", "�2J"),
        ("turned \N{RIGHT-TO-LEFT OVERRIDE}fdp", "turned �fdp"),
    ],
)
def test_what_a_terminal_would_obey_is_not_told(text: str, told: str | None) -> None:
    assert printable(text) == (text if told is None else told)


def test_no_more_than_is_wanted() -> None:
    assert printable("abcdef", 3) == "abc…"
