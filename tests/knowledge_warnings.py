"""What the knowledge that ships leaves out, as the protocols see it: a line for each class and field, with its count.

A Should field that no source fills is left out and stays a warning. tests/knowledge/warnings.txt holds the list, so
that a change is seen; after a change that is meant, from the root of the repository:

    python tests/knowledge_warnings.py > tests/knowledge/warnings.txt
"""

from collections import Counter
from functools import cache

from kb.intake.submission import read_submission
from kb.namespaces import HOME, compact
from kb.protocols.check import check
from kb.protocols.report import Report, Severity
from kb.store.shipped import fact_files


@cache
def dataset_lines(name: str) -> list[bytes]:
    """One dataset that ships, as sorted N-Triples."""
    genid = f"{HOME}/.well-known/genid/"
    return read_submission(fact_files()[name], genid=genid, graph=None, seconds=60, megabytes=512).lines


def lines() -> list[bytes]:
    """All datasets of facts that ship, merged, as sorted N-Triples."""
    return sorted({line for name in fact_files() for line in dataset_lines(name)})


def warning_lines(report: Report) -> list[str]:
    """`count class field` for the warnings of the report, sorted by class and field; the class is that of the shape."""
    counts = Counter(
        (compact(result.shape).removeprefix("wws:").partition("Shape")[0], compact(result.path or ""))
        for result in report.results
        if result.severity is Severity.WARNING
    )
    return [f"{count} {name} {path}" for (name, path), count in sorted(counts.items())]


if __name__ == "__main__":
    print("\n".join(warning_lines(check(lines()))))
