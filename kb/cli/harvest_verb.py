"""The verb `harvest`: another site's datasets, checked like any other, once or again and again."""

import argparse
import time

from kb.cli import Verbs, add_verb, progress, setting_option, settings_of
from kb.errors import BadInput, NotConforming, ServiceFailed, WhatWorksError
from kb.intake.seen import printable


def add(verbs: Verbs) -> None:
    """Adds the verb."""
    text = "publish what has changed of another site's datasets that conform to a protocol"
    parser = add_verb(verbs, "harvest", harvest, text)
    parser.add_argument("url", metavar="URL", help="the address of its catalogue (DCAT), such as …/datasets")
    parser.add_argument("--publisher", required=True, metavar="P", help="the publisher whose they are, registered here")
    parser.add_argument(
        "--dataset", action="append", default=[], metavar="D", help="only this one; again for several (default: all)"
    )
    parser.add_argument("--once", action="store_true", help="stop afterwards (default: again every hour)")
    parser.add_argument("--every", type=int, default=60, metavar="MIN", help="minutes between harvests (default: 60)")
    setting_option(parser, "data")


def harvest(args: argparse.Namespace) -> int:
    """A line for each dataset, with the report of one that does not conform; 1 where one was refused or failed."""
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
            print(f"{args.url}\tfailed\t{printable(str(error))}", flush=True)
            found = []
        for each in found:
            print(f"{each.dataset}\t{each.outcome}\t{printable(each.said)}", flush=True)
            if each.report is not None:
                print(printable(each.report.text()).rstrip("\n"), flush=True)
        if args.once:
            return NotConforming.exit_code if failed(found) else 0
        begun = True
        time.sleep(args.every * 60)
