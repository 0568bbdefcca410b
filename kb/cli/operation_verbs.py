"""The verbs `doctor` and `usage`: whether a site is well, and how it is used."""

import argparse
import json
from dataclasses import asdict

from kb.cli import Verbs, add_verb, setting_option, settings_of


def add(verbs: Verbs) -> None:
    """Adds both verbs."""
    parser = add_verb(verbs, "doctor", doctor, "look at settings, disk, store, snapshot, clock, and say what to do")
    parser.add_argument("--json", action="store_true", help="for a monitor: one object with all findings")
    setting_option(parser, "data")


def doctor(args: argparse.Namespace) -> int:
    """One line each: ok, warning or fault, about what, what was found and what to do. 1 for a fault, 2 in settings."""
    from kb.operations.doctor import examine, exit_code

    findings = examine(settings_of(args))
    code = exit_code(findings)
    if args.json:
        print(json.dumps({"ok": code == 0, "findings": [asdict(each) for each in findings]}, ensure_ascii=False))
        return code
    for each in findings:
        print(each.line())
    return code
