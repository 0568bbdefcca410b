"""What was gathered of each building, kept beside the tables: the next snapshot gathers what a publication touches.

To gather 100,000 assets anew would take longer than all else that a publication of twenty does before it is seen.
"""

import gzip
import json
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode

from kb.store.buildings.gather import PARTS, Building
from kb.store.buildings.measured import Measured
from kb.store.readable import Store

FILE = "gathered.jsonl.gz"
"""First what the lines are of; then a line a building: values of its own fields, and after them those of `Measured`."""

FORM = 1
"""Raised when a value of a building is read from the store differently: nothing of another form is taken over."""

_NOT_IN_ROW = frozenset(("measured", "places", "registers"))
_OWN = tuple(each.name for each in fields(Building) if each.name not in _NOT_IN_ROW)
_MEASURED = tuple(each.name for each in fields(Measured))
_HEADER = {"form": FORM, "fields": [*_OWN, *_MEASURED]}


def write(folder: Path, buildings: Iterable[Building]) -> None:
    """Writes the file into the folder of the tables."""
    with gzip.GzipFile(folder / FILE, "wb", compresslevel=1, mtime=0) as file:
        file.write(json.dumps(_HEADER).encode() + b"\n")
        for each in buildings:
            row = [getattr(each, name) for name in _OWN] + [getattr(each.measured, name) for name in _MEASURED]
            file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def untouched(store: Store, folder: Path, day: str, before: str, touched: Collection[str]) -> dict[str, Building]:
    """IRI → building, of those in an earlier folder of which the store still says the same on `day`.

    `before` is the day of the earlier folder: where another has come, a building with dates is gathered again. Touched
    is a building where it or a part of it is among the `touched` subjects. Empty where the file is absent, damaged, or
    of another form.
    """
    again = {*touched, *_owners(store, touched)}
    try:
        kept = {each.iri: each for each in _read(folder / FILE)}
    except (OSError, EOFError, ValueError, TypeError, zlib.error):
        return {}
    return {iri: each for iri, each in kept.items() if iri not in again and (day == before or not each.dated)}


def _read(path: Path) -> Iterator[Building]:
    with gzip.open(path) as file:
        if json.loads(file.readline()) != _HEADER:
            return
        for line in file:
            row = [_fixed(value) for value in json.loads(line)]
            own, figures = row[: len(_OWN)], row[len(_OWN) :]
            measured = Measured(**dict(zip(_MEASURED, figures, strict=True)))
            yield Building(**dict(zip(_OWN, own, strict=True)), measured=measured)


def _fixed(value: Any) -> Any:
    return tuple(map(_fixed, value)) if isinstance(value, list) else value


def _owners(store: Store, parts: Iterable[str]) -> Iterator[str]:
    """What has one of these as a part; who has it no more has been touched itself."""
    for part in parts:
        for property in PARTS.values():
            for quad in store.quads_for_pattern(None, property, NamedNode(part), DefaultGraph()):
                if isinstance(quad.subject, NamedNode):
                    yield quad.subject.value
