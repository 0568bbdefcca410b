"""The verb `template`: what people fill in, as files."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kb.cli import Verbs, add_verb, setting_option, settings_of
from kb.errors import BadInput
from kb.namespaces import compact

if TYPE_CHECKING:
    from kb.protocols.templates.workbook import Rows

FORMATS = ("xlsx", "csv", "csvw")


def add(verbs: Verbs) -> None:
    """Adds the verb."""
    parser = add_verb(verbs, "template", template, "write the template of a protocol, to be filled in")
    parser.add_argument("protocol", metavar="ID", help="such as dp-01")
    parser.add_argument(
        "--format", choices=FORMATS, default="xlsx",
        help="xlsx: a workbook; csv: a table for each record type; csvw: the metadata of these (default: xlsx)",
    )  # fmt: skip
    parser.add_argument("--graph", metavar="IRI", help="with the records of this public graph, to be corrected")
    setting_option(parser, "data")
    parser.add_argument("--record", metavar="NAME", help="of csv only this record type, such as lesson-learned")
    parser.add_argument(
        "--output", type=Path, metavar="FILE",
        help="- for standard output (default: the name that the site gives it, in this folder)",
    )  # fmt: skip


def template(args: argparse.Namespace) -> int:
    """Writes the files and says which; 0."""
    files = _files(args)
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


def _files(args: argparse.Namespace) -> dict[str, bytes]:
    """Name → content; raises NotFound."""
    from kb.protocols import catalogue
    from kb.protocols.columns import record_columns
    from kb.protocols.templates import tables
    from kb.protocols.templates.workbook import workbook

    id = catalogue.protocol(args.protocol).id
    if args.format == "csvw":
        text = json.dumps(tables.metadata(id), ensure_ascii=False, indent=1)
        return {f"{id}-metadata.json": f"{text}\n".encode()}
    rows, left_out = _published(args, id) if args.graph else ({}, {})
    if args.format == "xlsx":
        return {f"{id}.xlsx": workbook(id, rows, left_out)}
    records = [tables.record_named(id, args.record)] if args.record else record_columns(id)
    return {
        tables.file_name(id, record): tables.table(record, rows.get(record.id, ())).encode() for record in records
    }


def _published(args: argparse.Namespace, id: str) -> "tuple[Rows, Mapping[str, int]]":
    """The rows of what is published, and what they leave out, which is said on standard error too."""
    from kb.ask.published_rows import published_rows
    from kb.store.serving import snapshots

    store = snapshots(settings_of(args)).current().store
    found = published_rows(store, args.graph, id, labels=args.format == "xlsx")
    for each, number in sorted(found.left_out.items()):
        print(f"whatworks: {compact(each)}: {number:,} have no column and are left out", file=sys.stderr)
    return found.rows, found.left_out
