"""Long lists in pages: which page was asked for, which numbers to show, and where each leads."""

import math
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request
from werkzeug.exceptions import NotFound

PAGE = 50
"""Rows of one page."""


@dataclass(frozen=True)
class Page:
    """Page `number` (from 1) of a list of `total` rows; `size` rows each."""

    number: int
    total: int
    size: int = PAGE

    @property
    def last(self) -> int:
        """The number of the last page; 1 when the list is empty."""
        return max(1, math.ceil(self.total / self.size))

    @property
    def offset(self) -> int:
        """How many rows lie before this page."""
        return (self.number - 1) * self.size

    def href(self, number: int) -> str:
        """The address of another page of the same list: same path, same other parameters."""
        others = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
        if number > 1:
            others.append(("page", str(number)))
        return request.path + (f"?{urlencode(others)}" if others else "")

    def items(self) -> list[dict[str, object]]:
        """First, last and the neighbours of this page, gaps as ellipses: the items of govukPagination."""
        near = {1, self.last, *range(self.number - 1, self.number + 2)}
        numbers = sorted(number for number in near if 1 <= number <= self.last)
        items: list[dict[str, object]] = []
        for before, number in zip([0, *numbers], numbers, strict=False):
            if number - before > 1:
                items.append({"ellipsis": True})
            items.append({"number": number, "href": self.href(number), "current": number == self.number})
        return items


def number() -> int:
    """The number that `?page=` asks for, 1 without it; raises werkzeug NotFound where it is no page number."""
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text)):
        raise NotFound(f"page={text} is no page of a list; the first is page=1.")
    return int(text)


def asked(total: int, size: int = PAGE) -> Page:
    """The page of a list of `total` rows that is asked for; raises werkzeug NotFound after the last."""
    page = Page(number(), total, size)
    if page.number > page.last:
        raise NotFound(f"This list has {page.last} pages; page={page.number} is not one of them.")
    return page
