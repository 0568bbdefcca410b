"""The verbs `check` and `map`: what files hold and what is wrong with it, and what the columns of a sheet are."""

import argparse
import json
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from kb import namespaces
from kb.cli import Verbs, add_verb, progress, setting_option, settings_of
from kb.errors import BadInput, NotConforming
from kb.intake.seen import printable
from kb.protocols.report import Report

if TYPE_CHECKING:
    from kb.config import Settings
    from kb.mapping.body import Body
    from kb.mapping.cell_report.findings import CellReport
    from kb.mapping.mapping import Mapping
    from kb.mapping.prepare import Prepared, Undecided
    from kb.mapping.proposal import Proposed
    from kb.mapping.sheets import SheetMapping
    from kb.mapping.values.names import Names
    from kb.store.preparation import Content
    from kb.store.state import Publisher

FILES = "RDF files, tables and spreadsheets"


def add(verbs: Verbs) -> None:
    """Adds both verbs."""
    parser = add_verb(verbs, "check", check, "check files against the data protocols; nothing is stored")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=f"{FILES}, checked together")
    publisher_option(parser)
    parser.add_argument(
        "--dataset",
        metavar="D",
        help="as which the publisher would publish them: matched with its latest release, by the mappings kept with it",
    )
    parser.add_argument(
        "--base",
        metavar="IRI",
        help=f"the base under which the records of tables stand (default: the publisher's, else {namespaces.HOME})",
    )
    parser.add_argument(
        "--protocol", metavar="ID", help="only this one, such as dp-05, and what it is a profile of (default: all)"
    )
    parser.add_argument(
        "--format", choices=("text", "json", "turtle"), default="text", help="of the report (default: text)"
    )
    parser.add_argument(
        "--marked", type=Path, metavar="FILE", help="write the spreadsheet there as .xlsx, with what is wrong marked"
    )
    mapping_option(parser)
    parser.add_argument(
        "--body",
        type=body,
        metavar="NAME=IRI",
        help="the body that publishes: what spreadsheets call it, and its address, where it is not public yet",
    )
    setting_option(parser, "data")
    setting_option(parser, "shacl_engine")
    mapping = add_verb(verbs, "map", map_, "propose which field each column of a spreadsheet is, to be confirmed")
    mapping.add_argument("file", type=Path, metavar="FILE", help="a spreadsheet with headings of its own")
    mapping.add_argument("--protocol", metavar="ID", help="for which it is (default: the likeliest)")
    publisher_option(mapping)
    mapping.add_argument("--body", type=body, metavar="NAME=IRI", help="the body that publishes it")
    setting_option(mapping, "data")
    mapping.add_argument(
        "--csvw", action="store_true", help="write the mapping as CSV on the Web metadata, for other tools"
    )


def mapping_option(parser: argparse.ArgumentParser) -> None:
    """Adds what says how spreadsheets are read."""
    parser.add_argument(
        "--mapping",
        action="append",
        type=Path,
        metavar="FILE",
        help="how to read a spreadsheet, as `map` writes it; again for several (default: what is certain)",
    )


def publisher_option(parser: argparse.ArgumentParser) -> None:
    """Adds who publishes: its base, its body and where that lies are known then."""
    parser.add_argument("--publisher", metavar="P", help="a registered publisher, whose sheets they are")


def body(text: str) -> "Body":
    """The publishing body of `NAME=IRI`."""
    from kb.mapping.body import Body

    name, _, iri = text.rpartition("=")
    try:
        NamedNode(iri)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{iri!r} is no address: write NAME=https://…") from error
    if not name:
        raise argparse.ArgumentTypeError(f"{text!r}: write NAME=https://…")
    return Body(iri, (name,))


def _behind(args: argparse.Namespace, names: "Names") -> "tuple[Publisher | None, Body | None]":
    """The publisher that was named, and the body: as it is registered, or as it was said."""
    from kb.store.folder import DataFolder
    from kb.store.publisher_bodies import body_behind
    from kb.store.state import State

    if not args.publisher:
        return None, args.body
    folder = DataFolder(settings_of(args).data)
    publisher = State(folder).publisher(args.publisher)
    return publisher, args.body or body_behind(folder, publisher, names)


