"""The peers: installed once into bench/.peers (PyPI and npm), started on free ports, stopped at the end."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PEERS = Path(__file__).parent / ".peers"
OXIGRAPH = "oxigraph==0.5.13"
RDFLIB_ENDPOINT = ("rdflib-endpoint==0.6.3", "oxrdflib", "uvicorn")
SHMARQL = "shmarql==0.70"
TRIFID = "trifid@5.3.0"
START_SECONDS = 300


class PeerAbsent(Exception):
    """A peer, or the tool that installs or measures it, is not to be had on this machine."""


def tool(name: str) -> str:
    """The path of a program; raises PeerAbsent with what to install."""
    path = shutil.which(name)
    if path is None:
        raise PeerAbsent(f"{name} is not installed")
    return path


def oxigraph() -> Path:
    """Oxigraph's server, in an environment of its own."""
    program = PEERS / "venv" / "bin" / "oxigraph"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS / "venv")], check=True)
        subprocess.run([str(PEERS / "venv" / "bin" / "pip"), "install", "--quiet", OXIGRAPH], check=True)
    return program


def rdflib_endpoint() -> Path:
    """The Python of an environment with rdflib-endpoint and Oxigraph's store for rdflib."""
    python = PEERS / "rdflib-endpoint" / "bin" / "python"
    if not python.with_name("uvicorn").exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS / "rdflib-endpoint")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *RDFLIB_ENDPOINT], check=True)
    return python


def shmarql() -> Path:
    """The Python of an environment with SHMARQL."""
    python = PEERS / "shmarql" / "bin" / "python"
    if not python.with_name("uvicorn").exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS / "shmarql")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", SHMARQL], check=True)
    return python


def trifid() -> Path:
    """Trifid's start script; needs Node.js and npm."""
    folder = PEERS / "npm"
    script = folder / "node_modules" / "trifid" / "server.js"
    tool("node")
    if not script.exists():
        folder.mkdir(parents=True, exist_ok=True)
        install = [tool("npm"), "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), TRIFID]
        subprocess.run(install, check=True)
    return script


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    command: list[str],
    url: str,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
    within: float = START_SECONDS,
) -> Iterator[int]:
    """Runs a server, in `folder` if given, until it answers at `url` (any status), then until the block ends.

    Gives the number of its process; raises PeerAbsent where it does not answer within so many seconds.
    """
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | (environment or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(process, url, within)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:  # it is still at a query that nobody waits for
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, within: float) -> None:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if process.poll() is not None:
            raise PeerAbsent(f"{_named(process)} ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise PeerAbsent(f"{_named(process)} did not answer within {within:,.0f} s")


def _named(process: subprocess.Popen[bytes]) -> str:
    assert isinstance(process.args, list)
    return " ".join(Path(str(each)).name for each in process.args[:3])
