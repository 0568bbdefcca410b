"""The datasets and all that can be downloaded: as a page, and as a DCAT catalogue."""

import csv
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response

from kb.ask import graphs
from kb.ask.labels import labels_of
from kb.errors import NotFound
from kb.store.distributions.index import Distribution, folder_of
from kb.vocabulary import term
from web import dcat, dumps
from web.documents import document
from web.reading import reader, snapshot

blueprint = Blueprint("datasets", __name__)

CODE_BOOK = "codebook.csv"


@dataclass(frozen=True)
class Sheet:
    """A table that can be downloaded; `files` are its forms, `parts` says that its things are parts of others."""

    kind: str
    name: str
    meaning: str
    files: tuple[Distribution, ...]
    parts: bool

    @property
    def rows(self) -> int:
        """Rows without the headings."""
        return self.files[0].rows or 0


@blueprint.get("/datasets")
def all_datasets() -> Response:
    """Every dataset, what areas and sources say before the background, and the downloads; as a graph, the catalogue."""

    def context() -> dict[str, Any]:
        store, index = snapshot().store, dumps.index()
        found = graphs.graphs(store)
        links = {iri for graph in found if graph.dataset for iri in graph.dataset.links()}
        labels = labels_of(store, links | {graph.name for graph in found})
        background = [graph for graph in found if not (graph.checked or graph.unchecked)]
        return {
            "facts": [graph for graph in found if graph not in background],
            "background": sorted(background, key=lambda graph: labels.name(graph.name).casefold()),
            "labels": labels,
            "downloads": dumps.index(),
            "whole": index.of("whole") if index else [],
            "findings": index.of("findings") if index else [],
            "codebook": index.of("codebook") if index else [],
            "sheets": sheets(),
        }

    return document("datasets.html", context, dcat.catalogue)


@blueprint.get("/datasets/<kind>")
def one_table(kind: str) -> Response:
    """One table: its files, and its part of the code book; as a graph, its dataset. Raises NotFound."""
    index = dumps.index()
    files = [each for each in index.distributions if each.stem == kind and each.rows is not None] if index else []
    if not files:
        raise NotFound(f"{kind}: no such table; /datasets lists the tables")

    def context() -> dict[str, Any]:
        book = _book(kind)
        schemes = {name for row in book for name in row["Code list"].split("; ") if name}
        return {"sheet": _sheet(files), "book": book, "schemes": sorted(schemes)}

    return document("table.html", context, lambda: dcat.table(kind))


def sheets() -> list[Sheet]:
    """The tables by class, by name; those of things that are parts of others come last."""
    index = dumps.index()
    by_kind: dict[str, list[Distribution]] = {}
    for each in index.of("table") if index else ():
        by_kind.setdefault(each.stem, []).append(each)
    return sorted(map(_sheet, by_kind.values()), key=lambda sheet: (sheet.parts, sheet.name.casefold()))


def _sheet(files: list[Distribution]) -> Sheet:
    first = files[0]
    known = term(first.of) if first.of else None
    return Sheet(first.stem, *dcat.named(first), tuple(files), known is not None and not known.iri_type)


def _book(kind: str) -> list[dict[str, str]]:
    """The rows of the code book on one table."""
    path = folder_of(reader().folder, snapshot().id) / CODE_BOOK
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["Table"] == kind]
