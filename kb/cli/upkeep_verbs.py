"""The verbs that keep a data folder whole: `verify` and `migrate`; and `replicate`."""

import argparse
import math
import sys
from pathlib import Path

from kb.cli import Verbs, add_verb, progress, setting_option, settings_of
from kb.errors import BadInput


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
    from kb.store.replica.copying import WAIT

    parser = add_verb(verbs, "verify", verify, "compare releases, store, snapshots and downloads with each other")
    setting_option(parser, "data")
    parser = add_verb(verbs, "replicate", replicate, "copy another data folder's snapshots here, to be read")
    parser.add_argument("source", metavar="SOURCE", help="a data folder: its path, or host:path by rsync and ssh")
    told = f"for downloads that are being made there, and 0 is not to wait (default: {WAIT:g})"
    parser.add_argument("--wait", type=_seconds, default=WAIT, metavar="SECONDS", help=told)
    setting_option(parser, "data")
    parser = add_verb(verbs, "migrate", migrate, "bring a data folder up to this version of the program")
    parser.add_argument("--backup", type=Path, metavar="TARGET", help="folder of backups; one is made first")
    parser.add_argument("--without-backup", action="store_true", help="there is one already: it is the only way back")
    setting_option(parser, "data")


def verify(args: argparse.Namespace) -> int:
    """Prints a line for each fault: where, what, and what mends it; 0 where there is none, 1 where there is one."""
    from kb.store.folder import DataFolder
    from kb.store.verification import verify as look

    settings = settings_of(args)
    folder = DataFolder(settings.data)
    found = look(folder, settings, progress)
    for fault in found:
        print(f"{fault.where}: {fault.what}; {fault.mend}")
    if not found:
        print(f"{folder.root}: everything is as it should be")
    return 1 if found else 0


def replicate(args: argparse.Namespace) -> int:
    """Prints what is current here, what came and what went; and on standard error what is still to come."""
    from kb.store.folder import DataFolder
    from kb.store.replica.copying import replicate as copy

    folder = DataFolder(settings_of(args).data)
    done = copy(args.source, folder, progress, wait=args.wait)
    print(f"{folder.root}: snapshot {done.current}; {len(done.brought)} brought, {len(done.removed)} removed")
    if not done.has_downloads:
        said = f"the downloads of {done.current} are not made there yet; run the command again to bring them"
        print(f"whatworks: {args.source}: {said}", file=sys.stderr)
    return 0


def migrate(args: argparse.Namespace) -> int:
    """Prints each step; without a backup nothing is changed."""
    from kb.store.backup.take import backup
    from kb.store.folder import DataFolder
    from kb.store.migrations import migrate as bring_up
    from kb.store.migrations import steps_for

    folder = DataFolder(settings_of(args, any_layout=True).data)
    steps = steps_for(folder)
    for number, what in steps:
        print(f"layout {number}: {what}")
    if not steps:
        print(f"{folder.root}: nothing to do")
        return 0
    if args.backup is not None:
        made = backup(folder, args.backup, on_step=progress)
        if made.faults:
            raise BadInput(f"{made.path}: {made.faults[0]}; nothing was migrated: see `whatworks verify`")
        print(f"backup: {made.path}", *([made.adopted] if made.adopted else []), sep="\n")
    elif not args.without_backup:
        raise BadInput("nothing was migrated: name a folder of backups by --backup, for there is no other way back")
    bring_up(folder, progress)
    print("migrated")
    return 0


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r}: write a number of seconds, 0 or more")
    return number
