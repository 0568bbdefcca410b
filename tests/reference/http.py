"""docs/reference/http.md: every address of a site, what it answers, takes and offers.

Addresses, methods and sentences are the application's own. Parameters and formats are those that it asks for, and says
that it has, when each address is asked for on a small site (`addresses.csv` has one for a route with a gap in it); what
a parameter means stands in `parameters.csv`.
"""

import csv
import re
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import werkzeug.exceptions
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

import kb.errors
from kb.config import Settings
from web.errors import STATUS, TITLES
from web.site import create_app

from .markdown import MADE, code, codes, sentence, table
from .markdown import page as joined

HERE = Path(__file__).parent

HEAD = f"""# The site over HTTP

{MADE} Every address of a site, as the application has them.

Where an answer has several forms, `?format=` chooses one, else the suffix of the address where it can have one
(`/doc/pilot/kent.ttl`), else the header `Accept`. A program that accepts anything gets data, a browser the page.
Every answer names the snapshot that it was read from (`X-Snapshot`). What a parameter takes is said at its address;
these four are the same everywhere:"""

EVERYWHERE = ("format", "snapshot", "page", "draft")

GROUPS: tuple[tuple[str, str, str], ...] = (
    ("Reading", "",
     "home search classes resource interventions evidence_map places lessons money side_by_side briefing"),
    ("Buildings", "", "buildings sharing merging"),
    ("Questions and SPARQL", "Limits, errors and headers of an answer: [researcher.md](../researcher.md).",
     "questions sparql links editor graph_store citing snapshots mcp"),
    ("Datasets and downloads", "", "datasets dumps releases badges changes comparing graphs dataset_records void"),
    ("Vocabulary and protocols", "", "vocabulary protocols protocol_template entry_form"),
    ("Publishing from a program", "With `Authorization: Bearer` and a token: [publishing.md](../publishing.md).",
     "submissions api_mapping api_csvw"),
    ("Publishing on pages", "For who has signed in; to all others these are not there.",
     "publishing restoring contributions sign_in mapping_files"),
    ("The site itself", "", ""),
)  # fmt: skip
"""Heading, what is said below it, and its blueprints (or views); the last has all others."""


def page(settings: Settings | None = None) -> str:
    """The whole page, observed on the site with these settings, by default one that is made for it."""
    if settings is None:
        with tempfile.TemporaryDirectory() as folder:
            return page(_published(Path(folder)))
    app = create_app(settings)
    app.request_class = _beside("noting").Noting
    client = app.test_client()
    everywhere = table(("parameter", "what it takes"), [(code(name), words()["", name]) for name in EVERYWHERE])
    parts = (part for heading, said, _ in GROUPS for part in _group(app, client, heading, said))
    return joined([HEAD, everywhere, *parts, *_errors()])


def _published(folder: Path) -> Settings:
    """The site of the tests of pages."""
    found: Settings = _beside("pages_site").settings(folder)
    return found


def _beside(name: str) -> Any:
    """A module of the tests, which find each other without the name of their folder."""
    sys.path.insert(0, str(HERE.parent))
    try:
        return import_module(name)
    finally:
        sys.path.pop(0)


def _group(app: Flask, client: FlaskClient, heading: str, said: str) -> Iterator[str]:
    found: dict[str, list[Rule]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule):
        if group_of(rule) == heading and not rule.rule.startswith("/static"):
            found.setdefault(rule.rule, []).append(rule)
    yield f"## {heading}"
    yield said
    for path, rules in found.items():
        yield f"### {code(re.sub(r'<[a-z]+:', '<', path))}"
        yield "\n".join(_method(app, rule) for rule in sorted(rules, key=lambda each: sorted(_methods(each))[-1]))
        if any("GET" in _methods(rule) for rule in rules):
            yield _observed(path, *observed(client, path))


def group_of(rule: Rule) -> str:
    """The heading below which a route stands."""
    blueprint, _, view = rule.endpoint.partition(".")
    for heading, _, names in GROUPS:
        if view in names.split():
            return heading
    return next((heading for heading, _, names in GROUPS if blueprint in names.split()), GROUPS[-1][0])


def _methods(rule: Rule) -> set[str]:
    return (rule.methods or set()) - {"HEAD", "OPTIONS"}


def _method(app: Flask, rule: Rule) -> str:
    text = " ".join((app.view_functions[rule.endpoint].__doc__ or "").split("\n\n")[0].split())
    text, _, raises = text.partition(" Raises ")
    statuses = sorted({status for name in re.findall(r"[A-Z]\w+", raises) if (status := _status(name))})
    errors = f" Errors: {', '.join(map(str, statuses))}." if statuses else ""
    return f"- **{', '.join(sorted(_methods(rule)))}**: {text}{errors}"


def _status(name: str) -> int:
    ours = getattr(kb.errors, name, None)
    if ours in STATUS:
        return int(STATUS[ours])
    return getattr(getattr(werkzeug.exceptions, name, None), "code", None) or 0


def observed(client: FlaskClient, path: str) -> tuple[list[str], list[str]]:
    """The parameters that a route asks for, and the formats that it says it has, in its order."""
    parameters: set[str] = set()
    formats: dict[str, None] = {}
    noted = _beside("noting").Arguments
    for address in addresses().get(path, [] if "<" in path else [path]):
        for more in ("", "&format=none-such" if "?" in address else "?format=none-such"):
            noted.names = set()
            answer = client.get(address + more, headers={"Accept": "text/html, */*;q=0.1"})
            if not more:
                parameters |= noted.names
            elif answer.status_code == 406:
                formats |= dict.fromkeys(re.findall(r"format=([\w-]+)\)", answer.get_data(as_text=True)))
            answer.close()
    return sorted(parameters - set(EVERYWHERE) | parameters & {"page"}), list(formats)


def _observed(path: str, parameters: list[str], formats: list[str]) -> str:
    known = words()
    lines = [f"- {code(name)}: {known.get((path, name)) or known['', name]}" for name in parameters if name != "page"]
    said = ["In pages (`page`)."] if "page" in parameters else []
    if formats not in ([], ["html"]):
        said.append(f"Formats: {codes(formats)}.")
    return "\n\n".join(filter(None, ("\n".join(lines), " ".join(said))))


def _errors() -> Iterator[str]:
    yield "## When something is wrong"
    yield (
        "The status says what kind of thing it is, the answer says what to do: a page for a browser, problem details\n"
        "(RFC 9457, `application/problem+json`) for who accepts JSON, else one line of text."
    )
    rows = [(str(int(each)), title, _example(each)) for each, title in sorted(TITLES.items())]
    yield table(("status", "what is said", "for example"), rows)


def _example(status: int) -> str:
    """The first words on the errors that have this status."""
    found = [error.__doc__ or "" for error, its in STATUS.items() if its == status]
    return " ".join(sentence(re.split(r"[;:.]\s", " ".join(each.split()))[0]) for each in found)


@cache
def addresses() -> dict[str, list[str]]:
    """Route → the addresses by which it is asked for."""
    found: dict[str, list[str]] = {}
    for row in _rows("addresses.csv"):
        found.setdefault(row["route"], []).append(row["address"])
    return found


@cache
def words() -> dict[tuple[str, str], str]:
    """Route ("" for all of them) and parameter → what it takes."""
    return {(row["route"], row["parameter"]): row["what"] for row in _rows("parameters.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
