"""A report as a release keeps it: compressed JSON, from which it can be read again."""

import gzip
import json
import zlib
from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from kb.protocols.report import Report, Result, Severity
from kb.protocols.results import Results, as_numbers

COMPRESSION = 2


def packed(report: Report) -> bytes:
    """All of the report but the names; the same report always gives the same bytes."""
    results = as_numbers(report.results)
    content = {
        "rules": report.rules,
        "focus": dict(report.focus),
        "things": results.focuses,
        "asked": results.rules,
        "told": [(value, message) for _, value, message in results.told],
        "steps": [number - before for before, number in zip([0, *results.numbers], results.numbers, strict=False)],
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), COMPRESSION, mtime=0)


def unpacked(content: bytes) -> Report:
    """The report that `packed` wrote, without names; raises ValueError for anything else."""
    try:
        found = json.loads(gzip.decompress(content))
        return Report(_results(found), found["focus"], found["rules"])
    except (OSError, EOFError, zlib.error, LookupError, TypeError, ValueError) as error:
        raise ValueError(f"not a packed report: {error}") from error


def _results(found: dict[str, Any]) -> Sequence[Result]:
    if "results" in found:  # as it was written before results were numbers
        return tuple(
            Result(focus, path, value, Severity(severity), *rest)
            for focus, path, value, severity, *rest in found["results"]
        )
    rules = [(shape, path, component) for shape, path, component in found["asked"]]
    told = [(value or "", value, message) for value, message in found["told"]]
    return Results(found["things"], rules, told, array("Q", accumulate(found["steps"])))
