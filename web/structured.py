"""What search engines are told of a page in JSON-LD, in schema.org's words: what it is about, and the way to it.

It says nothing that the page does not show. A script of type application/ld+json is a data block, which is never run
(HTML Standard, §4.12.1), so a content policy without inline scripts lets it stand.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from kb.ask.labels import Labels
from kb.ask.resource import Description
from kb.ask.summaries import Summary, Term
from kb.namespaces import expand
from kb.store.distributions.index import Distribution
from web import dumps
from web.addresses import canonical, href
from web.geometry import coordinates
from web.service_description import public_url

SITE = "What works, place by place"

ARTICLE, DATASET, ORGANISATION, PLACE = "Article", "Dataset", "Organization", "Place"

TYPES: dict[str, str] = {
    expand(name): kind
    for kind, names in (
        (DATASET, ("dcat:Dataset",)),
        (ORGANISATION, ("org:FormalOrganization", "org:Organization", "ww:Partnership")),
        (PLACE, ("ww:Place", "ww:Asset", "ww:Gateway", "ww:AccessPoint")),
        (ARTICLE, ("ww:CaseStudy", "ww:Pilot", "ww:Programme", "ww:Workstream", "ww:Intervention", "ww:Implementation",
                   "ww:LessonLearned", "ww:Finding", "ww:Evaluation", "ww:Synthesis", "ww:Claim", "ww:Barrier",
                   "ww:MonetaryStatement", "ww:CustomerInsight")),
    )
    for name in names
}  # fmt: skip
"""Class → what schema.org calls it; things of other classes are told by their breadcrumbs alone."""

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

_LONGEST = 300
"""Characters of a description: what search engines show of one."""


def breadcrumb_list(steps: Sequence[dict[str, Any]], here: str) -> Markup:
    """The way from the home page to this one (schema.org/BreadcrumbList); `steps` as `breadcrumbs` takes them."""
    ways = [("Home", "/"), *((step["text"], step.get("href")) for step in steps), (here, canonical())]
    items = [
        {"@type": "ListItem", "position": place, "name": str(name)} | ({"item": _url(path)} if path else {})
        for place, (name, path) in enumerate(ways, 1)
    ]
    return _script({"@type": "BreadcrumbList", "itemListElement": items})


def of_thing(thing: Description, lede: str) -> Markup:
    """What the page of a thing is about; empty where schema.org has no word for it that search engines read."""
    kind = next((TYPES[each] for each in thing.types if each in TYPES), None)
    if kind is None or thing.page != 1:
        return Markup()
    if kind == DATASET:
        return of_dataset(thing.about, thing.name, thing.labels)
    about = thing.about
    said = _common(about, thing.name, lede)
    if kind == ARTICLE:
        said |= _dates(about) | {"headline": thing.name[:110], "inLanguage": "en-GB"}
        said["isBasedOn"] = [_url(href(node.value)) for node in about.all("prov:hadPrimarySource")]
        said["publisher"] = {"@type": ORGANISATION, "name": SITE, "url": f"{public_url()}/"}
    elif kind == PLACE:
        said["geo"] = _geo(about, thing.nested)
        said["containedInPlace"] = _named(about.all("geo:sfWithin") or about.all("ww:locatedIn"), thing.labels, PLACE)
    else:
        said["sameAs"] = [node.value for node in about.all("owl:sameAs") if node.value.startswith("http")]
    return _script({"@type": kind} | said)


def of_dataset(dataset: Summary, name: str, labels: Labels) -> Markup:
    """A dataset with its licence, publisher and files (schema.org/Dataset)."""
    index = dumps.index()
    files = index.of("dataset", dataset.iri) if index else ()
    said = _common(dataset, name, dataset.first("dcterms:description") or "") | _dates(dataset)
    said |= {
        "license": [node.value for node in dataset.all("dcterms:license")],
        "publisher": _named(dataset.all("dcterms:publisher"), labels, ORGANISATION),
        "creator": _named(dataset.all("dcterms:creator") or dataset.all("dcterms:publisher"), labels, ORGANISATION),
        "spatialCoverage": _named(dataset.all("dcterms:spatial"), labels, PLACE),
        "distribution": _downloads(files),
        "isAccessibleForFree": True,
    }
    return _script({"@type": DATASET} | said)


def of_site() -> Markup:
    """The site itself, and how it is searched (schema.org/WebSite)."""
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{public_url()}/search?q={{search_term_string}}"},
        "query-input": "required name=search_term_string",
    }
    return _script({"@type": "WebSite", "name": SITE, "url": f"{public_url()}/", "potentialAction": search})


def _common(about: Summary, name: str, description: str) -> dict[str, Any]:
    words = " ".join(description.split())
    if len(words) > _LONGEST:
        words = words[:_LONGEST].rpartition(" ")[0] + "…"
    return {"name": name, "description": words, "url": _url(href(about.iri)), "identifier": about.iri}


def _dates(about: Summary) -> dict[str, Any]:
    return {
        "datePublished": about.first("dcterms:issued", "dcterms:created", "dcterms:date"),
        "dateModified": about.first("dcterms:modified"),
    }


def _geo(about: Summary, nested: dict[str, Summary]) -> dict[str, Any] | None:
    """The point of a place, if one is stated of it or of its geometry."""
    for each in (about, *nested.values()):
        found = coordinates(each.first("geo:asWKT") or "")
        if found:
            return {"@type": "GeoCoordinates", "longitude": found[0], "latitude": found[1]}
    return None


def _named(nodes: Iterable[Term], labels: Labels, kind: str) -> list[dict[str, str]]:
    return [{"@type": kind, "name": labels.name(node.value), "url": _url(href(node.value))} for node in nodes]


def _downloads(files: Iterable[Distribution]) -> list[dict[str, str]]:
    return [
        {
            "@type": "DataDownload",
            "encodingFormat": each.form.media_type,
            "contentUrl": _url(dumps.address(each.file)),
            "contentSize": f"{each.bytes} B",
        }
        for each in files
    ]


def _url(path: str) -> str:
    return f"{public_url()}{path}" if path.startswith("/") else path


def _script(said: dict[str, Any]) -> Markup:
    """The data block; no `<` stands in it, so no text can end it (HTML Standard, §4.12.1.3)."""
    kept = {name: value for name, value in said.items() if value not in (None, "", [])}
    text = _JSON.encode({"@context": "https://schema.org"} | kept)
    escaped = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(f'<script type="application/ld+json">{escaped}</script>\n')
