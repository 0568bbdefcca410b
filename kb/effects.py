"""Which of six effects a finding states; an edge, since the search index and pages tell it by the same rule."""

from kb.namespaces import HOME

_DIRECTION = f"{HOME}/concept/effect-direction/"
_DESIRABILITY = f"{HOME}/concept/desirability/"

KEYS = ("better", "none", "worse", "mixed", "moved", "unmeasured")
"""Welcome, null and adverse before what is not known."""


def effect_key(direction: str | None, desirability: str | None) -> str:
    """One of KEYS, from the two codes of a finding (IRIs; None where it has none): how its measure moved, and whether
    that is welcome.

    That nothing clearly moved, or that nothing was measured, is told as such whatever is said of its desirability.
    """
    way = (direction or "").removeprefix(_DIRECTION)
    welcome = (desirability or "").removeprefix(_DESIRABILITY)
    if way in ("none", "mixed", "unmeasured"):
        return way
    told = {"desirable": "better", "undesirable": "worse", "mixed": "mixed"}.get(welcome)
    if told:
        return told
    if way in ("increase", "decrease"):
        return "moved"
    return "none" if welcome == "neutral" else "unmeasured"
