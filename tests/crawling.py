"""A crawl of a site by its links: what is linked to must be there, and so must the anchors.

`python tests/crawling.py` follows every link of every page of what ships; the tests follow some of each kind.
"""

import sys
import tempfile
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin

from flask import Flask
from page_reading import HTML, Reading

_SITE = "http://localhost"


def crawl(app: Flask, starts: Iterable[str] = ("/",), most: int | None = None) -> tuple[Counter[str], list[str]]:
    """Kind of address → how many were fetched, `most` of each; and what was wrong.

    A kind is a route with the type of thing that it shows, as data or as a page. Links that robots are asked not to
    follow are followed too, since people do.
    """
    client, routes = app.test_client(), app.url_map.bind("localhost")
    ahead = deque(dict.fromkeys(starts))
    seen = set(ahead)
    fetched: Counter[str] = Counter()
    anchors: dict[str, set[str]] = {}
    wanted: set[tuple[str, str]] = set()
    wrong: list[str] = []
    while ahead:
        address = ahead.popleft()
        path = address.partition("?")[0]
        name, _ = routes.match(path)
        thing = path.split("/")[2] if path.startswith(("/doc/", "/concept/")) and path.count("/") > 2 else ""
        kind = f"{name} {thing} {'data' if 'format=' in address else 'page'}".replace("  ", " ")
        if most is not None and fetched[kind] >= most:
            continue
        fetched[kind] += 1
        response = client.get(address, headers=HTML, buffered=True)
        if response.status_code not in (200, 303):
            wrong.append(f"{response.status_code} {address}")
            continue
        links = [response.headers["Location"]] if response.status_code == 303 else []
        if response.mimetype == "text/html":
            page = Reading(response.text)
            links += [str(found["href"]) for tag in ("a", "link") for found in page.all(tag) if found.get("href")]
            anchors[address] = {str(a["id"]) for _, a in page.elements if a.get("id")}
        for target, fragment in _here(address, links):
            if fragment:
                wanted.add((target, fragment))
            if target not in seen:
                seen.add(target)
                ahead.append(target)
    missing = (f"#{name} {page}" for page, name in wanted if page in anchors and name not in anchors[page])
    return fetched, [*wrong, *sorted(missing)]


def _here(address: str, links: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The links to this site, without their fragments, and these."""
    for link in links:
        target, fragment = urldefrag(urljoin(f"{_SITE}{address}", link))
        if target.startswith(f"{_SITE}/"):
            yield target.removeprefix(_SITE), fragment


def main() -> int:
    """Publishes what ships and crawls all of it; 1 where something is wrong."""
    from kb import config
    from kb.store.folder import DataFolder
    from kb.store.shipped import publish_shipped
    from web.site import create_app

    with tempfile.TemporaryDirectory(prefix="crawl-") as root:
        settings = config.load({}, data=Path(root), requests_per_minute=0, searches_per_minute=0)
        publish_shipped(DataFolder(settings.data), settings)
        fetched, wrong = crawl(create_app(settings), most=int(sys.argv[1]) if len(sys.argv) > 1 else None)
    print(f"{sum(fetched.values()):,} addresses of {len(fetched):,} kinds; {len(wrong):,} wrong")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
