"""docs/completeness.md: what each dataset of the knowledge that ships leaves open of each protocol.

A recommended field that no source fills is left out, never guessed, and stays a warning. The report is made by the
check itself and held by test_knowledge.py, so that a change is seen; after a change that is meant, from the root:

    python -m tests.completeness > docs/completeness.md
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache

from kb.intake.submission import read_submission
from kb.namespaces import HOME
from kb.protocols.background import background
from kb.protocols.catalogue import protocols
from kb.protocols.check import check
from kb.protocols.fields import field_names, fields
from kb.protocols.report import Report, Severity
from kb.protocols.targets import class_hierarchy, instances_by_class
from kb.store.shipped import fact_files
from kb.vocabulary import ancestors

HEAD = """# Completeness of the knowledge that ships

Made by `python -m tests.completeness > docs/completeness.md`; not to be edited. Nothing here violates a protocol. A
*recommendation left open* is a field that a protocol recommends (Should) and that the sources read do not fill: what is
not known is left out, never guessed.
"""


@cache
def dataset_lines(name: str) -> list[bytes]:
    """One dataset that ships, as sorted N-Triples."""
    genid = f"{HOME}/.well-known/genid/"
    return read_submission(fact_files()[name], genid=genid, graph=None, seconds=60, megabytes=512).lines


@cache
def dataset_report(name: str) -> Report:
    """The check of one dataset that ships, by itself."""
    return check(dataset_lines(name))


def lines() -> list[bytes]:
    """All datasets of facts that ship, merged, as sorted N-Triples."""
    return sorted({line for name in fact_files() for line in dataset_lines(name)})


def report() -> str:
    """The whole report, as Markdown."""
    return "\n".join([HEAD, *_overview(), *(line for name in fact_files() for line in _dataset(name))]) + "\n"


def _overview() -> Iterator[str]:
    yield "| dataset | protocol | things | recommendations left open |"
    yield "| --- | --- | ---: | ---: |"
    for name in fact_files():
        found = dataset_report(name)
        left = Counter(protocol for protocol, _, _ in _open(found).elements())
        for protocol, number in found.focus.items():
            if number:
                yield f"| {name} | {protocol} | {number:,} | {left[protocol]:,} |"


def _dataset(name: str) -> Iterator[str]:
    yield f"\n## {name}\n"
    yield "| protocol | kind of record | field | left open | of |"
    yield "| --- | --- | --- | ---: | ---: |"
    things = _things(name)
    for (protocol, kind, field), number in sorted(_open(dataset_report(name)).items()):
        yield f"| {protocol} | {kind} | {field} | {number:,} | {things[kind]:,} |"


def _open(found: Report) -> Counter[tuple[str, str, str]]:
    """Protocol, kind of record and field → the warnings of the report."""
    return Counter(
        (*_places()[_node_shape(result.shape)], field_names()[result.shape])
        for result in found.results
        if result.severity is Severity.WARNING
    )


def _node_shape(shape: str) -> str:
    return shape.partition("Shape-")[0] + "Shape"


@cache
def _places() -> dict[str, tuple[str, str]]:
    """Node shape → its protocol and the kind of record."""
    return {record.shape: (each.id, record.name) for each in protocols() for record in fields(each.id)}


def _things(name: str) -> dict[str, int]:
    """Kind of record → how many things the dataset holds to its fields."""
    instances = instances_by_class(dataset_lines(name))
    superclasses = class_hierarchy([], background())
    return {
        record.name: len(
            set().union(
                *(
                    members
                    for kind, members in instances.items()
                    if ancestors(kind, superclasses) & set(record.target_classes)
                )
            )
        )
        for each in protocols()
        for record in fields(each.id)
    }


if __name__ == "__main__":
    print(report(), end="")
