"""Asks public databases whether a pinned version, in constraints.txt or for pages in pyproject.toml, has a known hole.

    make audit

Exit code 0: none has; 1: some have, one line each; 2: not all could be looked up, as without a network. A package that
the database does not know counts as not looked up: pip-audit itself says of such a set that nothing was found.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SECONDS = 300
PYTHON = ["-m", "pip_audit", "--requirement", str(ROOT / "constraints.txt"), "--no-deps", "--disable-pip",
          "--progress-spinner", "off", "--format", "json"]  # fmt: skip
"""Asks the database of PyPI for the pinned versions as they stand; nothing is installed."""


def of_python(said: str) -> tuple[list[str], list[str]]:
    """The holes that pip-audit found, one line each, and the packages that it could not look up."""
    try:
        listed = json.loads(said)["dependencies"]
    except (ValueError, KeyError):
        return [], ["all of constraints.txt"]
    found = [
        f"{each['name']} {each['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version'}"
        for each in listed
        for hole in each.get("vulns", ())
    ]
    return found, [each["name"] for each in listed if "skip_reason" in each]


def of_npm(said: str, pinned: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The same of npm's audit of the pinned packages."""
    try:
        holes = json.loads(said)["vulnerabilities"]
    except (ValueError, KeyError):
        return [], list(pinned)
    return [f"{name} {pinned.get(name, '')}: {each['severity']}, {_titles(each)}" for name, each in holes.items()], []


def _titles(hole: Mapping[str, Any]) -> str:
    return "; ".join(each if isinstance(each, str) else each.get("title", "") for each in hole.get("via", ()))


def pinned_for_browsers() -> dict[str, str]:
    """Name → version of the npm packages whose files pages load."""
    targets = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    return {each["package"]: each["version"] for each in targets["wheel"]["hooks"]["npm-vendor"]["packages"]}


def told(holes: list[str], unknown: list[str]) -> int:
    """Says what was found; answers the exit code."""
    for hole in holes:
        print(hole)
    if unknown:
        some = ", ".join(unknown[:5]) + (f" and {len(unknown) - 5} more" if len(unknown) > 5 else "")
        asked = "is there a network, and does the registry that is asked know of holes?"
        print(f"not looked up: {some}; {asked}", file=sys.stderr)
    if not holes and not unknown:
        print("no pinned version has a known hole")
    return 1 if holes else 2 if unknown else 0


def _ran(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _ask_npm(pinned: Mapping[str, str]) -> str:
    from comunica import NODE, NPM

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "package.json").write_text(json.dumps({"private": True, "dependencies": pinned}), encoding="utf-8")
        npm = [str(NODE), str(NPM)]
        _ran([*npm, "install", "--prefix", folder, "--package-lock-only", "--ignore-scripts", "--no-audit", "--silent"])
        return _ran([*npm, "audit", "--prefix", folder, "--json"])


def main() -> int:
    """Asks both, and says what they answered."""
    browsers = pinned_for_browsers()
    holes, unknown = of_python(_ran([sys.executable, *PYTHON]))
    more, others = of_npm(_ask_npm(browsers), browsers)
    return told(holes + more, unknown + others)


if __name__ == "__main__":
    sys.exit(main())