def mappings_of(args: argparse.Namespace) -> "list[Mapping]":
    """The mappings of the files that were named; raises BadInput."""
    from kb.intake.text import read_text
    from kb.mapping.mapping import read_mappings

    return [each for path in args.mapping or () for each in read_mappings(read_text(path), str(path))]


def check(args: argparse.Namespace) -> int:
    """Prints the report; 0 when nothing violates a protocol, 1 when something does."""
    from kb.protocols.check import check as check_lines

    settings = settings_of(args)
    progress("reading")
    if args.dataset:
        if not args.publisher or args.base or args.body:
            raise BadInput("--dataset: say whose it is with --publisher, and leave --base and --body out")
        found = as_dataset(args, settings)
        prepared, lines = found.prepared, found.lines
    else:
        prepared = _alone(args, settings)
        lines = prepared.lines
    progress(f"checking {len(lines):,} triples")
    report = check_lines(
        lines,
        protocols=[args.protocol] if args.protocol and not args.dataset else None,
        engine=settings.shacl_engine,
    )
    told = printed(report, prepared, args.format).rstrip("\n")
    print(printable(told) if args.format == "text" else told)
    if args.marked:
        mark(report, prepared, args.marked)
    return 0 if report.conforms and prepared.readable else NotConforming.exit_code


def as_dataset(args: argparse.Namespace, settings: "Settings", **said: Any) -> "Content":
    """What the files make of a dataset of a publisher; `said` of it besides goes to kb.store.preparation.content."""
    from kb.store.folder import DataFolder
    from kb.store.preparation import content
    from kb.store.state import State

    folder = DataFolder(settings.data)
    return content(
        folder,
        State(folder).publisher(args.publisher),
        args.dataset,
        args.files,
        settings,
        protocol=args.protocol,
        mappings=mappings_of(args) if args.mapping else None,
        **said,
    )


def _alone(args: argparse.Namespace, settings: "Settings") -> "Prepared":
    """What the files say by themselves, for whoever is no publisher here. Raises BadInput."""
    from kb.intake.lines import merged
    from kb.mapping.body import lines_about
    from kb.mapping.prepare import prepare
    from kb.store.folder import DataFolder
    from kb.store.known_names import known_names
    from kb.store.open_links import with_open_links
    from kb.store.state import State

    names = known_names(settings)
    publisher, body = _behind(args, names)
    base = args.base or (publisher.base if publisher else namespaces.HOME)
    try:
        NamedNode(base)
    except ValueError as error:
        raise BadInput(f"{base!r}: not a base IRI; give the one that the publisher is registered with") from error
    prepared = prepare(
        args.files,
        base=base,
        genid=namespaces.genid_prefix(base, "check"),
        graph=None,
        settings=settings,
        protocol=args.protocol,
        mappings=mappings_of(args),
        names=names.with_own(body.known()) if body else names,
        area=body.area if body else None,
        publisher=body.name if body else "",
        place=body.place if body else "",
    )
    bases = {base, *(each.base for each in State(DataFolder(settings.data)).publishers())}
    own = lines_about(body, publisher.id if publisher else "", base, prepared.lines) if body else []
    return with_open_links(prepared, merged([prepared.lines, sorted(own)]), bases, None, settings)


def printed(report: Report, prepared: "Prepared", format: str) -> str:
    """The report; where there are spreadsheets, by sheet, row and column, with what is to be decided first."""
    if not prepared.sheets:
        if format == "turtle":
            return report.turtle()
        return json.dumps(report.json(), ensure_ascii=False, indent=2) if format == "json" else report.text()
    from kb.mapping.cell_report.text import text
    from kb.mapping.cell_report.validation import json_lines, write_rdf

    found = cells(report, prepared)
    if format == "json":
        return "".join(json_lines(found))
    if format == "turtle":
        written = BytesIO()
        write_rdf(found, written)
        return written.getvalue().decode()
    return "\n".join([*_to_decide(prepared.undecided), text(found)])


