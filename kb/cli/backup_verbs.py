"""The verbs `backup` and `restore`: a data folder is copied while it is served, and got back."""

import argparse
import sys
from pathlib import Path

from kb.cli import Verbs, add_verb, progress, setting_option, settings_of
from kb.errors import BadInput


def add(verbs: Verbs) -> None:
    """Adds both verbs."""
    from kb.store.backup.take import KEEP

    parser = add_verb(verbs, "backup", backup, "copy the data folder to another place, also while it is served")
    parser.add_argument("target", type=Path, metavar="TARGET", help="folder of backups, made where there is none")
    parser.add_argument(
        "--keep", type=_positive, default=KEEP, metavar="N", help=f"generations that are kept (default: {KEEP})"
    )
    parser.add_argument("--quick", action="store_true", help="check only the files that were written, not all")
    parser.add_argument("--list", action="store_true", help="list the generations that there are; make none")
    setting_option(parser, "data")
    parser = add_verb(verbs, "restore", restore, "get a data folder back from a backup")
    parser.add_argument("source", type=Path, metavar="SOURCE", help="folder of backups, or one of its generations")
    parser.add_argument("--generation", metavar="NAME", help="which one, as `backup --list` shows it (default: latest)")
    parser.add_argument("--replace", action="store_true", help="move what is in the data folder aside first")
    parser.add_argument("--state", action="store_true", help="only state.sqlite; everything else stays as it is")
    setting_option(parser, "data")


def backup(args: argparse.Namespace) -> int:
    """Prints what was made; 0 where it is sound, 1 where something is wrong with it."""
    from kb.store.backup.manifest import read_manifest
    from kb.store.backup.take import backup as make
    from kb.store.backup.target import generations
    from kb.store.folder import DataFolder

    settings = settings_of(args, any_layout=True)
    if args.list:
        for path in generations(args.target):
            try:
                found = read_manifest(path)
            except BadInput as error:
                print(f"{path.name}\tdamaged: {error}")
                continue
            print(f"{path.name}\t{found.when}\t{len(found.files)} files\tsnapshot {found.current or 'none'}")
        return 0
    made = make(DataFolder(settings.data), args.target, keep=args.keep, quick=args.quick, on_step=progress)
    print(f"{made.path}: {made.files:,} files, {made.copied:,} of them new ({made.bytes / 1e6:,.1f} MB)")
    if made.adopted is not None:
        print(made.adopted)
    if made.damaged is not None:
        print(f"whatworks: {made.damaged}: its files are damaged, so all was copied anew", file=sys.stderr)
    if made.faults:
        for fault in made.faults:
            print(f"whatworks: {made.path.name}: {fault}", file=sys.stderr)
        for name in made.withdrawn:
            print(f"whatworks: {name}: still holds what was withdrawn since; delete it", file=sys.stderr)
        print("whatworks: the backup is damaged, so no older one was removed; see `whatworks verify`", file=sys.stderr)
        return 1
    for name in made.withdrawn:
        print(f"removed {name}: it held what was withdrawn since")
    for name in made.removed:
        print(f"removed {name}: {args.keep} are kept")
    return 0


def restore(args: argparse.Namespace) -> int:
    """Prints what is there again, and what to see to."""
    from kb.store.backup.restore import restore as get_back
    from kb.store.backup.restore import restore_state
    from kb.store.folder import DataFolder

    folder = DataFolder(settings_of(args, any_layout=True).data)
    if args.state and args.replace:
        raise BadInput("--state: moves the state aside by itself; leave out --replace")
    if args.state:
        done = restore_state(args.source, folder, name=args.generation, on_step=progress)
        print(f"restored {folder.state} as of {done.when}; now run `whatworks rebuild`")
    else:
        done = get_back(args.source, folder, name=args.generation, replace=args.replace, on_step=progress)
        print(f"restored {folder.root} as of {done.when}: {done.files:,} files; snapshot {done.current or 'none'}")
        print("The store is in no backup: the next publication makes it from the releases, or now `whatworks rebuild`.")
    if done.aside is not None:
        print(f"what was there is in {done.aside}")
    print("Everybody has to sign in again. Tokens revoked after that moment are in force: see `whatworks token list`.")
    return 0


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: write a whole number, 1 or more")
    return int(text)
