"""A site with publishers of its own, their tokens, and one who works through the queue, as `whatworks serve` does."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from kb import config
from kb.config import Settings
from kb.store.folder import DataFolder
from kb.store.publisher_process import work_off
from kb.store.state import State
from kb.store.submissions import Submissions
from kb.store.tokens import Tokens
from web.authority import FIELD
from web.site import create_app

CASES = Path(__file__).parent / "shapes" / "dp-05"
CONFORMING = next(CASES.glob("pass-full*.ttl"))
VIOLATING = next(path for path in sorted(CASES.glob("fail-*.ttl")) if " Violation " in path.read_text(encoding="utf-8"))


@dataclass
class Site:
    """A site; `tokens` are by name: kent, surrey, submit (of kent), expired, revoked."""

    settings: Settings
    folder: DataFolder
    app: Flask
    tokens: dict[str, str]

    def client(self) -> FlaskClient:
        """Somebody new."""
        return self.app.test_client()

    def by(self, name: str) -> dict[str, str]:
        """The header that shows a token."""
        return {"Authorization": f"Bearer {self.tokens[name]}"}

    def signed_in(self, name: str = "kent") -> FlaskClient:
        """Somebody who has signed in on the pages with a token."""
        client = self.client()
        found = re.search(f'name="{FIELD}" value="([^"]+)"', client.get("/sign-in").text)
        assert found
        assert client.post("/sign-in", data={"token": self.tokens[name], FIELD: found[1]}).status_code == 303
        return client

    def work(self) -> int:
        """Does all that is queued."""
        return work_off(self.folder, self.settings)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Somebody works through the queue meanwhile."""
        stop = threading.Event()

        def go() -> None:
            while not stop.wait(0.02):
                self.work()

        thread = threading.Thread(target=go)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def publishing_site(root: Path, **given: object) -> Site:
    """A new site in the folder."""
    settings = config.load({}, data=root, **given)
    folder = DataFolder(root)
    written: dict[str, str] = {}
    for publisher in ("kent", "surrey"):
        State(folder).add_publisher(publisher, f"https://{publisher}.example")
    for name, publisher, scope in (
        ("kent", "kent", "publish"),
        ("surrey", "surrey", "publish"),
        ("submit", "kent", "submit"),
        ("expired", "kent", "publish"),
        ("revoked", "kent", "publish"),
    ):
        token, written[name] = Tokens(folder).create(publisher, name, scope, 30)
        if name == "revoked":
            Tokens(folder).revoke(token.id)
        if name == "expired":
            with Tokens(folder).transaction() as connection:
                connection.execute("UPDATE tokens SET expires = '2001-01-01T00:00:00Z' WHERE id = ?", (token.id,))
    return Site(settings, folder, create_app(settings), written)


def with_release_and_draft(root: Path, **given: object) -> Site:
    """Such a site, where Kent has published its money and has sent a draft."""
    found = publishing_site(root, **given)
    head = {"Content-Type": "text/turtle", **found.by("kent")}
    for dataset in ("money", "draft"):
        address = f"/api/datasets/kent/{dataset}/submissions"
        sent = found.client().post(address, data=CONFORMING.read_bytes(), headers=head)
        found.work()
        if dataset == "money":
            found.client().post(f"{sent.headers['Location']}/publish", headers=found.by("kent"))
            found.work()
    return found


def draft_of(site: Site) -> str:
    """The id of that draft."""
    return next(each.id for each in Submissions(site.folder).of("kent") if each.dataset == "draft")
