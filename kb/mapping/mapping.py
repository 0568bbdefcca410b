"""A mapping: which column of a publisher's sheet is which field of a protocol, confirmed once and kept as a file."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from kb.errors import BadInput

FORM = 1
"""Of the file; it goes up when what is written changes its meaning."""


@dataclass(frozen=True)
class Mapping:
    """How the rows of a sheet become records of one type of a protocol.

    Columns are named by kb.protocols.columns.Column.id, so that a change of wording does not lose them.
    """

    protocol: str
    """`dp-01`."""
    version: str
    """Of the protocol, when the mapping was confirmed."""
    record: str
    """kb.protocols.columns.RecordColumns.id, `AssetShape`."""
    columns: dict[str, str] = field(default_factory=dict)
    """Heading → column id; an empty id: this column is not published. What is not in here is not decided."""
    constants: dict[str, str] = field(default_factory=dict)
    """Column id → what every row says whose cell is empty, written as in a cell."""
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    """Column id → what is written → the code, name or date that it stands for, as a person decided."""
    dates: dict[str, str] = field(default_factory=dict)
    """Column id → words of kb.mapping.values.dates, where the values leave it open: `day-first financial-year`."""
    sheet: str = ""
    """The sheet that it is for; empty where the file has one table."""

    def written(self) -> str:
        """The mapping as a file, JSON."""
        return json.dumps({"form": FORM, **asdict(self)}, ensure_ascii=False, indent=1) + "\n"


def read_mapping(text: str, name: str = "mapping") -> Mapping:
    """The mapping that a file holds; raises BadInput where it is none, or of a later form."""
    try:
        content: dict[str, Any] = json.loads(text)
        form = content.pop("form")
        if form != FORM:
            raise BadInput(f"{name}: is of form {form}; this release reads form {FORM}")
        found = Mapping(**content)
        if wrong := next(_malformed(found), None):
            raise TypeError(f"{wrong} is not of the right kind")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadInput(f"{name}: is no mapping file: {error}; download it from the site again") from error
    return found


def read_mappings(text: str, name: str = "mapping") -> list[Mapping]:
    """The mappings of a file that holds one, or a list of them: one for each sheet; raises BadInput likewise."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    every = content if isinstance(content, list) else [content]
    return [read_mapping(json.dumps(each) if content is not None else text, name) for each in every]


def written_mappings(mappings: Sequence[Mapping]) -> str:
    """One mapping, or several as a list, as a file that read_mappings reads."""
    if len(mappings) == 1:
        return mappings[0].written()
    return json.dumps([json.loads(each.written()) for each in mappings], ensure_ascii=False, indent=1) + "\n"


def _malformed(found: Mapping) -> Iterator[str]:
    """The members that are not of their types; JSON has none but its own."""
    for name in ("protocol", "version", "record", "sheet"):
        if not isinstance(getattr(found, name), str):
            yield name
    for name in ("columns", "constants", "dates"):
        if not _is_texts(getattr(found, name)):
            yield name
    if not (isinstance(found.values, dict) and all(map(_is_texts, found.values.values()))):
        yield "values"


def _is_texts(found: object) -> bool:
    return isinstance(found, dict) and all(isinstance(each, str) for each in found.values())
