"""The verbs of `whatworks`: they parse arguments, call one function, print, and choose the exit code.

Exit codes: 0 done, or conforms; 1 does not conform; 2 bad input. `web.cli` adds `serve` and is the command's entry.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kb import config
from kb.errors import BadInput, NotFound, WhatWorksError
from kb.intake.seen import printable

Verbs = Any
"""What argparse's add_subparsers returns; it has no public name."""


def build_parser() -> tuple[argparse.ArgumentParser, Verbs]:
    """The parser with the verbs of this room, and the place where another room may add its own."""
    from kb.cli import (  # which import this module
        backup_verbs,
        check_verbs,
        contribution_verb,
        harvest_verb,
        operation_verbs,
        publish_verbs,
        publisher_verb,
        release_verbs,
        site_verb,
        template_verb,
        token_verbs,
        upkeep_verbs,
        withdrawal_verb,
    )

    parser = argparse.ArgumentParser(
        prog="whatworks",
        description="A linked-data knowledge base of what works: check, publish, query and serve it.",
        epilog="Every setting is also an environment variable: "
        + ", ".join(setting.variable for setting in config.SETTINGS)
        + ".",
    )
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    check_verbs.add(verbs)
    template_verb.add(verbs)
    publish_verbs.add(verbs)
    _query(verbs)
    publisher_verb.add(verbs)
    release_verbs.add(verbs)
    _snapshots(verbs)
    _rebuild(verbs)
    token_verbs.add(verbs)
    contribution_verb.add(verbs)
    harvest_verb.add(verbs)
    site_verb.add(verbs)
    withdrawal_verb.add(verbs)
    operation_verbs.add(verbs)
    backup_verbs.add(verbs)
    upkeep_verbs.add(verbs)
    return parser, verbs


def run(args: argparse.Namespace) -> int:
    """Runs the verb and answers with its exit code.

    An error meant for a person, or what the system refuses (no room, no right), becomes one line on standard error.
    """
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except WhatWorksError as error:
        print(f"whatworks: {printable(str(error))}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        # What could not be written is still in the buffer: the interpreter would try again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"whatworks: {error.filename or 'output'}: {error.strerror or error}", file=sys.stderr)
        return WhatWorksError.exit_code
    return code


def setting_option(parser: argparse.ArgumentParser, name: str) -> None:
    """Adds `--name` for one row of the settings table; left out, the environment or the default decides."""
    setting = next(row for row in config.SETTINGS if row.name == name)

    def read(text: str) -> Any:
        try:
            return setting.read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text!r}: {error}") from error

    parser.add_argument(
        f"--{name.replace('_', '-')}",
        dest=name,
        default=argparse.SUPPRESS,  # else a verb within a verb would forget what was given before it
        type=read,
        metavar=name.upper(),
        help=f"{setting.help} (default: {setting.variable}, else {setting.default})",
    )


def settings_of(args: argparse.Namespace, *, any_layout: bool = False) -> config.Settings:
    """The settings in force for one command: its options, else the environment, else the defaults.

    Raises BadSetting, and WrongLayout for a data folder of another version of the program, but for `any_layout`.
    """
    from kb.store.folder import DataFolder
    from kb.store.layout import check_layout

    given = {setting.name: getattr(args, setting.name, None) for setting in config.SETTINGS}
    settings = config.load(**given)
    if not any_layout:
        check_layout(DataFolder(settings.data))
    return settings


def progress(step: str) -> None:
    """One line on standard error for each step of long work, when a person is watching."""
    if sys.stderr.isatty():
        print(f"… {step}", file=sys.stderr)


def add_verb(verbs: Verbs, name: str, run: Callable[[argparse.Namespace], int], text: str) -> Any:
    """The parser of a new verb; `text` says what it does, in small letters and without a full stop."""
    parser = verbs.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.set_defaults(run=run)
    return parser


QUERY_FORMATS = ("json", "xml", "csv", "tsv", "ttl", "nt", "jsonld", "rdf")


def _query(verbs: Verbs) -> None:
    parser = add_verb(verbs, "query", query, "answer a SPARQL query from the current snapshot, or from an endpoint")
    parser.add_argument(
        "file", metavar="FILE.rq", help="the query, or the name of a question that ships; - reads standard input"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="choose a parameter of a question, as theme=theme/assets; again for several values (default: its own)",
    )
    parser.add_argument(
        "--format",
        choices=QUERY_FORMATS,
        help="of the answer (default: csv for SELECT and ASK, ttl for CONSTRUCT and DESCRIBE)",
    )
    where = parser.add_mutually_exclusive_group()
    setting_option(where, "data")
    where.add_argument("--endpoint", metavar="URL", help="a SPARQL endpoint to ask instead")


