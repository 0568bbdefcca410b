"""The tables of buildings that a request reads, and in words why there are none; what all pages on buildings share."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TypeVar
from urllib.parse import urlencode

from flask import Response, current_app, render_template, request

from kb.ask.buildings import tables
from kb.ask.buildings.outlines import Outline, of_file, of_store
from kb.ask.buildings.told import Dates
from kb.ask.buildings.wanted import Wanted
from kb.ask.memory import once
from kb.config import Settings
from kb.errors import BadSetting, NotFound
from kb.store.buildings.tables import Tables
from web import content_policy
from web.negotiation import CSV, HTML, choose
from web.page_table import csv_lines
from web.reading import derived, drafted, reader, snapshot
from web.representation import respond
from web.values import date_in_words, money, number

PAGE = 25
"""Rows of a page of these lists."""

CHUNK = 2_000
"""Rows of a table that are written at a time."""

T = TypeVar("T")

_log = logging.getLogger("web")


class Words(Dates):
    """Dates and amounts as this site writes them."""

    def day(self, text: str) -> str:
        """`25 March 2029`."""
        return date_in_words(text)

    def money(self, value: float, unit: str) -> str:
        """`£95`."""
        return money(round(value), unit.rpartition("/")[2].upper())


def settings() -> Settings:
    """The settings of the application that answers."""
    found = current_app.config["SETTINGS"]
    assert isinstance(found, Settings)
    return found


def tables_here() -> Tables | None:
    """The tables of the snapshot of the request; None where it has none, or no building."""
    found = _found()
    return found if found is not None and len(found.buildings) else None


def nothing_here(title: str) -> Response:
    """The page in place of one on buildings where there are none: why, and what to do. As CSV: raises NotFound."""
    absent = _found() is None
    if choose((HTML, CSV)) is CSV:
        raise NotFound(f"{title}: {_WORDS[_why()] if absent else 'no buildings have been published here'}")
    why = _WORDS[_why()] if absent else ""
    return secured(respond(render_template("no-buildings.html", title=title, why=why), HTML, canonical=request.path))


def secured(response: Response) -> Response:
    """The page with leave to load images from where the map's tiles are, too."""
    tiles = settings().tiles
    images = "/".join(tiles.split("/")[:3]).replace("{s}", "*") if tiles else ""
    response.headers[content_policy.HEADER] = content_policy.policy(images)
    return response


def outlines(found: Tables) -> Sequence[Outline]:
    """What is drawn behind the buildings: the outlines of the settings' file, else those in the store."""
    if path := settings().outlines:
        try:
            return of_file(path)
        except BadSetting as error:
            _log.error("%s", error)
    return of_store(found.index)


def changed(**arguments: str | None) -> str:
    """The address of this page with other arguments, from its first page on; None leaves one out."""
    query = [
        (name, value)
        for name, values in request.args.lists()
        for value in values
        if name not in arguments and name not in ("page", "format") and value
    ]
    query += [(name, value) for name, value in arguments.items() if value]
    return f"{request.path}?{urlencode(query, safe=',')}" if query else request.path


def whole_table(name: str, headings: Sequence[str], rows: Iterable[Sequence[str]], count: int, of: int) -> Response:
    """A CSV of `count` rows, sent part by part; its headers say whether these are all of the answer's."""

    def parts() -> Iterator[bytes]:
        left = chain([headings], rows)
        while some := list(islice(left, CHUNK)):
            yield csv_lines(some).encode()

    response = respond(parts(), CSV, canonical=changed())
    response.headers["X-Complete"] = "true" if count == of else "false"
    response.headers["X-Rows"] = str(count)
    ending = "" if count == of else f"-first-{count}"
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}{ending}.csv")
    return response


def counted(name: str, wanted: Wanted, read: Callable[[], T]) -> T:
    """What is told of the buildings that fit; where nothing is chosen it is counted once for a snapshot."""
    return once(snapshot().store, "buildings", name, read) if wanted.is_any else read()


def figure(value: float | None, unit: str = "") -> str:
    """A figure for a person; "" for none."""
    return "" if value is None else f"{number(round(value))}{unit}"


def _found() -> Tables | None:
    read = snapshot()
    if _why() in ("draft", "engine"):
        return None
    try:
        return derived(lambda: tables(reader().folder, read.id))
    except NotFound:
        return None


def _why() -> str:
    if drafted():
        return "draft"
    if settings().store:
        return "engine"
    return "absent" if snapshot().id == reader().snapshots.current().id else "earlier"


_WORDS = {
    "draft": "Lists and maps of buildings are made when something is published, so a draft has none. The building "
    "itself, its dataset and every question can be read in the draft.",
    "engine": "Lists and maps of buildings are made in the data folder, and this site reads from an engine elsewhere. "
    "The list of assets and the questions about buildings are answered here too.",
    "earlier": "Lists and maps of buildings are made for the current state of the data. Of this earlier one there are "
    "none, and none will be made; the list of assets and the questions about buildings have what stood then.",
    "absent": "The lists and maps of this state of the data are being made, or were not copied to this site; try again "
    "in a minute. Who runs the site can make them anew by publishing something, or by whatworks rebuild.",
}
"""Why there are no tables, in words."""
