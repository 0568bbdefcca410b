"""A small data folder as published and a whole site, the application on each, and applications behind a real server."""

import fcntl
import io
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from absent import absent
from chromium import ARGUMENTS, CHROMIUM
from command_line import Run, Whatworks
from engines import ENGINES, Running
from flask import Flask
from flask.testing import FlaskClient
from pages_site import settings
from question_sites import publish_invented
from werkzeug.serving import make_server

from kb import config
from kb.config import Settings
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish, register_unchecked
from kb.store.shipped import publish_shipped
from kb.store.state import State
from web import rates
from web.cli import main
from web.site import create_app

HERE = Path(__file__).parent

LONGEST = (
    "test_page_types.py", "test_kill.py", "test_bombs.py", "test_several_sites.py", "test_pages.py",
    "test_interventions.py", "test_engine_answers.py", "test_hostile.py",
)  # fmt: skip
"""Files of tests that begin first: two processes share the files, and neither should end with a long one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest files first, and leaves the others in their order."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """A case of packed bytes is called by its argument and place: what was packed a second later has other bytes.

    Both processes of the run must know each case by the same name, or nothing is run at all.
    """
    packed = isinstance(val, bytes) and not (val.isascii() and val.decode().isprintable())
    return argname if packed else None


ENDED: dict[str, float] = {}
"""Process of the run → when it had nothing left to do."""


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """Notes when a process ended; one that ends long before the other says that the longest files come too late."""
    ENDED[node.gateway.id] = time.monotonic()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how long before the last one each process had nothing to do."""
    for name, ended in sorted(ENDED.items()):
        terminalreporter.write_line(f"{name}: idle for the last {max(ENDED.values()) - ended:.0f} s")


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Tests ask faster than any reader, and all from one address: they are refused in tests/test_rates.py alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rates, "install", lambda app: None)
        for name in ("WHATWORKS_REQUESTS_PER_MINUTE", "WHATWORKS_SEARCHES_PER_MINUTE"):
            patch.setitem(os.environ, name, "0")
        yield


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A new folder with what `make` puts into one: it is made by the first process of a run that wants it, and copied.

    A copy is each process's own, and takes a few hundredths of the time of a publication.
    """
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    made = shared / f"made-{name}"
    with open(shared / f"made-{name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            draft = Path(tempfile.mkdtemp(dir=shared))
            make(draft)
            draft.rename(made)
    return Path(shutil.copytree(made, factory.mktemp(name), symlinks=True, dirs_exist_ok=True))


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Two publishers with one dataset each; nothing may publish to it."""
    folder = DataFolder(tmp_path_factory.mktemp("data"))
    requests = []
    for publisher, dataset in (("kent", "places"), ("surrey", "others")):
        State(folder).add_publisher(publisher, f"https://{publisher}.example")
        requests.append(PublicationRequest(publisher, dataset, (HERE / "web" / f"{dataset}.ttl",), background=True))
    publish(folder, requests, config.load({}, data=folder.root))
    return folder


@pytest.fixture
def app(data_folder: DataFolder) -> Flask:
    """The application, its cache empty."""
    return create_app(config.load({}, data=data_folder.root))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application without a network between."""
    return app.test_client()


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The address of the application behind a real server."""
    with served(app) as address:
        yield address


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application on the site of tests/pages_site.py; nothing may publish to it."""
    return create_app(config.load({}, data=made_once(tmp_path_factory, "site", settings) / "data"))


@pytest.fixture(scope="session")
def town(site: Flask, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Somebody who reads the site of tests/pages_site.py with tests/class_pages published besides."""
    data = tmp_path_factory.mktemp("town") / "data"
    shutil.copytree(site.config["SETTINGS"].data, data, symlinks=True)
    settings = config.load({}, data=data)
    folder = DataFolder(data)
    register_unchecked(folder, "area", "town")
    publish(folder, [PublicationRequest("area", "town", (HERE / "class_pages" / "town.ttl",))], settings)
    return create_app(settings).test_client()


@pytest.fixture
def own_site(site: Flask, tmp_path: Path) -> Settings:
    """The settings of a copy of that site, to which a test may publish."""
    data = shutil.copytree(site.config["SETTINGS"].data, tmp_path / "data", symlinks=True)
    return config.load({}, data=Path(data))


@pytest.fixture
def reader(site: Flask) -> FlaskClient:
    """Somebody with a browser who reads the site."""
    return site.test_client()


@pytest.fixture(scope="session")
def site_address(site: Flask) -> Iterator[str]:
    """The address of the site behind a real server."""
    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def shipped_folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """The knowledge that ships; nothing may publish to it."""

    def make(root: Path) -> None:
        publish_shipped(DataFolder(root), config.load({}, data=root))

    return DataFolder(made_once(tmp_path_factory, "shipped", make))


@pytest.fixture(scope="session")
def invented_folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """What the questions are asked of that wait for data; nothing may publish to it."""
    return DataFolder(made_once(tmp_path_factory, "invented", lambda root: publish_invented(DataFolder(root))))


@pytest.fixture(scope="session")
def shipped_site(shipped_folder: DataFolder) -> Flask:
    """The application on the knowledge that ships."""
    return create_app(config.load({}, data=shipped_folder.root))


@pytest.fixture(scope="session")
def shipped_address(shipped_site: Flask) -> Iterator[str]:
    """The address of the site with the knowledge that ships, behind a real server."""
    with served(shipped_site) as address:
        yield address


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Runs the application behind a real server; gives its address."""
    serving = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{serving.server_port}"
    finally:
        serving.shutdown()
        thread.join()
        serving.server_close()


@pytest.fixture(scope="session", params=[*ENGINES])
def external(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An engine elsewhere; what a module of tests publishes there it clears away before."""
    with ENGINES[request.param](tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Chromium, if it is there."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("playwright")
    if CHROMIUM is None:
        absent("chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture
def whatworks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Whatworks:
    """Runs the command with these arguments on a data folder of the test's own."""
    for name in os.environ:
        if name.startswith("WHATWORKS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("WHATWORKS_DATA", str(tmp_path / "data"))

    def run(*arguments: object, stdin: str = "") -> Run:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = main([str(argument) for argument in arguments])
        return Run(code, *capfd.readouterr())

    return run
