"""The verbs about releases: their list, what differs between two of them, and going back to an earlier one."""

import argparse
import json
from typing import TYPE_CHECKING

from kb.cli import Verbs, add_verb, progress, setting_option, settings_of
from kb.errors import NotFound
from kb.intake.seen import printable

if TYPE_CHECKING:
    from kb.store.folder import DataFolder
    from kb.store.publication import Publication


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
    _releases(verbs)
    _difference(verbs)
    _rollback(verbs)


def _releases(verbs: Verbs) -> None:
    parser = add_verb(verbs, "releases", releases, "list the releases of every dataset, or of one")
    parser.add_argument("--publisher", metavar="P", help="only of this publisher (default: all)")
    parser.add_argument("--dataset", metavar="D", help="only of this dataset (default: all)")
    setting_option(parser, "data")


def releases(args: argparse.Namespace) -> int:
    """One line each: publisher, dataset, number, time, triples, kind."""
    from kb.store.folder import DataFolder
    from kb.store.releases import all_releases

    for release in all_releases(DataFolder(settings_of(args).data)):
        if args.publisher in (None, release.publisher) and args.dataset in (None, release.dataset):
            columns = (release.publisher, release.dataset, release.number, release.issued, release.triples)
            print("\t".join(str(column) for column in (*columns, release.kind)))
    return 0


def _difference(verbs: Verbs) -> None:
    parser = add_verb(verbs, "difference", difference, "tell in words what changed between two releases of a dataset")
    parser.add_argument("--publisher", required=True, metavar="P", help="a registered publisher")
    parser.add_argument("--dataset", required=True, metavar="D", help="one of its datasets")
    parser.add_argument(
        "--from", dest="start", type=int, metavar="N", help="a release; 0 is nothing (default: the one before)"
    )
    parser.add_argument("--to", dest="end", type=int, metavar="M", help="a release (default: the latest)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of the answer (default: text)")
    setting_option(parser, "data")


def difference(args: argparse.Namespace) -> int:
    """Prints the sentence, and what changed record by record."""
    from kb.ask import difference_text, release_difference
    from kb.store.folder import DataFolder
    from kb.store.releases import latest

    settings = settings_of(args)
    folder = DataFolder(settings.data)
    last = latest(folder, args.publisher, args.dataset)
    if last is None:
        raise NotFound(f"{args.publisher}/{args.dataset}: no releases; see `whatworks releases`")
    end = last.number if args.end is None else args.end
    start = max(end - 1, 0) if args.start is None else args.start
    store = release_difference.published(settings)
    found = release_difference.between(folder, store, args.publisher, args.dataset, start, end)
    if args.format == "json":
        print(json.dumps(difference_text.json(found), ensure_ascii=False, indent=2))
    else:
        print(printable(difference_text.text(found)))
    return 0


def _rollback(verbs: Verbs) -> None:
    parser = add_verb(verbs, "rollback", rollback, "publish an earlier release again, as a new release equal to it")
    parser.add_argument("--publisher", required=True, metavar="P", help="a registered publisher")
    parser.add_argument("--dataset", required=True, metavar="D", help="one of its datasets")
    parser.add_argument(
        "--to", required=True, type=int, metavar="N", help="the release to go back to; 0 takes all content back"
    )
    setting_option(parser, "data")


def rollback(args: argparse.Namespace) -> int:
    """Prints what changed."""
    from kb.store.folder import DataFolder
    from kb.store.publication import rollback as roll_back

    settings = settings_of(args)
    folder = DataFolder(settings.data)
    publication = roll_back(folder, args.publisher, args.dataset, args.to, settings, on_step=progress)
    print(printable("\n".join([publication.summary(), *what_changed(folder, publication)])))
    return 0


def what_changed(folder: "DataFolder", publication: "Publication") -> list[str]:
    """What a new release did with records, in words, and how to read more of that and to go back; else nothing."""
    from kb.ask.difference_text import counted
    from kb.store.changes import counts

    release = publication.release
    if release is None:
        return []
    said, dataset = counted(counts(folder, release)), f"--publisher {release.publisher} --dataset {release.dataset}"
    return [
        f"{said[0].upper()}{said[1:]}. Record by record: whatworks difference {dataset}",
        f"To undo it: whatworks rollback {dataset} --to {release.number - 1}",
    ]
