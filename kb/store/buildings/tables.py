"""The tables as files of Arrow, and their reader, which maps them: a page reads the columns that it needs in place."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy
import pyarrow
from pyarrow import compute, ipc

from kb.errors import NotFound
from kb.store.folder import DataFolder

FOLDER = "buildings"
INDEX = "index.json"
BUILDINGS, NEAR, SAME = "buildings", "near", "same"

FORM = 2
"""Raised when the tables are written differently; those of another form are not read, and made anew."""


@dataclass(frozen=True, eq=False)
class Index:
    """What the tables say of themselves. Numbers in the tables are places in these lists."""

    form: int
    day: str
    """The day of the snapshot, as at which leases are told."""
    limit: int
    """Metres within which pairs were sought."""
    left_out: int
    """Pairs that were found and not kept, since others of their buildings rank higher."""
    bodies: tuple[str, ...]
    places: tuple[str, ...]
    codes: tuple[str, ...]
    registers: tuple[str, ...]
    """Named graphs."""
    bases: tuple[tuple[str, ...], ...]
    """Of running costs per m²: metric of the size, unit, price basis, year of prices, period."""
    kinds: dict[str, tuple[str, ...]]
    """Body → its kinds, those above them included."""
    own_kinds: dict[str, tuple[str, ...]]
    """Body → those of its kinds that are above no other of them."""
    above: dict[str, tuple[str, ...]]
    """Use → the codes above it."""
    medians: tuple[tuple[str, int, float], ...]
    """Use, place of the basis, and the median running cost per m²."""
    outlines: tuple[tuple[str, str], ...]
    """Name and WKT of each place that has an outline in the store."""
    without_use: tuple[tuple[str, int], ...]
    """Body ("" for none), and of how many of its buildings it publishes no use; those with most first."""
    coarse: int
    """Buildings with a point too coarse to measure from, and without a point."""
    no_point: int


def folder_of(folder: DataFolder, id: str) -> Path:
    """Where the tables of a snapshot are."""
    return folder.snapshots / id / FOLDER


def write(draft: Path, name: str, columns: Mapping[str, Any]) -> None:
    """Writes a table as `{name}.arrow`; a column is an array, or a sequence of texts or of lists of numbers."""
    table = pyarrow.table({heading: _column(values) for heading, values in columns.items()})
    with ipc.new_file(str(draft / f"{name}.arrow"), table.schema) as file:
        file.write_table(table, max_chunksize=max(1, table.num_rows))


def write_index(draft: Path, index: Index) -> None:
    """Writes the index beside the tables."""
    (draft / INDEX).write_text(json.dumps(asdict(index), ensure_ascii=False) + "\n", encoding="utf-8")


def has_tables(folder: DataFolder, id: str) -> bool:
    """Whether a snapshot has tables of the present form."""
    return are_tables(folder_of(folder, id))


def are_tables(path: Path) -> bool:
    """Whether tables of the present form lie in a folder."""
    return day_of(path) is not None


def day_of(path: Path) -> str | None:
    """As at which day the tables of a folder tell leases; None where there are none of the present form."""
    try:
        said = json.loads((path / INDEX).read_bytes())
    except FileNotFoundError:
        return None
    return str(said["day"]) if said["form"] == FORM else None


class Table:
    """One table, mapped into memory; its columns are read where they lie."""

    def __init__(self, path: Path) -> None:
        with pyarrow.memory_map(str(path)) as source:
            self._table = ipc.open_file(source).read_all().combine_chunks()
        self._read: dict[str, Any] = {}

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def numbers(self, column: str) -> Any:
        """The column as a numpy array, which nothing may write to."""
        found = self._read.get(column)
        if found is None:
            found = self._read[column] = _one(self._table.column(column)).to_numpy(zero_copy_only=False)
        return found

    def lists(self, column: str) -> tuple[Any, Any]:
        """Of a column of lists all their numbers, and to which row each belongs."""
        found = self._read.get(column)
        if found is None:
            lists = _one(self._table.column(column))
            parents = compute.list_parent_indices(lists).to_numpy(zero_copy_only=False)
            found = self._read[column] = lists.flatten().to_numpy(zero_copy_only=False), parents
        return found

    def texts(self, column: str, rows: Sequence[int]) -> list[Any]:
        """The values of a column in these rows: texts, or lists of numbers."""
        taken = self._table.column(column).take(pyarrow.array(rows, type=pyarrow.int64()))
        return list(taken.to_pylist())

    def holding(self, column: str, words: str) -> Any:
        """Which rows have the words somewhere in the texts of the column."""
        return _one(compute.match_substring(self._table.column(column), words)).to_numpy(zero_copy_only=False)

    def is_filled(self, column: str) -> Any:
        """Which rows have a text in the column."""
        lengths = compute.binary_length(self._table.column(column))
        return _one(compute.greater(lengths, 0)).to_numpy(zero_copy_only=False)

    def where(self, column: str, text: str) -> int | None:
        """The first row with this text; None where there is none."""
        found = compute.index(self._table.column(column), text).as_py()
        return None if found < 0 else int(found)


class Tables:
    """All tables of a snapshot."""

    def __init__(self, path: Path, index: Index) -> None:
        self._path = path
        self.index = index

    @cached_property
    def buildings(self) -> Table:
        """A row for each asset, by name."""
        return Table(self._path / f"{BUILDINGS}.arrow")

    @cached_property
    def near(self) -> Table:
        """A row for each pair of near buildings, the best first."""
        return Table(self._path / f"{NEAR}.arrow")

    @cached_property
    def same(self) -> Table:
        """A row for each pair of records that may be of one building."""
        return Table(self._path / f"{SAME}.arrow")


def read(folder: DataFolder, id: str) -> Tables:
    """The tables of a snapshot; raises NotFound where it has none."""
    path = folder_of(folder, id)
    try:
        said = json.loads((path / INDEX).read_bytes())
    except FileNotFoundError:
        said = {}
    if said.get("form") != FORM:
        raise NotFound(f"{id}: its tables of buildings are not here")
    said |= {name: tuple(map(_fixed, said[name])) for name in said if isinstance(said[name], list)}
    return Tables(path, Index(**said))


def _fixed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _column(values: Any) -> Any:
    if isinstance(values, numpy.ndarray):
        return pyarrow.array(values)
    if len(values) and isinstance(values[0], str):
        return pyarrow.array(values, type=pyarrow.string())
    if len(values):
        return pyarrow.array(values, type=pyarrow.list_(pyarrow.int32()))
    return pyarrow.array([], type=pyarrow.string())


def _one(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pyarrow.ChunkedArray) else column
