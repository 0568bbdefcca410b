"""The verb `test-site`: what another site does and doesn't of what readers of linked data rely on."""

import argparse

from kb.cli import Verbs, add_verb, setting_option, settings_of
from kb.errors import NotConforming


def add(verbs: Verbs) -> None:
    """Adds the verb."""
    parser = add_verb(verbs, "test-site", run_test, "say what passes and fails of another site's linked data")
    parser.add_argument("url", metavar="URL", help="its address, or that of its catalogue")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of the report (default: text)")
    setting_option(parser, "private_sites")


def run_test(args: argparse.Namespace) -> int:
    """Prints the report; 0 where all passes, 1 where something doesn't, 2 for what is no site."""
    from kb.elsewhere.tester import report_on

    report = report_on(args.url, settings_of(args))
    print((report.json() if args.format == "json" else report.text()).rstrip("\n"))
    return 0 if report.passes else NotConforming.exit_code
