"""The ways through the site that stand in the header of every page, and which of them a page lies on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Way:
    """An entry of the header; pages whose paths begin with one of `below` lie on it."""

    path: str
    text: str
    below: tuple[str, ...]


READING = (
    Way("/interventions", "Interventions", ("/interventions", "/doc/intervention/", "/concept/intervention")),
    Way("/evidence-map", "Evidence map", ("/evidence-map",)),
    Way("/places", "Places", ("/places", "/doc/place/")),
    Way("/buildings", "Buildings", ("/buildings", "/doc/asset/")),
    Way("/money", "Money", ("/money", "/doc/money/")),
    Way("/lessons", "Lessons", ("/lessons", "/doc/lesson/")),
    Way("/questions", "Questions", ("/questions",)),
    Way("/classes", "Browse", ("/class",)),
)
"""For whoever reads."""

DATA = (
    Way("/datasets", "Datasets", ("/datasets", "/graph")),
    Way("/sparql", "SPARQL", ("/sparql",)),
    Way("/def", "Vocabulary", ("/def",)),
    Way("/concept/", "Code lists", ("/concept/",)),
    Way("/protocols", "Protocols", ("/protocols",)),
    Way("/publish", "Publish", ("/publish",)),
)
"""For whoever works with the data."""


def here(path: str) -> tuple[str, str]:
    """The entry on which the page at a path lies, and what aria-current says of it (WAI-ARIA 1.2); empty for none."""
    for way in (*READING, *DATA):
        if path == way.path:
            return way.path, "page"
        if path.startswith(way.below):
            return way.path, "true"
    return "", ""
