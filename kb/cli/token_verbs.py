"""The verbs `token` and `audit`: who may publish over HTTP, and what they did."""

import argparse

from kb.cli import Verbs, setting_option, settings_of
from kb.store.audit import OPERATOR, Audit
from kb.store.folder import DataFolder
from kb.store.tokens import SCOPES, Tokens

DAYS = 365
"""For which a token lasts where nothing else is said."""


def add(verbs: Verbs) -> None:
    """Adds both verbs."""
    text = "let a publisher's people and programs in: create, revoke and list tokens"
    parser = verbs.add_parser("token", help=text, description=text[0].upper() + text[1:] + ".")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    new = actions.add_parser("create", help="make a token; it is printed once and kept nowhere")
    new.add_argument("publisher", metavar="PUBLISHER", help="a registered publisher")
    new.add_argument("--name", required=True, help="what it is for, such as 'estates team'; the audit log has it")
    new.add_argument(
        "--scope",
        choices=SCOPES,
        default="publish",
        help="submit: send and check; publish: also publish (default: publish)",
    )
    new.add_argument(
        "--days", type=int, default=DAYS, metavar="N", help=f"for which it lasts; 0: until revoked (default: {DAYS})"
    )
    new.set_defaults(run=create)
    ending = actions.add_parser("revoke", help="end a token, and whoever is signed in with it, at once")
    ending.add_argument("id", metavar="ID", help="of a token, as the list shows it")
    ending.set_defaults(run=revoke)
    listing = actions.add_parser("list", help="list the tokens: id, publisher, name, scope, until when, status")
    listing.add_argument("--publisher", metavar="P", help="only of this publisher (default: all)")
    listing.set_defaults(run=list_tokens)
    text = "list what was done by whom, the latest first"
    log = verbs.add_parser("audit", help=text, description=text[0].upper() + text[1:] + ".")
    log.add_argument("--publisher", metavar="P", help="only by this publisher (default: all)")
    log.set_defaults(run=audit)
    for each in (new, ending, listing, log):
        setting_option(each, "data")


def create(args: argparse.Namespace) -> int:
    """Prints the token alone on standard output, so that a script can keep it, and nothing else of it anywhere."""
    folder = DataFolder(settings_of(args).data)
    _, written = Tokens(folder).create(args.publisher, args.name, args.scope, args.days or None, OPERATOR)
    print(written)
    return 0


def revoke(args: argparse.Namespace) -> int:
    """Prints what is revoked."""
    folder = DataFolder(settings_of(args).data)
    token = Tokens(folder).revoke(args.id, OPERATOR)
    print(f"revoked {token.id}, {token.name} of {token.publisher}")
    return 0


def list_tokens(args: argparse.Namespace) -> int:
    """One line each."""
    for each in Tokens(DataFolder(settings_of(args).data)).all(args.publisher):
        columns = (each.id, each.publisher, each.name, each.scope, each.expires or "until revoked", each.status)
        print("\t".join(columns))
    return 0


def audit(args: argparse.Namespace) -> int:
    """One line each: number, time, publisher, token, action, about, detail."""
    for each in Audit(DataFolder(settings_of(args).data)).entries(args.publisher):
        print("\t".join((str(each.number), each.at, each.publisher, each.token, each.action, each.about, each.detail)))
    return 0
