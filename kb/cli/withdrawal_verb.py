"""The verb `withdraw`: what was published by mistake goes from everything that this site keeps."""

import argparse
import sys
from typing import Any

from kb.cli import Verbs, add_verb, setting_option, settings_of
from kb.errors import BadInput


def add(verbs: Verbs) -> None:
    """Adds the verb."""
    parser = add_verb(verbs, "withdraw", withdraw, "remove what was published by mistake, from all that is kept here")
    what: Any = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--resource", metavar="IRI", help="a record, with what only it contains")
    what.add_argument("--dataset", metavar="P/D", help="all releases of a dataset, with all that was received for it")
    what.add_argument("--release", metavar="P/D/N", help="the files that were received for a release")
    what.add_argument("--lift", metavar="N", type=int, help="let what withdrawal N took be published again")
    parser.add_argument(
        "--field",
        action="append",
        default=[],
        metavar="P",
        help="of the record only this property, such as ww:uprn; again for several",
    )
    parser.add_argument("--rule", metavar="TEXT", default="", help="by which rule or decision; shown in public")
    parser.add_argument("--dry-run", action="store_true", help="say what would go; change nothing")
    parser.add_argument("--yes", action="store_true", help="do it; it cannot be undone")
    parser.add_argument("--quiet", action="store_true", help="leave out the lines that say what is being done")
    setting_option(parser, "data")


def withdraw(args: argparse.Namespace) -> int:
    """Prints what went, or would go; without --yes nothing is changed."""
    from kb.store.folder import DataFolder
    from kb.store.withdrawal.withdraw import Target, lift, property_iri
    from kb.store.withdrawal.withdraw import withdraw as withdraw_target

    settings = settings_of(args)
    folder = DataFolder(settings.data)
    if args.lift is not None:
        print(f"withdrawal {lift(folder, args.lift).number}: what it took may be published again")
        return 0
    if args.field and not args.resource:
        raise BadInput("--field: name the record too, by --resource")
    _check_name(args.dataset, 2, "--dataset", "publisher/dataset")
    _check_name(args.release, 3, "--release", "publisher/dataset/number")
    fields = tuple(property_iri(each) for each in args.field)
    target = Target(args.resource, fields, args.dataset, args.release)
    dry = args.dry_run or not args.yes
    told = (lambda step: None) if args.quiet else _told
    done = withdraw_target(folder, target, args.rule, settings, dry_run=dry, on_step=told)
    print(done.summary())
    if not args.dry_run and not args.yes:
        raise BadInput("nothing was withdrawn: add --yes to do what is listed above; it cannot be undone")
    return 0


def _told(step: str) -> None:
    """A line for each step, also where nobody seems to watch: it takes minutes, and who ends it early must know."""
    print(f"… {step}", file=sys.stderr, flush=True)


def _check_name(text: str | None, parts: int, option: str, form: str) -> None:
    if text is None:
        return
    found = text.split("/")
    if len(found) != parts or not all(found) or (parts == 3 and not found[2].isdecimal()):
        raise BadInput(f"{option} {text}: write {form}")
