"""A report as a release keeps it: compressed JSON, from which it can be read again."""

import gzip
import json
import zlib
from dataclasses import fields

from kb.protocols.report import Report, Result, Severity

COMPRESSION = 2
FIELDS = tuple(each.name for each in fields(Result))


def packed(report: Report) -> bytes:
    """All of the report but the names; the same report always gives the same bytes."""
    content = {
        "rules": report.rules,
        "focus": dict(report.focus),
        "results": [tuple(map(result.__getattribute__, FIELDS)) for result in report.results],
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), COMPRESSION, mtime=0)


def unpacked(content: bytes) -> Report:
    """The report that `packed` wrote, without names; raises ValueError for anything else."""
    try:
        found = json.loads(gzip.decompress(content))
        results = tuple(
            Result(focus, path, value, Severity(severity), *rest)
            for focus, path, value, severity, *rest in found["results"]
        )
        return Report(results, found["focus"], found["rules"])
    except (OSError, EOFError, zlib.error, LookupError, TypeError, ValueError) as error:
        raise ValueError(f"not a packed report: {error}") from error
