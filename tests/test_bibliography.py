"""Citations as reference managers read them: each format by a reader of others, whatever the title holds."""

import json
from dataclasses import replace

import bibtexparser
import pytest
import rispy
from citeproc import Citation as CslCitation
from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON

from kb.ask.bibliography import WRITERS, bibtex, csl_json, ris, text
from kb.ask.citation import SITE, Citation

CITED = Citation(
    title="Gateways in Kent",
    kind="page",
    publishers=("Kent County Council",),
    creators=(),
    within="The Kent pilot",
    version="Release 3",
    issued="2026-02-03",
    iri="https://kent.example/id/gateway/dover_1#it",
    snapshot="000012-9f3a61c0",
    read="2026-03-04",
    address="https://site.example/doc/gateway/dover_1?a=%7B1%7D&snapshot=000012-9f3a61c0",
)
BARE = replace(CITED, within="", version="", iri="", publishers=(SITE,), kind="data")
HOSTILE = (
    "50% of #1 & $2 in a_b {half ^ open ~ \\ \"quoted\"",
    "closed } before { open",
    "two\r\nlines\nER  - \r\nTY  - BOOK",
    "Café – ‘naïve’ £5m",
    "@misc{x, title = {y}}",
)
TITLES = pytest.mark.parametrize("title", [CITED.title, *HOSTILE])


def in_tex(value: str) -> str:
    """What TeX sets for a value, by its own definitions of these commands."""
    for command, character in (
        (r"\textbackslash{}", "\\"),
        (r"\textbraceleft{}", "{"),
        (r"\textbraceright{}", "}"),
        (r"\textasciitilde{}", "~"),
        (r"\textasciicircum{}", "^"),
        *((f"\\{character}", character) for character in "#$%&_"),
    ):
        value = value.replace(command, character)
    return value


def closed_up(title: str) -> str:
    return " ".join(title.split())


@TITLES
def test_bibtex_is_read_back(title: str) -> None:
    library = bibtexparser.parse_string(bibtex(replace(CITED, title=title)))
    assert library.failed_blocks == []
    [entry] = library.entries
    found = {field.key: field.value for field in entry.fields}
    assert entry.entry_type == "misc"
    assert in_tex(found.pop("title").removeprefix("{").removesuffix("}")) == closed_up(title)
    assert found == {
        "publisher": "{Kent County Council}",
        "version": "Release 3",
        "year": "2026",
        "month": "feb",
        "url": CITED.address,
        "note": "In: The Kent pilot. Snapshot 000012-9f3a61c0 of 2026-03-04, not pinned. "
        r"Identifier: https://kent.example/id/gateway/dover\_1\#it",
    }


@pytest.mark.parametrize("title", HOSTILE)
def test_bibtex_keeps_its_braces_in_balance(title: str) -> None:
    entry = bibtex(replace(CITED, title=title, publishers=(title, "A and B"), creators=(title,)))
    depth = 0
    for before, character in zip(" " + entry, entry, strict=False):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
        assert (before, character) not in {("\\", "{"), ("\\", "}")}
    assert depth == 0
    [found] = bibtexparser.parse_string(entry).entries
    assert found["publisher"].endswith(" and {A and B}")


@TITLES
def test_ris_is_read_back(title: str) -> None:
    written = ris(replace(CITED, title=title, creators=("A. Author", "B\nC")))
    assert all(line[2:6] == "  - " for line in written.split("\r\n")[:-1])
    [found] = rispy.loads(written)
    assert found.pop("notes") == [
        "In: The Kent pilot",
        "Snapshot 000012-9f3a61c0 of 2026-03-04, not pinned",
        f"Identifier: {CITED.iri}",
    ]
    assert found == {
        "id": replace(CITED, title=title).key,
        "type_of_reference": "ELEC",
        "authors": ["A. Author", "B C"],
        "title": closed_up(title),
        "secondary_title": "The Kent pilot",
        "publisher": "Kent County Council",
        "edition": "Release 3",
        "year": "2026",
        "date": "2026/02/03/",
        "urls": [CITED.address],
        "name_of_database": SITE,
    }


@TITLES
@pytest.mark.filterwarnings("default")
def test_csl_json_is_set_by_a_processor(title: str) -> None:
    items = json.loads(csl_json(replace(CITED, title=title)))
    assert [(item["id"], item["type"]) for item in items] == [(replace(CITED, title=title).key, "webpage")]
    bibliography = CitationStylesBibliography(
        CitationStylesStyle("harvard-cite-them-right", validate=False), CiteProcJSON(items), formatter.plain
    )
    bibliography.register(CslCitation([CitationItem(items[0]["id"])]))
    [entry] = map(str, bibliography.bibliography())
    assert closed_up(entry).startswith(f"{closed_up(title)} (2026)")
    assert entry.endswith(f"The Kent pilot. Kent County Council. Available at: {CITED.address}.")


def test_plain_text_is_one_line_and_its_address_can_be_copied() -> None:
    assert text(CITED) == (
        "Kent County Council. Gateways in Kent. In: The Kent pilot. Release 3, 3 February 2026. "
        f"{CITED.iri} – snapshot 000012-9f3a61c0 of 4 March 2026 (not pinned): {CITED.address}"
    )
    assert text(replace(BARE, title="Why?", creators=("A",))) == (
        f"A. Why? {SITE}. 3 February 2026. Snapshot 000012-9f3a61c0 of 4 March 2026 (not pinned): {CITED.address}"
    )
    assert text(replace(BARE, title=SITE)).count(SITE) == 1


@pytest.mark.parametrize("format", WRITERS)
def test_it_says_whether_the_snapshot_is_kept_for_good(format: str) -> None:
    assert "not pinned" in WRITERS[format](CITED)
    kept = WRITERS[format](replace(CITED, pinned=True))
    assert "pinned" in kept
    assert "not pinned" not in kept


@pytest.mark.parametrize("format", WRITERS)
def test_what_is_not_known_is_not_said(format: str) -> None:
    written = WRITERS[format](BARE)
    for word in ("Release", "author", "AU  -", "In:", "container-title", "T2  -", "Identifier", "None", "{}", '""'):
        assert word not in written
    assert SITE in written


def test_keys_are_plain_and_differ() -> None:
    keys = [replace(CITED, title=title).key for title in (*HOSTILE, "", "ŽŽŽ")]
    assert all(key.isascii() and set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for key in keys)
    assert CITED.key != replace(CITED, address=CITED.address + "0").key
