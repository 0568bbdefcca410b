"""A citation as reference managers read it: BibTeX, RIS, CSL-JSON, and plain text for a reader."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache

from kb.ask.citation import SITE, Citation

_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "#$%&_"},
}
"""What TeX would not set as itself. A brace is a command, since BibTeX counts braces even after a backslash."""

_TYPES = {"data": ("dataset", "DATA"), "page": ("webpage", "ELEC")}
"""Kind → its type in CSL and in RIS."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NOT_IN_A_URL = re.compile(r"[\s{}\\]")


def bibtex(cited: Citation) -> str:
    """An entry `@misc`, which every style knows; a field that nothing is known for is left out."""
    day = date.fromisoformat(cited.issued)
    fields = {
        "author": _tex_names(cited.creators),
        "title": f"{{{_tex(cited.title)}}}",  # a second pair of braces keeps its capitals
        "publisher": _tex_names(cited.publishers),
        "version": _tex(cited.version),
        "year": str(day.year),
        "url": _NOT_IN_A_URL.sub(lambda found: f"%{ord(found[0]):02X}", cited.address),
        "note": _tex(". ".join(_notes(cited))),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    lines.append(f"  month = {_MONTHS[day.month - 1]},\n")  # a macro of every style, which writes it in its language
    return f"@misc{{{cited.key},\n{''.join(lines)}}}\n"


def ris(cited: Citation) -> str:
    """A record of RIS; a tag is two characters, two spaces, a hyphen and a space, and a value one line."""
    day = date.fromisoformat(cited.issued)
    tags = [
        ("TY", _TYPES[cited.kind][1]),
        *(("AU", name) for name in cited.creators),
        ("TI", cited.title),
        ("T2", cited.within),
        ("PB", "; ".join(cited.publishers)),
        ("ET", cited.version),
        ("PY", str(day.year)),
        ("DA", f"{day:%Y/%m/%d}/"),
        ("UR", cited.address),
        ("DB", SITE),
        ("ID", cited.key),
        *(("N1", note) for note in _notes(cited)),
    ]
    lines = [f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in tags if value]
    return "".join([*lines, "ER  - \r\n"])


def csl_json(cited: Citation) -> str:
    """A list with one item of CSL-JSON."""
    day = date.fromisoformat(cited.issued)
    item = {
        "id": cited.key,
        "type": _TYPES[cited.kind][0],
        "title": cited.title,
        "author": [{"literal": name} for name in cited.creators],
        "container-title": cited.within,
        "publisher": "; ".join(cited.publishers),
        "version": cited.version,
        "issued": {"date-parts": [[day.year, day.month, day.day]]},
        "URL": cited.address,
        "note": ". ".join(_notes(cited)),
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=1) + "\n"


def text(cited: Citation) -> str:
    """One line to be read and copied."""
    who = ", ".join(cited.creators or cited.publishers)
    said_by = [", ".join(cited.publishers)] if cited.creators else []
    when = [f"{cited.version}, {_in_words(cited.issued)}" if cited.version else _in_words(cited.issued)]
    within = [f"In: {cited.within}"] if cited.within else []
    parts = [*dict.fromkeys((who, cited.title)), *within, *said_by, *when]
    sentences = [part if part.endswith((".", "?", "!")) else f"{part}." for part in parts]
    at = f"snapshot {cited.snapshot} of {_in_words(cited.read)} ({_kept(cited)}): {cited.address}"
    # No full stop follows an address, which would be copied with it.
    return " ".join([*sentences, f"{cited.iri} – {at}" if cited.iri else at[0].upper() + at[1:]])


WRITERS: dict[str, Callable[[Citation], str]] = {"txt": text, "bib": bibtex, "ris": ris, "json": csl_json}
"""Suffix → writer."""


def _notes(cited: Citation) -> Iterator[str]:
    """What no field has a place for."""
    if cited.within:
        yield f"In: {cited.within}"
    yield f"Snapshot {cited.snapshot} of {cited.read}, {_kept(cited)}"
    if cited.iri:
        yield f"Identifier: {cited.iri}"


def _kept(cited: Citation) -> str:
    return "pinned" if cited.pinned else "not pinned"


def _tex(value: str) -> str:
    return "".join(_TEX.get(character, character) for character in " ".join(value.split()))


def _tex_names(names: tuple[str, ...]) -> str:
    """Names of bodies, each in braces: BibTeX would take them for first and last names, and part them at `and`."""
    return " and ".join(f"{{{_tex(name)}}}" for name in names)


@lru_cache(maxsize=1000)
def _in_words(day: str) -> str:
    at = date.fromisoformat(day)
    return f"{at.day} {at:%B %Y}"
