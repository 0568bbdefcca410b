"""The policy of docs/versions.md: what a release promised stays, or the page lists that it changed."""

import re
from pathlib import Path

import pytest
from rdflib import DCTERMS, OWL, Graph, URIRef
from released_terms import HOME, as_shipped, read, terms

HERE = Path(__file__).parent
PAGE = (HERE.parent / "docs" / "versions.md").read_text(encoding="utf-8")
LISTED = re.compile(r"^\| ([0-9.]+) \| `([^`]+)` \| (gone|changed) \| (.+) \|$", re.MULTILINE)
"""A row of the table of changes: version, term, what became of it, and what to use instead."""


def broken(frozen: dict[str, tuple[str, str]], now: dict[str, tuple[str, str]], listed: dict[str, str]) -> list[str]:
    """What was promised and is not so any more, though it is not listed; and what was said to be gone and is back."""
    found = [f"{term} is gone" for term in frozen if term not in now and listed.get(term) != "gone"]
    for term, promise in frozen.items():
        if term in now and now[term] != promise and term not in listed:
            found.append(f"{term} was {promise}, and is {now[term]}")
    again = (term for term, what in listed.items() if what == "gone" and term in now)
    return found + [f"{term} was gone, and is used again" for term in again]


@pytest.fixture(scope="module")
def shipped() -> Graph:
    return as_shipped()


@pytest.fixture(scope="module")
def now(shipped: Graph) -> dict[str, tuple[str, str]]:
    return {term: (kind, promise) for term, kind, promise in terms(shipped)}


@pytest.mark.parametrize("release", sorted((HERE / "terms").glob("*.csv")), ids=lambda path: path.stem)
def test_what_a_release_promised_is_kept_or_listed(release: Path, now: dict[str, tuple[str, str]]) -> None:
    listed = {term: what for _, term, what, _ in LISTED.findall(PAGE)}
    frozen = read(release)
    assert len(frozen) > 2000
    assert broken(frozen, now, listed) == [], "deprecate it, or list it in docs/versions.md with a new version"


def test_what_is_deprecated_says_what_takes_its_place(shipped: Graph) -> None:
    for subject in shipped.subjects(OWL.deprecated):
        if isinstance(subject, URIRef) and subject.startswith(HOME):
            assert (subject, DCTERMS.isReplacedBy, None) in shipped or (subject, DCTERMS.description, None) in shipped


def test_a_planted_change_is_caught() -> None:
    frozen = {"def#a": ("class", ""), "def#b": ("property", "range X"), "def#c": ("class", "")}
    assert broken(frozen, frozen, {}) == []
    less = {"def#a": ("class", ""), "def#b": ("property", "range Y"), "def#new": ("class", "")}
    assert broken(frozen, less, {}) == [
        "def#c is gone",
        "def#b was ('property', 'range X'), and is ('property', 'range Y')",
    ]
    assert broken(frozen, less, {"def#b": "changed", "def#c": "gone"}) == []
    assert broken({}, frozen, {"def#c": "gone"}) == ["def#c was gone, and is used again"]
