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
    """Serves until it is told to stop; what ships is published where that is not done, and what was begun is finished:
    before, where nothing can be answered yet, else meanwhile.
    """
    from kb.store.folder import DataFolder
    from kb.store.layout import check_layout
    from kb.store.publication import finish, is_unfinished
    from kb.store.replica.read_only import replica_of
    from kb.store.shipped import is_published, is_served, publish_shipped
    from kb.store.withdrawal import plan
    from web.server import serve as serve_here

    settings = cli.settings_of(args)
    folder = DataFolder(settings.data)
    behind = False
    # Nothing is published to a copy, or to an engine that another fills.
    if replica_of(folder) is None and not (settings.store and not settings.store_update):
        check_layout(folder)
        # What is being withdrawn is not answered with again.
        if is_served(folder, settings) and plan.pending(folder) is None:
            behind = not is_published(folder, settings) or is_unfinished(folder, settings)
        else:
            publish_shipped(folder, settings, on_step=cli.progress)
            finish(folder, settings, cli.progress)
    return serve_here(settings, behind=behind)
