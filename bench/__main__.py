"""`python -m bench [PART …]`: every part by default; exit 0 when every goal is met, else 1."""

import argparse
import platform
import tempfile
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

from bench import buildings, check, compared, join, pages, publish, results, search, sheets, soak, sparql
from bench.peers import PeerAbsent

PARTS = {
    "check": check.run,
    "publish": publish.run,
    "sheets": sheets.run,
    "join": join.run,
    "pages": pages.run,
    "buildings": buildings.run,
    "search": search.run,
    "sparql": sparql.run,
    "compared": compared.run,
    "soak": soak.run,
}

BY_NAME_ONLY = ("soak",)
"""What takes long and has no peer: it is run where it is asked for."""


def main() -> int:
    """Prints a row for each ratio as it is known."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all but soak)")
    parser.add_argument("--assets", type=int, default=10_000, help="size of the register (default: 10000)")
    parser.add_argument("--keep", action="store_true", help="keep the rows in bench/results, for --document")
    parser.add_argument("--document", action="store_true", help="print docs/benchmarks.md from what was kept")
    parser.add_argument("--folder", type=Path, help="where data are made and stay for another run (default: nowhere)")
    parser.add_argument("--seconds", type=float, default=soak.SECONDS, help="that a soak lasts (default: 600)")
    args = parser.parse_args()
    if args.document:
        print(results.document(), end="")
        return 0
    unknown = set(args.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    packages = ", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "rdflib", "pyshacl", "shacl", "granian"))
    print(f"Python {platform.python_version()}, {packages}")
    met = True
    with ExitStack() as stack:
        folder = args.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        folder.mkdir(parents=True, exist_ok=True)
        for part in args.parts or [name for name in PARTS if name not in BY_NAME_ONLY]:
            try:
                more = {"seconds": args.seconds} if part == "soak" else {}
                rows = PARTS[part](folder, args.assets, **more)
            except PeerAbsent as absent:
                print(f"{part}: not measured: {absent}")
                met = False
                continue
            for row in rows:
                print(row, flush=True)
                met = met and row.met is not False
            if args.keep:
                results.keep(part, args.assets, rows)
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
