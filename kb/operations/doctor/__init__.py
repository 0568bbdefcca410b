"""`whatworks doctor`: looks at everything that a site needs, and says in one line each how it is and what to do."""

from collections.abc import Callable, Iterable
from pathlib import Path

from kb.config import Settings
from kb.errors import WhatWorksError
from kb.operations.doctor import knowledge, machine, settings, upkeep
from kb.operations.doctor.finding import Finding

LOOKS: tuple[Callable[[Settings], Iterable[Finding]], ...] = (
    settings.examine,
    machine.disk,
    machine.temporary,
    machine.memory,
    machine.clock,
    upkeep.layout,
    upkeep.permissions,
    knowledge.primary,
    knowledge.snapshot,
    upkeep.interrupted,
    upkeep.tokens,
)
"""In the order in which they are told; whoever adds to the data folder adds what can be wrong with it."""


def examine(with_settings: Settings) -> list[Finding]:
    """All findings; a look that fails itself is a fault that says so. It changes nothing but the lock file."""
    found: list[Finding] = []
    for look in LOOKS:
        try:
            found += look(with_settings)
        except (WhatWorksError, OSError) as error:
            place = getattr(error, "filename", None) or Path(with_settings.data)
            said = f"could not be looked at ({place}: {getattr(error, 'strerror', None) or error})"
            found.append(Finding(look.__name__, "fault", said, "Let this account read the data folder"))
    return found


def exit_code(findings: Iterable[Finding]) -> int:
    """0 without a fault, 2 where settings are at fault, else 1."""
    faulty = {each.about for each in findings if each.level == "fault"}
    return 2 if "settings" in faulty else 1 if faulty else 0