def mark(report: Report, prepared: "Prepared", path: Path) -> None:
    """Writes the spreadsheets back as one workbook, their cells marked; raises BadInput where there is none."""
    from kb.mapping.cell_report.workbook import write_workbook

    if not prepared.sheets:
        raise BadInput("--marked: marks the cells of a spreadsheet, and none was given")
    write_workbook(cells(report, prepared), path)


def cells(report: Report, prepared: "Prepared") -> "CellReport":
    """What the check and the reading of the sheets found, at their cells."""
    from kb.mapping.cell_report.found import Source, cell_report

    sources = [Source(each.mapped.grid, each.mapped.mapping, each.mapped.record) for each in prepared.sheets]
    return cell_report(report, prepared.locator, prepared.problems, sources)


def _to_decide(undecided: "Sequence[Undecided]") -> list[str]:
    if not undecided:
        return []
    lines = ["To decide (`whatworks map` writes a mapping in which you can):"]
    for each in undecided:
        where = f"{each.file}, {each.sheet}" if each.sheet else each.file
        maybe = ", ".join(candidate.heading for candidate in each.candidates)
        lines.append(f"  {where}: {each.sentence}" + (f" Perhaps: {maybe}." if maybe else ""))
    return [*lines, ""]


def map_(args: argparse.Namespace) -> int:
    """Writes the mapping to standard output, and what speaks for each column to standard error."""
    from kb.intake.spreadsheet.limits import limits_of
    from kb.intake.spreadsheet.read import read_grids
    from kb.mapping.csvw import csvw
    from kb.mapping.mapping import written_mappings
    from kb.mapping.sheets import sheet_mapping
    from kb.protocols.templates import marks
    from kb.store.known_names import known_names

    grids = [grid for grid in read_grids(args.file, limits_of(settings_of(args))) if not marks.is_guidance_sheet(grid)]
    _, body = _behind(args, known_names(settings_of(args)))
    name, place = (body.name, body.place) if body else ("", "")
    found = [sheet_mapping(grid, args.protocol, (), publisher=name, place=place) for grid in grids]
    proposals = [each.proposal for each in found if each.proposal]
    if not proposals:
        raise BadInput(f"{args.file}: no protocol fits its headings; say for which one it is with --protocol")
    for sheet in found:
        print("\n".join(_explained(sheet)), file=sys.stderr)
    mappings = [each.mapping(probable=True) for each in proposals]
    if args.csvw:
        headings = [list(each.grid.headings) for each in found if each.proposal]
        parts = [csvw(each, args.file.name, namespaces.HOME, of) for each, of in zip(mappings, headings, strict=True)]
        print("".join(parts), end="")
    else:
        print(written_mappings(mappings), end="")
    return 0


def _explained(sheet: "SheetMapping") -> list[str]:
    title = ", ".join(part for part in (sheet.grid.file, sheet.grid.sheet) if part)
    if sheet.proposal is None or sheet.record is None:
        return [f"{title}: no protocol fits its headings"]
    lines = [f"{title}: {sheet.proposal.protocol}, {sheet.record.record.name}"]
    headings = {column.id: column.heading for column in sheet.record.columns}
    lines += [_row(each, headings) for each in sheet.proposal.headings]
    lines += [
        f"  every row: {headings[column]} is {value!r}" for column, value in sheet.proposal.constants.items()
    ]
    lines += [f"  to decide, for every row: {each.text} ({each.column})" for each in sheet.proposal.questions]
    return lines


def _row(each: "Proposed", headings: dict[str, str]) -> str:
    if each.column:
        return f"  {each.heading} → {headings[each.column]}: {each.reason} ({each.confidence:.0%})"
    if each.column == "":
        return f"  {each.heading} → not published: {each.reason}"
    maybe = "; ".join(f"{one.heading} ({one.column})" for one in each.candidates)
    return f"  {each.heading} → to decide: {maybe or each.reason}"
