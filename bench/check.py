"""The protocol check of 10,000 assets (200,000 triples) from Turtle, parsing included, beside pySHACL with rdflib.

pySHACL takes some 0.4 s an asset, more than an hour for all of them, so both are timed on a hundredth of the assets and
the ratio is taken there: what does not grow with the assets (the vocabulary) counts against us.
"""

from collections import Counter
from pathlib import Path

from bench.assets import write
from bench.measure import best, measured
from bench.table import Row
from kb import config

GOAL = 20.0
SHACL = "http://www.w3.org/ns/shacl#"
Results = Counter[tuple[str, str, str]]
"""(focus node, source shape, component) → how many."""


def ours(path: Path) -> Results:
    """The project's own way: intake, then the check with the default engine."""
    from kb.intake.submission import read_submission
    from kb.protocols.check import check

    lines = read_submission([path], genid="https://bench.example/genid/", graph=None, seconds=60, megabytes=1024).lines
    return Counter((result.focus, result.shape, result.component) for result in check(lines).results)


def pyshacl_with_rdflib(path: Path) -> Results:
    """pySHACL by its documentation: rdflib parses the data, the vocabulary and the shapes; then validate()."""
    import pyshacl
    from rdflib import Graph, URIRef

    data, shapes = Graph(), Graph()
    for file in (path, *sorted(config.shipped("ontology").glob("*.ttl"))):
        data.parse(file)
    for file in sorted(config.shipped("shapes").glob("*.ttl")):
        if file.name != "ontology.ttl":
            shapes.parse(file)
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=False, inference="none")
    found: Results = Counter()
    for result in report.subjects(URIRef(SHACL + "resultSeverity")):
        names = ("focusNode", "sourceShape", "sourceConstraintComponent")
        focus, shape, component = (str(report.value(result, URIRef(SHACL + name))) for name in names)
        if focus.startswith("https://bench.example/"):
            found[focus, shape, component] += 1
    return found


def run(folder: Path, assets: int = 10_000) -> list[Row]:
    """Rows: the ratio, whether both found the same, and the time for all assets."""
    part = write(folder / "assets-part.ttl", max(1, assets // 100))
    fast = best(3, ours, part)
    reference = measured(pyshacl_with_rdflib, part)
    same = fast.value == reference.value
    ratio = reference.seconds / fast.seconds
    whole = best(2, ours, write(folder / f"assets-{assets}.ttl", assets))
    return [
        Row(
            f"check of {assets // 100:,} assets: pySHACL's time by ours",
            ratio,
            f"at least {GOAL:g}",
            ratio >= GOAL,
            f"{reference.seconds:.1f} s by {fast.seconds:.2f} s",
        ),
        Row("check: the same results", float(same), "1", same, f"{sum(fast.value.values()):,} results"),
        Row(
            f"check of {assets:,} assets: s",
            whole.seconds,
            "",
            None,
            f"{whole.peak_mb:.0f} MB, {sum(whole.value.values()):,} results",
        ),
    ]
