"""The verb `publish`: files of all kinds become the next release of a dataset."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kb.cli import Verbs, add_verb, progress, setting_option, settings_of
from kb.cli.check_verbs import FILES, as_dataset, cells, mapping_option, printed
from kb.cli.release_verbs import what_changed
from kb.errors import BadInput, NotConforming
from kb.intake.seen import printable

if TYPE_CHECKING:
    from kb.store.publication import PublicationRequest


def add(verbs: Verbs) -> None:
    """Adds the verb."""
    parser = add_verb(verbs, "publish", publish, "check files and publish them as the next release of a dataset")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=f"{FILES}: the whole dataset")
    parser.add_argument("--publisher", required=True, metavar="P", help="a registered publisher")
    parser.add_argument("--dataset", required=True, metavar="D", help="small letters, digits and hyphens")
    parser.add_argument("--dry-run", action="store_true", help="check and compare only; change nothing")
    parser.add_argument(
        "--hold-back",
        action="store_true",
        help="publish the records that conform, and leave out those that violate a protocol or cannot be read",
    )
    parser.add_argument(
        "--unchecked",
        action="store_true",
        help="register the dataset as not covered by any protocol; its page says so (for the operator)",
    )
    parser.add_argument("--protocol", metavar="ID", help="for which spreadsheets are (default: the likeliest)")
    mapping_option(parser)
    parser.add_argument("--title", default="", help="of the dataset, where no file describes it (default: its name)")
    parser.add_argument(
        "--licence", default="", metavar="NAME", help="such as OGL, CC-BY or CC0, or its address (default: OGL)"
    )
    parser.add_argument(
        "--about",
        action="append",
        default=[],
        metavar="FIELD=TEXT",
        help="what else is said of the dataset: description, place-covered, covered-from …; again for several",
    )
    setting_option(parser, "data")
    setting_option(parser, "shacl_engine")


def publish(args: argparse.Namespace) -> int:
    """Prints what changed; a submission that violates its protocol prints its report and changes nothing."""
    from kb.mapping.submitted import is_sheet
    from kb.store.folder import DataFolder
    from kb.store.publication import PublicationRequest, register_unchecked
    from kb.store.publication import publish as publish_requests

    settings = settings_of(args)
    folder = DataFolder(settings.data)
    if args.unchecked and not args.dry_run:
        register_unchecked(folder, args.publisher, args.dataset)
    ready = Ready(PublicationRequest(args.publisher, args.dataset, tuple(args.files)))
    says_more = args.mapping or args.title or args.licence or args.about or args.hold_back
    if says_more or any(is_sheet(path) for path in args.files):
        ready = _prepared(args, ready.request)
    request = ready.request
    try:
        (publication,) = publish_requests(folder, [request], settings, dry_run=args.dry_run, on_step=progress)
    except NotConforming as error:
        if request.lines is None:
            print(printable(error.report.text().rstrip("\n")))
        raise
    changed = what_changed(folder, publication)
    print(printable("\n".join([publication.summary(ready.recommendations), *changed, *ready.left_out])))
    if request.held_back:
        held = "1 record was" if request.held_back == 1 else f"{request.held_back:,} records were"
        print(f"{request.name}: {held} held back; mend what the report names and publish the whole again")
    if publication.draft is not None:
        from kb.ask import release_difference
        from kb.ask.difference_text import text

        store, lines = release_difference.published(settings), publication.draft.lines
        print(printable(text(release_difference.of_draft(folder, store, request.publisher, request.dataset, lines))))
    return 0


@dataclass(frozen=True)
class Ready:
    """What is to be published, and what is said of it beside: lines on what was left out, and how many recommendations
    the report of its cells has, where there is one."""

    request: "PublicationRequest"
    left_out: tuple[str, ...] = ()
    recommendations: int | None = None


def _prepared(args: argparse.Namespace, request: "PublicationRequest") -> Ready:
    """The request with the lines that the files say, checked. Raises NotConforming after printing the cells."""
    from kb.mapping.cell_report.overview import overview
    from kb.mapping.left_out import left_out
    from kb.mapping.unreadable import unreadable
    from kb.protocols.check import check
    from kb.store.completeness import SUMMARY, summarised
    from kb.store.dataset_description import licence_iri
    from kb.store.folder import DataFolder
    from kb.store.holding_back import conforming
    from kb.store.preparation import kept_beside
    from kb.store.state import State

    settings = settings_of(args)
    folder = DataFolder(settings.data)
    progress("reading")
    found = as_dataset(
        args,
        settings,
        title=args.title,
        licence=licence_iri(args.licence) if args.licence else "",
        said=_said(args.about),
    )
    lines, report, held, open = found.lines, None, 0, None
    beside = kept_beside(found.prepared.mappings)
    if not State(folder).is_unchecked(args.publisher, args.dataset):
        progress(f"checking {len(lines):,} triples")
        report = check(lines, engine=settings.shacl_engine)
        if found.prepared.sheets:
            told = overview(cells(report, found.prepared))
            beside[SUMMARY], open = summarised(told), told.counts["should"]
        if not (report.conforms and found.prepared.readable):
            print(printable(printed(report, found.prepared, "text").rstrip("\n")))
            if not args.hold_back:
                unread = sum(problem.level == "must" for problem in found.prepared.problems)
                raise NotConforming(
                    f"{request.name}: violations of its protocols: {report.violations}, cells that cannot be read and "
                    f"must be: {unread}; nothing was changed. Put right what the report says must be, and publish "
                    "again, or publish what conforms with --hold-back",
                    report,
                )
            progress("leaving out the records that violate a protocol or cannot be read")
            lines, report, held = conforming(lines, report, settings.shacl_engine, unreadable(found.prepared))
    made = replace(request, lines=lines, known=report, beside=beside, held_back=held, based_on=found.based_on)
    return Ready(made, tuple(left_out(found.prepared)), None if held else open)


def _said(given: Sequence[str]) -> dict[str, str]:
    """Of `FIELD=TEXT` the fields by column id; raises BadInput for an unknown one."""
    from kb.store.dataset_fields import named

    pairs = [(name, text) for name, equals, text in (each.partition("=") for each in given) if equals]
    if len(pairs) < len(given):
        raise BadInput("--about: write FIELD=TEXT, such as description='Every building that we own'")
    return {named(name).id: text for name, text in pairs}
