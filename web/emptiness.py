"""Why an answer is empty, for its page and its headers; found where strangers' queries run, in a time of its own."""

import json
from collections.abc import Sequence

from kb.ask.evaluation import REASONS
from kb.ask.query import Query
from kb.errors import WhatWorksError
from web.asking import ascii_only, ask, timeout

SECONDS = 5.0
"""What an explanation may take; a lower limit of the request goes for it too."""

HEADER = "X-Empty-Because"

_LONGEST = 300
"""Characters of a reason in a header."""


def why_empty(query: Query) -> list[str] | None:
    """The reasons, each a sentence or two; None where they were not found in time, which is no error."""
    try:
        with ask(query, REASONS, seconds=min(SECONDS, timeout() or SECONDS)) as answer:
            reasons: list[str] = json.loads(answer.body)
            return reasons
    except WhatWorksError:
        return None


def in_a_header(reasons: Sequence[str]) -> str:
    """The first reason, as a header carries it."""
    return ascii_only(reasons[0], _LONGEST)