def query(args: argparse.Namespace) -> int:
    """Writes the answer to standard output as it is: no line is added or lost; remarks go to standard error."""
    from kb.ask.query import answer
    from kb.ask.remarks import remarks
    from kb.store.remote import ask
    from kb.store.serving import snapshots

    text, waits = _query_text(args.file, args.set)
    if args.endpoint:
        sys.stdout.buffer.write(ask(args.endpoint, text, args.format))
        return 0
    snapshot = snapshots(settings_of(args)).current()
    body = answer(snapshot, text, args.format)
    sys.stdout.buffer.write(body)
    sys.stdout.flush()
    for remark in remarks(snapshot.store, text, args.format, body, waits):
        print(remark, file=sys.stderr)
    return 0


def _query_text(name: str, choices: Sequence[str]) -> tuple[str, str | None]:
    """The query on standard input, of a file, or of a question with what is chosen in it; and what that waits for."""
    from kb.ask.questions import bound, chosen, question
    from kb.ask.questions import read as read_question
    from kb.intake.question import SUFFIX
    from kb.intake.text import read_text

    path = Path(name)
    ships = name != "-" and path.suffix != SUFFIX and not path.exists()
    if not ships and not choices:
        return (sys.stdin.read() if name == "-" else read_text(path)), None
    if name == "-":
        raise BadInput("--set: a query on standard input has no parameters; name a question or its file")
    try:
        asked = question(name) if ships else read_question(path)
    except NotFound as error:
        raise NotFound(f"{error}; nor is there a file of that name") from error
    given: dict[str, list[str]] = {}
    for choice in choices:
        parameter, equals, value = choice.partition("=")
        if not equals:
            raise BadInput(f"--set {choice}: write NAME=VALUE")
        given.setdefault(parameter, []).append(value)
    return bound(asked, chosen(asked, given)), asked.waits


def _snapshots(verbs: Verbs) -> None:
    parser = add_verb(verbs, "snapshots", snapshots, "list the snapshots, * marks the current one; pin, unpin, retire")
    setting_option(parser, "data")
    within = parser.add_subparsers(title="verbs", metavar="VERB")
    pinning = add_verb(within, "pin", pin, "keep a snapshot until it is withdrawn, so that it can be cited")
    unpinning = add_verb(within, "unpin", unpin, "leave a snapshot to retention again")
    for verb in (pinning, unpinning):
        verb.add_argument("id", metavar="ID", help="of a snapshot, as the list shows it")
        setting_option(verb, "data")
    retiring = add_verb(within, "retire", retire, "make room now: delete the oldest, as the next publication would")
    setting_option(retiring, "keep_snapshots")
    setting_option(retiring, "data")


def snapshots(args: argparse.Namespace) -> int:
    """One line each: marks, identifier, time, triples."""
    from kb.store.serving import entries

    for entry in entries(settings_of(args)):
        marks = " ".join(mark for mark, is_so in (("*", entry.current), ("pinned", entry.pinned)) if is_so)
        print(f"{marks}\t{entry.id}\t{entry.issued}\t{entry.triples}")
    return 0


def pin(args: argparse.Namespace) -> int:
    """Prints what is kept from now on."""
    from kb.store import serving

    serving.pin(settings_of(args), args.id)
    print(f"pinned {args.id}: only a withdrawal retires it")
    return 0


def unpin(args: argparse.Namespace) -> int:
    """Prints what is left to retention."""
    from kb.store import snapshots as store
    from kb.store.folder import DataFolder

    store.unpin(DataFolder(settings_of(args).data), args.id)
    print(f"unpinned {args.id}: it goes when newer ones take its place")
    return 0


def retire(args: argparse.Namespace) -> int:
    """Prints what went."""
    from kb.store import serving

    gone = serving.retire(settings_of(args))
    print(f"retired {', '.join(gone)}" if gone else "nothing to retire; --keep-snapshots N keeps fewer, unpin some")
    return 0


def _rebuild(verbs: Verbs) -> None:
    parser = add_verb(verbs, "rebuild", rebuild, "make the store again from the releases")
    setting_option(parser, "data")


def rebuild(args: argparse.Namespace) -> int:
    """Prints the snapshot made; readers go on with the old one until then."""
    from kb.store.folder import DataFolder
    from kb.store.rebuild import rebuild as rebuild_store

    settings = settings_of(args)
    snapshot = rebuild_store(DataFolder(settings.data), settings, on_step=progress)
    print(f"rebuilt; snapshot {snapshot} is current")
    return 0
