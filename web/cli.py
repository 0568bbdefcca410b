"""The command `whatworks`: the verbs of `kb.cli`, and `serve`."""

import argparse
from collections.abc import Sequence

from kb import cli


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one verb; answers the exit code (0 done, 1 does not conform, 2 bad input)."""
    parser, _ = build_parser()
    return cli.run(parser.parse_args(argv))


def build_parser() -> tuple[argparse.ArgumentParser, cli.Verbs]:
    """The parser with every verb, and where they are."""
    parser, verbs = cli.build_parser()
    text = "answer over HTTP: pages, linked data and SPARQL"
    server = verbs.add_parser("serve", help=text, description=f"{text.capitalize()}.")
    for name in ("host", "port", "workers", "data"):
        cli.setting_option(server, name)
    server.set_defaults(run=serve)
    return parser, verbs


def serve(args: argparse.Namespace) -> int:
    """Publishes what ships where that is not done, finishes what was begun, then serves until it is told to stop."""
    from kb.store.folder import DataFolder
    from kb.store.publication import finish
    from kb.store.replica.read_only import replica_of
    from kb.store.shipped import publish_shipped
    from web.server import serve as serve_here

    settings = cli.settings_of(args)
    reads = replica_of(DataFolder(settings.data)) is not None or (settings.store and not settings.store_update)
    if not reads:  # from a copy, or from an engine that another fills
        publish_shipped(DataFolder(settings.data), settings, on_step=cli.progress)
        finish(DataFolder(settings.data), settings, cli.progress)
    return serve_here(settings)
