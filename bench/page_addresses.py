"""The addresses that stand for each type of page on a running site: things from its sitemap, others made from those."""

import re
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from page_types import PAGE_TYPES, SHIPPED  # noqa: E402

_LOCATION = re.compile(r"<loc>([^<]+)</loc>")
PER_TYPE = 2000
"""Addresses of a type: more than are asked for in the time, but for those that are quick."""

BRIEFED = ("Pilot", "CaseStudy", "LessonLearned", "Place", "Asset")
"""Classes of whose things briefings are asked for."""


def by_type(url: str) -> dict[str, list[str]]:
    """Name of a type of page → addresses on the site at this URL, different ones as far as there are."""
    things = dict(_things(url))
    found = {f"thing: {kind}": addresses for kind, addresses in things.items()}
    words = sorted({word for each in things.values() for path in each for word in _words(path)})
    found["search"] = [f"/search?q={word}" for word in words]
    found["search suggestions"] = [f"/search/suggest?q={word[:4]}" for word in words]
    places = [quote(iri_of(path), safe="") for path in things.get("Place", [])]
    found["compare places"] = [f"/compare?of={a}&of={b}" for a, b in zip(places, places[1:], strict=False)]
    found["money of a place"] = [f"/money?place={each}" for each in places]
    briefed = [path for kind in BRIEFED for path in things.get(kind, [])[:400]]
    found["briefing"] = [f"/briefing?uri={quote(iri_of(path), safe='')}" for path in briefed]
    found["list of assets"] = [f"/class/Asset?page={n}" for n in range(1, len(things.get("Asset", [])) // 50 + 1)]
    known = {address for each in found.values() for address in each}
    for kind in PAGE_TYPES:
        if kind.site == SHIPPED and kind.address not in known:
            found[f"page: {kind.name}"] = [kind.address]
    return {name: addresses[:PER_TYPE] for name, addresses in found.items() if addresses}


def iri_of(path: str) -> str:
    """The IRI of the thing at a path, which its page says."""
    return IRIS[path] if path in IRIS else f"https://w3id.org/whatworks/id/{path.removeprefix('/doc/')}"


IRIS: dict[str, str] = {}
"""Path → IRI, where it is of another base than the knowledge that ships."""


def _things(url: str) -> Iterator[tuple[str, list[str]]]:
    """Class → paths, from the first file of each class in the sitemap; IRIs of the bench's own base are noted."""
    from bench.assets import BASE

    for file in _locations(f"{url}/sitemap.xml"):
        kind, _, number = urlsplit(file).path.rpartition("/")[2].removesuffix(".xml").rpartition("-")
        if kind == "pages" or number != "1":
            continue
        paths = [urlsplit(each)._replace(scheme="", netloc="").geturl() for each in _locations(file)]
        if kind == "Asset":
            IRIS.update({path: f"{BASE}/id/{path.removeprefix('/doc/')}" for path in paths})
        yield kind, paths[:PER_TYPE]


def _words(path: str) -> Iterator[str]:
    return (word for word in re.split(r"[^a-z]+", path.rpartition("/")[2]) if len(word) > 3)


def _locations(url: str) -> list[str]:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return _LOCATION.findall(answer.read().decode())
