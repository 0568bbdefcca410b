"""What a finding says of an effect, as readers are told it: a word and a mark, apart from how sure we are.

A finding says how its measure moved (`ww:effectDirection`), and whether that is welcome (`ww:desirability`). Neither
alone tells somebody in a hurry whether things got better; together they do, and only that is told here, never a size.
"""

from dataclasses import dataclass

from kb.ask.summaries import Summary
from kb.effects import effect_key


@dataclass(frozen=True)
class Effect:
    """One of the outcomes that are told apart: by its words, by the shape of its mark, and only then by colour.

    `symbol` stands where only text can (CSV, a title); `path` is the mark as an SVG path in a box of 16 by 16.
    """

    key: str
    words: str
    meaning: str
    symbol: str
    path: str


EFFECTS: dict[str, Effect] = {
    effect.key: effect
    for effect in (
        Effect("better", "Better", "the measure moved as was wished", "▲", "M8 2 15 14H1z"),
        Effect("none", "No clear difference", "measured, and no difference was seen", "=", "M1 4h14v3H1zM1 9h14v3H1z"),
        Effect("worse", "Worse", "the measure moved as nobody wished", "▼", "M1 2h14L8 14z"),
        Effect("mixed", "Mixed", "better for some people, places or times, worse for others", "◆", "M8 0l8 8-8 8-8-8z"),
        Effect("moved", "Changed", "the measure moved; whether for the better is not stated", "↕",
               "M8 0l5 5H9.5v6H13l-5 5-5-5h3.5V5H3z"),
        Effect("unmeasured", "Not measured", "named as an outcome, and no figure given", "–", "M3 7h10v2H3z"),
    )
}  # fmt: skip
"""Key → effect, in the order in which they are listed: welcome, null and adverse before what is not known."""


def effect_of(direction: str | None, desirability: str | None) -> Effect:
    """The effect that a finding states, from its two codes (IRIs; None where it has none), by `kb.effects`."""
    return EFFECTS[effect_key(direction, desirability)]


def effect_told(finding: Summary) -> Effect:
    """The effect of a finding, from what was read of it (kb.ask.lists.cells)."""
    return effect_of(finding.first("ww:effectDirection"), finding.first("ww:desirability"))
