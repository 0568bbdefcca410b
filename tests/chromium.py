"""A real browser for the tests of pages, and what is watched on a page in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
ACCESSIBILITY = (Path(__file__).parent / "accessibility.js").read_text(encoding="utf-8")


def inaccessible(page) -> list[str]:
    """The faults of the page, each with the rule that it breaks, once it is loaded, as after a click it may not be."""
    page.wait_for_load_state()
    faults: list[str] = page.evaluate(ACCESSIBILITY)
    return faults


def watched(page, site_address: str) -> list[str]:
    """What goes wrong on the page from now on: words on its console, errors of scripts, requests to elsewhere."""
    page.set_default_timeout(20_000)
    faults: list[str] = []
    for event, told in _watchers(faults, site_address).items():
        page.on(event, told)
    return faults


@contextmanager
def watching(page, site_address: str) -> Iterator[list[str]]:
    """What goes wrong on the page until the block ends, for a page that stays open for others."""
    page.set_default_timeout(20_000)
    faults: list[str] = []
    watchers = _watchers(faults, site_address)
    for event, told in watchers.items():
        page.on(event, told)
    try:
        yield faults
    finally:
        for event, told in watchers.items():
            page.remove_listener(event, told)


def _watchers(faults: list[str], site_address: str) -> dict[str, object]:
    return {
        "console": lambda message: faults.append(f"{message.type}: {message.text}"),
        "pageerror": lambda error: faults.append(f"script: {error}"),
        "request": lambda asked: faults.append(asked.url) if foreign(asked, site_address) else None,
    }


def foreign(asked, site_address: str) -> bool:
    """Whether the request goes to another site, or for a font."""
    return not asked.url.startswith(site_address + "/") or asked.resource_type == "font"


def until(page, expression: str) -> None:
    """Waits for the expression to be true; asked from outside, since pages let no text become a script."""
    for _ in range(400):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {expression}")
