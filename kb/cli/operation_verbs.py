"""The verbs `doctor` and `usage`: whether a site is well, and how it is used."""

import argparse
import json
import sys
from dataclasses import asdict

from kb.cli import Verbs, add_verb, setting_option, settings_of


def add(verbs: Verbs) -> None:
    """Adds both verbs."""
    parser = add_verb(verbs, "doctor", doctor, "look at settings, disk, store, snapshot, clock, and say what to do")
    parser.add_argument("--json", action="store_true", help="for a monitor: one object with all findings")
    setting_option(parser, "data")
    parser = add_verb(verbs, "usage", usage, "tell what was read and asked in a month, without personal data")
    parser.add_argument("--month", metavar="YYYY-MM", help="as 2026-11 (default: the latest that was written down)")
    parser.add_argument("--format", choices=("text", "csv", "json"), default="text", help="(default: text)")
    setting_option(parser, "data")


def doctor(args: argparse.Namespace) -> int:
    """One line each: ok, warning or fault, about what, what was found and what to do. 1 for a fault, 2 in settings."""
    from kb.operations.doctor import examine, exit_code

    findings = examine(settings_of(args, any_layout=True))
    code = exit_code(findings)
    if args.json:
        print(json.dumps({"ok": code == 0, "findings": [asdict(each) for each in findings]}, ensure_ascii=False))
        return code
    for each in findings:
        print(each.line())
    return code


def usage(args: argparse.Namespace) -> int:
    """Prints the report; pages are named as the current snapshot names them, where there is one."""
    from kb.errors import WhatWorksError
    from kb.operations import usage_report
    from kb.operations.page_names import page_names
    from kb.operations.usage import usage_of
    from kb.store.folder import DataFolder
    from kb.store.serving import snapshots

    settings = settings_of(args)
    found = usage_of(DataFolder(settings.data), args.month)
    try:
        store = snapshots(settings).current().store
    except WhatWorksError:
        store = None
    names = page_names((*found.pages, *found.questions), store)
    write = {"text": usage_report.as_text, "csv": usage_report.as_csv, "json": usage_report.as_json}[args.format]
    sys.stdout.write(write(found, names))
    return 0
