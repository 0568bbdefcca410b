"""The monthly report: for a person as text, for a spreadsheet as CSV, for a program as JSON."""

import csv
import io
import json
from calendar import month_name
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from kb.formula import safe
from kb.operations.usage import Usage

MOST = 20
"""Pages that the text names."""

_OUTCOMES = {
    "answered": "answered",
    "repeated": "answered again from memory",
    "malformed": "not SPARQL",
    "refused": "refused (an update, or another site)",
    "stopped": "stopped: too long, or too much memory",
    "busy": "turned away: too many at once",
    "too-large": "answer too large",
    "service-failed": "another site that was named did not answer",
    "failed": "failed here",
}


def as_text(usage: Usage, names: Mapping[str, str]) -> str:
    """The report in plain words; `names` says what the pages and questions are called."""
    year, month = usage.month.split("-")
    whole = "" if usage.is_over else ", so far"
    lines = [f"How the site was used in {month_name[int(month)]} {year}{whole}", ""]
    if usage.first:
        lines += [f"Written down from {usage.first} to {usage.last}.", ""]
    people, programs, bots = (usage.requests[kind] for kind in ("person", "program", "bot"))
    half, nearly_all = (_seconds(usage.slow(share)) for share in (0.5, 0.95))
    lines += [
        f"People read {usage.pages.total():,} pages. Half came within {half}, and 19 of 20 within {nearly_all}.",
        f"They searched {usage.searches:,} times, and met {usage.not_found:,} pages that are not there.",
        f"Of all requests, {people:,} were by people, {programs:,} by programs (R, Python, other sites) and {bots:,} "
        "by robots of search engines and the like, as far as they say so.",
        f"Questions asked: {usage.questions.total():,}. Files downloaded: {usage.downloads.total():,}. "
        f"Templates taken: {usage.templates:,}.",
        f"Readers sent {usage.contributions:,} corrections or additions; publishers sent {usage.submissions:,} times.",
    ]
    lines += _table("Most read pages", usage.pages, MOST, lambda path: f"{names.get(path, path)}  {path}")
    lines += _table("Questions", usage.questions, 10, lambda path: f"{names.get(path, path)}  {path}")
    lines += _table("Downloads", usage.downloads, 10, str)
    lines += _table("SPARQL queries, by what came of them", usage.queries, 10, lambda each: _OUTCOMES.get(each, each))
    lines += _table("Sites from which people came", usage.sites, 10, str)
    if usage.failures:
        lines += _table("Failures of this site, by type of page (see its log)", usage.failures, 10, str)
    else:
        lines += ["", "Nothing failed."]
    return "\n".join([*lines, "", "Visitors are not counted: nobody is told apart.", ""])


def as_csv(usage: Usage, names: Mapping[str, str]) -> str:
    """A row for each number: month, what it counts, of which, its name, how many."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("month", "what", "which", "name", "number"))
    for what, value in _numbers(usage).items():
        if isinstance(value, dict):
            for which, number in value.items():
                writer.writerow((usage.month, what, safe(which), safe(names.get(which, "")), number))
        else:
            writer.writerow((usage.month, what, "", "", value))
    return out.getvalue()


def as_json(usage: Usage, names: Mapping[str, str]) -> str:
    """One object."""
    found = _numbers(usage)
    called = {path: names[path] for path in (*found["pages_read"], *found["questions_asked"]) if path in names}
    said = {"month": usage.month, "complete": usage.is_over, "first_day": usage.first, "last_day": usage.last}
    return json.dumps(said | found | {"names": called}, ensure_ascii=False, indent=2) + "\n"


def _numbers(usage: Usage) -> dict[str, Any]:
    return {
        "requests": dict(usage.requests),
        "pages_read": dict(usage.pages.most_common()),
        "searches": usage.searches,
        "not_found": usage.not_found,
        "questions_asked": dict(usage.questions.most_common()),
        "downloads": dict(usage.downloads.most_common()),
        "templates": usage.templates,
        "queries": dict(usage.queries),
        "contributions": usage.contributions,
        "submissions": usage.submissions,
        "came_from": dict(usage.sites.most_common()),
        "failures": dict(usage.failures),
        "seconds_half": round(usage.slow(0.5), 3),
        "seconds_19_of_20": round(usage.slow(0.95), 3),
    }


def _table(heading: str, counted: Counter[str], most: int, told: Any) -> Iterator[str]:
    if not counted:
        return
    yield from ("", heading)
    yield from (f"{number:>9,}  {told(each)}" for each, number in counted.most_common(most))
    if len(counted) > most:
        yield f"           and {len(counted) - most:,} more; --format csv has them all"


def _seconds(number: float) -> str:
    return f"{max(number, 0.01):.2f} s"
