"""The two real engines that the tests start: Oxigraph's server (PyPI) and Virtuoso 7 (Debian), each on a free port."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError

from absent import absent

from kb import config
from kb.config import Settings
from kb.store import versions
from kb.store.engine import engine

INI = Path(__file__).parent / "engine" / "virtuoso.ini"
STARTS_WITHIN = 60


@dataclass(frozen=True)
class Running:
    """An engine that runs: its name, and the settings that put a site on it."""

    name: str
    settings: dict[str, str]
    process: subprocess.Popen[bytes] = field(repr=False)

    def on(self, data: Path, **given: Any) -> Settings:
        """The settings of a site on this engine with its releases in `data`."""
        return config.load({}, data=data, **(self.settings | given))

    def clear(self) -> None:
        """Takes every graph of ours off the engine, as nothing but a test does."""
        place = engine(self.on(Path("none")))
        versions.retire(place, versions.ids(place), [])


@contextmanager
def oxigraph(folder: Path, port: int | None = None) -> Iterator[Running]:
    """Oxigraph's server, in memory, on the port or a free one."""
    command = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or absent("oxigraph")
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    with running([command, "serve", "--bind", f"127.0.0.1:{port}"], folder, f"{url}/query") as process:
        settings = {"store": f"{url}/query", "store_update": f"{url}/update", "store_graphs": f"{url}/store"}
        yield Running("oxigraph", settings, process)


@contextmanager
def virtuoso(folder: Path) -> Iterator[Running]:
    """Virtuoso 7 in `folder`, an empty one; it asks writers for credentials by digest, and tells no reader for any."""
    command = shutil.which("virtuoso-t") or absent("virtuoso-t (Debian: virtuoso-opensource-7-bin)")
    port = free_port()
    text = INI.read_text(encoding="utf-8")
    for name, number in (("{sql}", free_port()), ("{http}", port)):
        text = text.replace(name, str(number))
    (folder / "virtuoso.ini").write_text(text, encoding="utf-8")
    url = f"http://127.0.0.1:{port}"
    with running([command, "+configfile", "virtuoso.ini", "+foreground"], folder, f"{url}/sparql") as process:
        settings = {
            "store": f"{url}/sparql",
            "store_update": f"{url}/sparql-auth",
            "store_graphs": f"{url}/sparql-graph-crud-auth",
            "store_user": "dba",
            "store_password": "dba",
            "store_auth": "digest",
        }
        yield Running("virtuoso", settings, process)


@contextmanager
def running(command: list[str], folder: Path, endpoint: str) -> Iterator[subprocess.Popen[bytes]]:
    """The process that the command starts, once its endpoint answers."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + STARTS_WITHIN
            while not answers(endpoint):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"{command[0]} does not start: {(folder / 'log').read_text()[-2000:]}")
                time.sleep(0.05)
            yield process
        finally:
            process.kill()
            process.wait()


def answers(endpoint: str) -> bool:
    """Whether the endpoint answers a query."""
    try:
        with urllib.request.urlopen(f"{endpoint}?query=ASK%7B%7D", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


ENGINES = {"oxigraph": oxigraph, "virtuoso": virtuoso}
