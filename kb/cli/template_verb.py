"""The verb `template`: what people fill in, as files."""

import argparse
import json
import sys
from pathlib import Path

from kb.cli import Verbs, add_verb
from kb.errors import BadInput

FORMATS = ("xlsx", "csv", "csvw")


def add(verbs: Verbs) -> None:
    """Adds the verb."""
    parser = add_verb(verbs, "template", template, "write the template of a protocol, to be filled in")
    parser.add_argument("protocol", metavar="ID", help="such as dp-01")
    parser.add_argument(
        "--format", choices=FORMATS, default="xlsx",
        help="xlsx: a workbook; csv: a table for each record type; csvw: the metadata of these (default: xlsx)",
    )  # fmt: skip
    parser.add_argument("--record", metavar="NAME", help="of csv only this record type, such as lesson-learned")
    parser.add_argument(
        "--output", type=Path, metavar="FILE",
        help="- for standard output (default: the name that the site gives it, in this folder)",
    )  # fmt: skip


def template(args: argparse.Namespace) -> int:
    """Writes the files and says which; 0."""
    files = _files(args.protocol, args.format, args.record)
    if args.output is None:
        for name, content in files.items():
            Path(name).write_bytes(content)
            print(name)
        return 0
    if len(files) > 1:
        raise BadInput(f"--output names one file and there are {len(files)}: give --record, or leave --output out")
    (content,) = files.values()
    if str(args.output) == "-":
        sys.stdout.buffer.write(content)
    else:
        args.output.write_bytes(content)
    return 0


def _files(protocol_id: str, format: str, name: str | None) -> dict[str, bytes]:
    """Name → content; raises NotFound."""
    from kb.protocols import catalogue
    from kb.protocols.columns import record_columns
    from kb.protocols.templates import tables
    from kb.protocols.templates.workbook import workbook

    id = catalogue.protocol(protocol_id).id
    if format == "xlsx":
        return {f"{id}.xlsx": workbook(id)}
    if format == "csvw":
        text = json.dumps(tables.metadata(id), ensure_ascii=False, indent=1)
        return {f"{id}-metadata.json": f"{text}\n".encode()}
    records = [tables.record_named(id, name)] if name else record_columns(id)
    return {tables.file_name(id, record): tables.table(record).encode() for record in records}
