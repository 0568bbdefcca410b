"""Results that are kept: a file for each part of the last run that kept it, and docs/benchmarks.md made from all."""

import json
import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import growth
from bench.peers import OXIGRAPH, RDFLIB_ENDPOINT, SHMARQL, TRIFID
from bench.table import Row

KEPT = Path(__file__).parent / "results"
REASONS = Path(__file__).with_name("reasons.md")
PACKAGES = ("pyoxigraph", "rdflib", "pyshacl", "shacl", "granian", "tantivy", "pyarrow")


def machine() -> dict[str, Any]:
    """What a part was measured on, and with what."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit.stdout.strip(),
        "processor": f"{model}, {os.cpu_count()} cores",
        "memory": f"{memory:.0f} GB",
        "system": f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def keep(part: str, assets: int, rows: Sequence[Row]) -> None:
    """Writes the rows of a part, in the place of those kept before of the same size."""
    KEPT.mkdir(exist_ok=True)
    content = {"part": part, "assets": assets, "machine": machine(), "rows": [asdict(row) for row in rows]}
    (KEPT / f"{part}-{assets}.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def document() -> str:
    """docs/benchmarks.md."""
    return "\n".join([*_lines(), REASONS.read_text(encoding="utf-8")])


def _lines() -> Iterator[str]:
    kept = [json.loads(path.read_text(encoding="utf-8")) for path in KEPT.glob("*.json")]
    kept.sort(key=lambda each: (each["part"], each["assets"]))
    newest = max(kept, key=lambda each: each["machine"]["date"])["machine"]
    yield "# Measured beside others\n"
    yield "Made by `python -m bench --document > docs/benchmarks.md` from the results in `bench/results/`; not to be"
    yield "edited. `make bench` measures every part again; the machine should do nothing else meanwhile.\n"
    yield f"Machine: {newest['processor']}, {newest['memory']}; {newest['system']}; Python {newest['python']}. Ours: "
    yield ", ".join(f"{name} {number}" for name, number in newest["packages"].items()) + "."
    peers = (OXIGRAPH, RDFLIB_ENDPOINT[0], SHMARQL, TRIFID.replace("@", "=="))
    yield "Peers: " + ", ".join(each.replace("==", " ") for each in peers) + ", Virtuoso 7.2 (Debian).\n"
    yield "Ratios are of the same run, side by side on the same data and machine. A goal that is not met says so."
    for each in kept:
        yield f"\n## {each['part']}, {each['assets']:,} assets\n"
        yield f"Measured on {each['machine']['date']} at {each['machine']['commit']}.\n"
        yield "| what | figure | goal | | detail |"
        yield "| --- | ---: | --- | --- | --- |"
        for row in each["rows"]:
            mark = {True: "met", False: "**not met**", None: ""}[row["met"]]
            detail = row["detail"].replace("|", "\\|")
            ratio = "–" if row["ratio"] is None else f"{row['ratio']:,.2f}"
            yield f"| {row['name']} | {ratio} | {row['goal']} | {mark} | {detail} |"
    yield from growth.lines(kept)
    yield ""
