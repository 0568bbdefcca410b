"""The verb `publish`: files of all kinds become the next release of a dataset."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from kb.cli import Verbs, add_verb, progress, setting_option, settings_of
from kb.cli.check_verbs import FILES, mappings_of, printed, sheet_options
from kb.errors import BadInput, NotConforming

if TYPE_CHECKING:
    from kb.mapping.dataset_description import DatasetDescription
    from kb.store.publication import PublicationRequest


def add(verbs: Verbs) -> None:
    """Adds the verb."""
    parser = add_verb(verbs, "publish", publish, "check files and publish them as the next release of a dataset")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=f"{FILES}: the whole dataset")
    parser.add_argument("--publisher", required=True, metavar="P", help="a registered publisher")
    parser.add_argument("--dataset", required=True, metavar="D", help="small letters, digits and hyphens")
    parser.add_argument("--dry-run", action="store_true", help="check and compare only; change nothing")
    parser.add_argument(
        "--unchecked",
        action="store_true",
        help="register the dataset as not covered by any protocol; its page says so (for the operator)",
    )
    parser.add_argument("--protocol", metavar="ID", help="for which spreadsheets are (default: the likeliest)")
    sheet_options(parser)
    parser.add_argument("--title", help="of the dataset, where no file describes it; with --licence and --body")
    parser.add_argument("--licence", metavar="NAME", help="such as OGL, CC-BY, CC0, or its address")
    parser.add_argument("--description", default="", help="of the dataset, in a sentence or two")
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
    request = PublicationRequest(args.publisher, args.dataset, tuple(args.files))
    described = _description(args)
    if described or any(is_sheet(path) for path in args.files) or args.mapping:
        request = _prepared(args, request, described)
    try:
        (publication,) = publish_requests(folder, [request], settings, dry_run=args.dry_run, on_step=progress)
    except NotConforming as error:
        if request.lines is None:
            print(error.report.text().rstrip("\n"))
        raise
    print(publication.summary())
    if publication.draft is not None:
        from kb.ask import release_difference
        from kb.ask.difference_text import text

        store, lines = release_difference.published(settings), publication.draft.lines
        print(text(release_difference.of_draft(folder, store, request.publisher, request.dataset, lines)))
    return 0


def _description(args: argparse.Namespace) -> "DatasetDescription | None":
    from kb.mapping.dataset_description import DatasetDescription

    if not (args.title or args.licence):
        return None
    if not (args.title and args.licence and args.body):
        raise BadInput("a dataset is described with --title, --licence and --body together")
    return DatasetDescription(args.title, args.licence, args.body.iri, args.description)


def _prepared(
    args: argparse.Namespace, request: "PublicationRequest", described: "DatasetDescription | None"
) -> "PublicationRequest":
    """The request with the lines that the files say, checked. Raises NotConforming after printing the cells."""
    from dataclasses import replace

    from kb.protocols.check import check
    from kb.store.folder import DataFolder
    from kb.store.preparation import kept_beside, prepare_for, with_description
    from kb.store.state import State

    settings = settings_of(args)
    folder = DataFolder(settings.data)
    publisher = State(folder).publisher(args.publisher)
    progress("reading")
    prepared = prepare_for(
        folder,
        publisher,
        args.dataset,
        args.files,
        settings,
        protocol=args.protocol,
        mappings=mappings_of(args) if args.mapping else None,
        body=args.body,
    )
    lines = with_description(prepared, described, publisher.base, args.dataset)
    report = None
    if not State(folder).is_unchecked(args.publisher, args.dataset):
        progress(f"checking {len(lines):,} triples")
        report = check(lines, engine=settings.shacl_engine)
        if not (report.conforms and prepared.readable):
            print(printed(report, prepared, "text").rstrip("\n"))
            cells = sum(problem.level == "must" for problem in prepared.problems)
            raise NotConforming(
                f"{request.name}: violations of its protocols: {report.violations}, cells that cannot be read and "
                f"must be: {cells}; nothing was changed. Put right what the report says must be, and publish again",
                report,
            )
    return replace(request, lines=lines, known=report, beside=kept_beside(prepared.mappings))
