"""How sure we are of many statements at once: their grades on the scale of evidence, 0 asserted to 5 replicated."""

from collections.abc import Iterable

from kb.ask.summaries import nodes, rows
from kb.store.readable import Store


def grades_of(store: Store, iris: Iterable[str]) -> dict[str, list[str]]:
    """Statement → its grades in words (`2 Associated`), the lowest first; what has none is left out."""
    wanted = sorted(iris)
    found: dict[str, list[str]] = {}
    for thing, grade, strength in rows(store, "grades", thing=nodes(wanted)) if wanted else ():
        found.setdefault(thing.value, []).append(f"{grade.value} {strength.value}")
    return found
