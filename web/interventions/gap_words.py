"""What is not known of an intervention, in words: one sentence for each gap, and the things that it names."""

from collections.abc import Iterable
from dataclasses import dataclass

from kb.ask.interventions.gaps import Gap

NAMED = 8
"""Things of a gap that are named."""

_WORDS = {
    "never-tried": ("Nobody is recorded to have tried it, and nobody to have studied it.", ""),
    "no-finding": ("No result is recorded: nobody is known to have measured what came of it.", ""),
    "intended-not-measured": ("{count} of the {of} outcomes that it is meant to have were never measured", "outcomes"),
    "measured-of-others": (
        "{count} outcomes that were measured for other work of the same group were not measured for this",
        "outcomes",
    ),
    "no-comparison": (
        "No result compares with what would have happened without it: none has evidence of level 3 or above.",
        "",
    ),
    "not-in-the-uk": ("No study is from the United Kingdom; they are from", "places"),
    "one-study": ("All results come from one study.", ""),
    "no-size": ("How large the effect is, is told by no result.", ""),
    "contradicted": ("{count} of {of} results contradict another", "findings"),
    "no-cost": ("What it costs is not recorded.", ""),
    "savings-only-forecast": ("Every saving on record was expected beforehand; none was looked at afterwards.", ""),
    "savings-unchecked": ("No saving on record was checked by an evaluator or auditor.", ""),
    "no-payer": ("Who pays is told by no statement of money.", ""),
    "work-without-result": ("{count} of {of} pieces of work have no result on record", "work"),
    "no-adoption": ("Nobody is recorded to have taken it up from others.", ""),
}
"""Code of a gap → its sentence, and what its things are where they are named after it."""

_SINGULAR = {
    "measured-of-others": "1 outcome that was measured for other work of the same group was not measured for this",
    "contradicted": "1 of {of} results contradicts another",
    "work-without-result": "1 of {of} pieces of work has no result on record",
    "intended-not-measured": "1 of the {of} outcomes that it is meant to have was never measured",
}


@dataclass(frozen=True)
class GapWords:
    """A sentence; `things` are named after a colon, `more` others are not."""

    code: str
    words: str
    things: tuple[str, ...]
    more: int


def gap_words(found: Iterable[Gap]) -> list[GapWords]:
    """The gaps in words."""
    return [_said(each) for each in found]


def _said(gap: Gap) -> GapWords:
    words, naming = _WORDS[gap.code]
    count = len(gap.things)
    if count == 1:
        words = _SINGULAR.get(gap.code, words)
    elif gap.code in ("intended-not-measured", "work-without-result") and count == gap.of:
        words = {
            "intended-not-measured": "None of the {of} outcomes that it is meant to have was measured",
            "work-without-result": "None of the {of} pieces of work has a result on record",
        }[gap.code]
    if gap.code == "intended-not-measured" and gap.of == 1:
        words = "The one outcome that it is meant to have was never measured"
    if gap.code == "work-without-result" and gap.of == 1:
        words = "The one piece of work on record has no result"
    things = gap.things[:NAMED] if naming else ()
    return GapWords(gap.code, words.format(count=count, of=gap.of), things, count - len(things) if naming else 0)
