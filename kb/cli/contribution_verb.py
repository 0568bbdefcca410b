"""The verb `contributions`: what readers sent, for the operator."""

import argparse

from kb.cli import Verbs, add_verb, setting_option, settings_of


def add(verbs: Verbs) -> None:
    """Adds the verb."""
    parser = add_verb(verbs, "contributions", contributions, "list what readers sent to say that something is wrong")
    parser.add_argument("id", metavar="ID", nargs="?", help="show one in full, as the list names it")
    parser.add_argument("--publisher", metavar="P", help="only those for this publisher (default: all)")
    parser.add_argument("--delete", action="store_true", help="delete the one that is named")
    setting_option(parser, "data")


def contributions(args: argparse.Namespace) -> int:
    """One line each: id, state, kind, publisher, when, about; of one that is named also what was written."""
    from kb.errors import BadInput
    from kb.store.contributions import Contributions
    from kb.store.folder import DataFolder

    known = Contributions(DataFolder(settings_of(args).data))
    if args.delete and not args.id:
        raise BadInput("--delete: name the contribution too")
    found = [known.contribution(args.id)] if args.id else known.of(args.publisher)
    for each in found:
        print("\t".join((each.id, each.state, each.kind, each.publisher or "-", each.created, each.about or "-")))
    if args.delete:
        known.delete(args.id)
        print(f"deleted {args.id}")
    elif args.id:
        for name, written in {**found[0].fields, "e-mail": found[0].email, "answer": found[0].answer}.items():
            if written:
                print(f"{name}: {written}")
    return 0
