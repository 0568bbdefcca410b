"""The verb `harvest`: another site's datasets, checked like any other, once or again and again."""

import argparse
import time
from typing import TYPE_CHECKING

from kb.cli import Verbs, add_verb, progress, setting_option, settings_of
from kb.errors import BadInput, NotConforming, ServiceFailed, WhatWorksError
from kb.intake.seen import printable

if TYPE_CHECKING:
    from kb.elsewhere.harvest import Harvested

FEW = 3
"""Skipped datasets, for one reason, each of which has a line; of more these are examples."""


def add(verbs: Verbs) -> None:
    """Adds the verb."""
    text = "publish what has changed of another site's datasets that conform to a protocol"
    parser = add_verb(verbs, "harvest", harvest, text)
    parser.add_argument("url", metavar="URL", help="the address of its catalogue (DCAT), such as …/datasets")
    parser.add_argument("--publisher", required=True, metavar="P", help="the publisher whose they are, registered here")
    parser.add_argument(
        "--dataset", action="append", default=[], metavar="D", help="only this one; again for several (default: all)"
    )
    parser.add_argument(
        "--skipped", action="store_true", help="a line for each dataset that is skipped (default: how many, and why)"
    )
    parser.add_argument("--once", action="store_true", help="stop afterwards (default: again every hour)")
    parser.add_argument("--every", type=int, default=60, metavar="MIN", help="minutes between harvests (default: 60)")
    setting_option(parser, "data")


def harvest(args: argparse.Namespace) -> int:
    """A line for each dataset, with the report of one that does not conform; 1 where one was refused or failed.

    A line has three fields: the dataset, what came of it, and why. Where many are skipped for one reason, one line with
    the catalogue's address tells how many; not those that were asked for by name.
    """
    from kb.elsewhere.harvest import failed
    from kb.elsewhere.harvest import harvest as harvest_catalogue
    from kb.store.folder import DataFolder

    if args.every < 1:
        raise BadInput("--every: give one minute or more")
    settings = settings_of(args)
    begun = False
    while True:
        try:
            found = harvest_catalogue(
                DataFolder(settings.data), args.url, args.publisher, settings, only=args.dataset, on_step=progress
            )
        except WhatWorksError as error:
            # What is wrong from the start, such as the address, is for whoever types it; later the site may be mended.
            if args.once or not (begun or isinstance(error, ServiceFailed)):
                raise
            _line(args.url, "failed", str(error))
            found = []
        _tell(found, args.url, all_skipped=args.skipped or bool(args.dataset))
        if args.once:
            return NotConforming.exit_code if failed(found) else 0
        begun = True
        time.sleep(args.every * 60)


def _tell(found: "list[Harvested]", catalogue: str, *, all_skipped: bool) -> None:
    from kb.elsewhere.harvest import skipped

    many = {} if all_skipped else {reason: iris for reason, iris in skipped(found).items() if len(iris) > FEW}
    for each in found:
        if each.outcome != "skipped" or each.reason not in many:
            _line(each.dataset, each.outcome, each.said)
        if each.report is not None:
            print(printable(each.report.text()).rstrip("\n"), flush=True)
    for reason, iris in many.items():
        told = f"{len(iris):,} datasets, each of which {reason}; such as {', '.join(iris[:FEW])}; all: --skipped"
        _line(catalogue, "skipped", told)


def _line(what: str, outcome: str, said: str) -> None:
    print("\t".join(map(printable, (what, outcome, said))), flush=True)
