"""How a site was used in a month, counted from its access log; nobody is told apart, so visitors are not counted."""

from array import array
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kb.errors import BadInput, NotFound
from kb.operations.access_log import Visit, months, visits
from kb.store.folder import DataFolder

NOT_READ = (
    *("static", "health.", "robots.", "editor.", "badges.", "dumps.", "mcp.", "links.", "submissions.", "publishing."),
    *("sparql.", "search.suggest", "buildings.points", "buildings.outlines_json", "graph_store.", "mapping_files."),
    *("sign_in.", "contributions.", "restoring.", "protocol_template.", "releases.accepted", "vocabulary.context"),
    *("void.", "none"),
)
"""Starts of the types of pages that are parts of a page, files, queries, or of publishers alone: what nobody reads."""

SEARCHES = ("search.search",)
QUESTIONS = ("questions.one_question",)
DOWNLOADS = ("dumps.dump", "releases.accepted")
TEMPLATES = ("protocol_template.excel", "protocol_template.table")
CONTRIBUTIONS = ("contributing.take",)
SUBMISSIONS = ("submissions.send", "publishing.send", "publishing.send_mended", "entry_form.entered")
STOPPED = ("stopped", "busy", "too-large", "service-failed")
"""Outcomes of queries that met a bound: their status is 5xx or 4xx, and nothing of the site has failed."""


@dataclass
class Usage:
    """What a month was like."""

    month: str
    first: str = ""
    """The day of the first request that was written down; empty where there was none."""
    last: str = ""
    requests: Counter[str] = field(default_factory=Counter)
    """person, program, bot → requests."""
    pages: Counter[str] = field(default_factory=Counter)
    """Path → how often people read it."""
    searches: int = 0
    """By people."""
    questions: Counter[str] = field(default_factory=Counter)
    """Path of a question → how often it was asked, by people and programs."""
    downloads: Counter[str] = field(default_factory=Counter)
    """Name of a file → how often it was taken, by people and programs."""
    templates: int = 0
    queries: Counter[str] = field(default_factory=Counter)
    """Outcome → SPARQL queries, those of questions included."""
    contributions: int = 0
    """What readers sent to say that something is wrong or missing."""
    submissions: int = 0
    """Files and records that publishers sent."""
    sites: Counter[str] = field(default_factory=Counter)
    """Host of another site → how often people came by its links."""
    failures: Counter[str] = field(default_factory=Counter)
    """Type of page → answers with a status from 500 on that no query's bound explains."""
    not_found: int = 0
    """By people."""
    seconds: "array[float]" = field(default_factory=lambda: array("d"))
    """Of the pages that people read."""

    @property
    def is_over(self) -> bool:
        """Whether the month is at its end."""
        return self.month < datetime.now(UTC).strftime("%Y-%m")

    def slow(self, share: float) -> float:
        """Seconds within which this share of the pages that people read was answered; 0 without any."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def usage_of(folder: DataFolder, month: str | None = None) -> Usage:
    """The usage of a month, `2026-11`; without one, of the latest that was written down.

    Raises BadInput for what is no month, NotFound where nothing was written down.
    """
    known = months(folder)
    if month is not None:
        try:
            month = datetime.strptime(month, "%Y-%m").strftime("%Y-%m")
        except ValueError:
            raise BadInput(f"{month}: not a month; write it as 2026-11") from None
    if not known or (month is not None and month not in known):
        there = f"there is {', '.join(known)}" if known else "set WHATWORKS_ACCESS_LOG=yes, and serve"
        raise NotFound(f"{folder.usage}: nothing was written down{f' of {month}' if month else ''}; {there}")
    usage = Usage(month or known[-1])
    for visit in visits(folder, usage.month):
        _add(usage, visit)
    return usage


def _add(usage: Usage, visit: Visit) -> None:
    if visit.page.startswith("health."):  # the monitor's
        return
    day = datetime.fromtimestamp(visit.at, UTC).strftime("%Y-%m-%d")
    usage.first, usage.last = min(usage.first or day, day), max(usage.last, day)
    usage.requests[visit.client] += 1
    if visit.query:
        usage.queries[visit.query] += 1
    if visit.status >= 500 and visit.query not in STOPPED:
        usage.failures[visit.page] += 1
    person, asked = visit.client == "person", visit.client != "bot" and visit.method in ("GET", "POST")
    given = visit.status in (200, 206, 304) and asked
    if visit.status in (404, 410) and person:
        usage.not_found += 1
    if given and visit.page in QUESTIONS:
        usage.questions[visit.path] += 1
    if given and visit.page in DOWNLOADS:
        usage.downloads[visit.path.rpartition("/")[2]] += 1
    usage.templates += given and visit.page in TEMPLATES
    usage.searches += given and person and visit.page in SEARCHES
    usage.contributions += visit.status < 400 and visit.method == "POST" and visit.page in CONTRIBUTIONS
    usage.submissions += visit.status < 400 and visit.method == "POST" and visit.page in SUBMISSIONS
    if given and person and visit.method == "GET" and not visit.page.startswith(NOT_READ):
        usage.pages[visit.path] += 1
        usage.seconds.append(visit.milliseconds / 1000)
        if visit.from_site:
            usage.sites[visit.from_site] += 1
