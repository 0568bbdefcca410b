"""Every way out of a site: all that a stranger can ask it for, as texts in which to look for what must not get out.

A route of the application that no way covers is a failure of the tests that use this, so that a new one can't be
forgotten; `addresses_of` has those that no page links to.
"""

import gzip
import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

import pyarrow.csv
import pyarrow.parquet
from flask import Flask
from flask.testing import FlaskClient

TABLES = ("json", "csv", "xml", "tsv")
GRAPHS = ("ttl", "nt", "jsonld", "rdf")
FORMATS = ("html", "ttl", "jsonld", "rdf", "nt", "json", "csv")
DRAFTS = ("/publish", "/api/submissions")
EVERYTHING = (
    "SELECT * { ?s ?p ?o }",
    "SELECT * { GRAPH ?g { ?s ?p ?o } }",
    "CONSTRUCT { ?s ?p ?o } { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?o { ?s ?p ?o FILTER(ISLITERAL(?o)) }",
)
_HREF = re.compile(r'(?:href|action|src)="(/[^"]*)"')
_MCP = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@dataclass
class Site:
    """What is asked, and what is known to be there: IRIs of records and graphs, names of short links and snapshots."""

    app: Flask
    records: tuple[str, ...]
    graphs: tuple[str, ...]
    links: tuple[str, ...] = ()
    snapshots: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ("kent/assets",)
    """`publisher/dataset`."""
    drafts: tuple[str, ...] = ("none",)
    """The ids of submissions."""
    headers: dict[str, str] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    """Address → what it answered; of a file that is packed or binary, the text in it."""
    rules: set[str] = field(default_factory=set)
    """The routes that were asked for."""

    def ask(self, address: str, client: FlaskClient, **headers: str) -> str:
        """The text of an answer, once for each address and headers."""
        key = f"{address} {headers}" if headers else address
        if key not in self.seen:
            with self.app.test_request_context(address):
                from flask import request

                if request.url_rule is not None:
                    self.rules.add(request.url_rule.rule)
            answer = client.get(address, headers={**self.headers, **headers})
            name = urlsplit(address).path
            said = "".join(f"{header}: {value}\n" for header, value in answer.headers.items())
            self.seen[key] = f"{answer.status}\n{said}\n{text_of(name, answer.data)}"
            answer.close()
        return self.seen[key]


def text_of(name: str, content: bytes) -> str:
    """What is written in a file, whatever it is packed in."""
    if name.endswith(".gz") and content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    if name.endswith(".parquet") and content[:4] == b"PAR1":
        out = io.BytesIO()
        pyarrow.csv.write_csv(pyarrow.parquet.read_table(io.BytesIO(content)), out)
        content = out.getvalue()
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(archive.read(each) for each in archive.namelist())
    return content.decode("utf-8", "replace")


def walk(site: Site) -> dict[str, str]:
    """Asks for everything, and answers what was said, by what was asked."""
    client = site.app.test_client()
    ids = tuple(each["id"] for each in json.loads(client.get("/snapshots?format=json").data)["snapshots"])
    for address in addresses_of(site, tuple(dict.fromkeys((*ids, *site.snapshots)))):
        site.ask(address, client)
    _crawl(site, client)
    for address in list(site.seen):
        if address.startswith("/doc/") and "?" not in address and "{" not in address:
            for type_ in ("text/turtle", "application/ld+json", "text/html", "application/problem+json"):
                site.ask(address, client, Accept=type_)
    for record in site.records:
        query = f"SELECT * {{ ?s ?p ?o FILTER(CONTAINS(STR(?s), {json.dumps(record)})) }}"
        for tool, arguments in (("run_query", {"query": query}), ("run_query", {"query": EVERYTHING[0]})):
            site.seen[f"/mcp {tool} {arguments}"] = _called(client, tool, arguments)
    site.rules.add("/mcp")
    return site.seen


def not_covered(site: Site) -> set[str]:
    """Routes that answer GET and that nothing asked for."""
    rules = {rule.rule for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return rules - site.rules - {"/static/<path:filename>"}


def addresses_of(site: Site, ids: Iterable[str]) -> Iterator[str]:
    """The addresses that no page need link to; `ids` are of snapshots."""
    yield from ("/", "/datasets", "/snapshots", "/withdrawals", "/test-site")
    yield from ("/.well-known/void", "/sparql", "/editor.json", "/q")
    yield from ("/healthz", "/readyz", "/metrics")
    yield from ("/accessibility", "/robots.txt", "/favicon.ico", "/sitemap.xml", "/sitemap/Asset-1.xml", "/contribute")
    yield from ("/contribute/none", "/publish/contributions", "/publish/contributions/none")
    yield from (f"/contribute?{urlencode({'about': each})}" for each in site.records)
    for path in ("/datasets", "/.well-known/void", "/withdrawals"):
        yield from (f"{path}?format={each}" for each in FORMATS)
    yield from ("/def", "/def/Asset", "/shapes", "/shapes/dp-01.ttl", "/context.jsonld")
    yield from ("/protocols", "/protocols/dp-01", "/protocols/dp-01.xlsx", "/protocols/dp-01-metadata.json")
    yield from ("/protocols/dp-01-assets.csv", "/protocols/dp-01/assets/new", "/publish", "/publish/new", "/sign-in")
    yield "/publish/restore/assets/1"
    for draft in site.drafts:
        parts = ["", "/report", "/report?format=json", "/report?format=ttl", "/report.xlsx", "/report/summary"]
        parts += ["/about", "/decisions", "/mapping", "/mapping.json", "/mapping-csvw", "/mapping-csvw.json"]
        yield from (f"{start}/{draft}{part}" for start in DRAFTS for part in parts)
        asked = urlencode({"query": EVERYTHING[0], "format": "json", "draft": draft})
        yield from (f"/sparql?{asked}", f"/?draft={draft}", f"/datasets?draft={draft}&format=ttl")
        yield from (f"/resource?{urlencode({'uri': each, 'draft': draft})}" for each in site.records)
    yield from ("/money", "/money?format=csv", "/money?format=rq", "/compare", "/compare?q=kent")
    yield from ("/changes", "/changes?since=2020-01-01T00:00:00Z", "/compare/data", "/compare/data?format=json")
    yield from (f"/changes?format={each}" for each in ("atom", "json", "ttl", "jsonld"))
    for dataset in site.datasets:
        parts = ("", "/badge.svg", "/difference", "/difference?format=json")
        yield from (f"/datasets/{dataset}{part}" for part in parts)
        yield from (f"/datasets/{dataset}/{n}{part}" for n in (1, 2) for part in ("", "/accepted.nq.gz"))
        yield from (f"/datasets/{dataset}/difference?from={a}&to={b}" for a, b in ((0, 1), (1, 2), (2, 1)))
        yield f"/publish/restore/{dataset.rpartition('/')[2]}/1"
    yield from ("/interventions", "/interventions?outcome=reoffending&format=csv")
    yield from ("/evidence-map", "/evidence-map?format=csv")
    yield "/evidence-map/cell?intervention=reablement&outcome=reoffending"
    yield from ("/buildings/map.json", "/buildings/outlines.json")
    yield from (f"/buildings{part}{format}" for part in ("", "/sharing", "/merging") for format in ("", "?format=csv"))
    yield from (f"/buildings/sharing?{urlencode({'near': each})}" for each in site.records)
    yield from (f"/buildings?{urlencode({'snapshot': id})}" for id in ids)
    yield from ("/concept/", "/concept/asset-status", "/concept/asset-status/vacant", "/questions", "/classes")
    for wanted in ("q=", "q=house", "q=zanzibra", "kind=Asset", "q=kent&sort=newest"):
        yield from (f"/search?{wanted}&format={each}" for each in ("html", "json", "csv"))
    yield from (f"/search/suggest?q={begun}" for begun in ("za", "zanz", "zanzibra", "ho"))
    yield from ("/class/Asset", "/datasets/asset", "/questions/lessons-by-stage", "/nowhere", "/graph", "/graphs")
    yield from ("/places", "/lessons", "/lessons?format=csv", "/briefing")
    for record in site.records:
        about = urlencode({"uri": record})
        yield from (f"/briefing?{about}", f"/resource?{about}&all=same", f"/lessons?place={quote(record)}")
    yield from ("/q/0000000000", "/id/none/none", "/doc/none/none")
    for at in ("", *(f"&snapshot={id}" for id in ids)):
        for query in EVERYTHING:
            for format in TABLES if query.startswith("SELECT") else GRAPHS:
                yield f"/sparql?{urlencode({'query': query, 'format': format})}{at}"
        yield from (f"/graphs?{name}&format={each}{at}" for name in _graphs(site) for each in GRAPHS)
        yield from (f"/graph?{urlencode({'uri': each})}{at}" for each in site.graphs)
        for each in site.graphs:
            listed = urlencode({"uri": each, "kind": "Asset"})
            yield from (f"/graph/records?{listed}{more}{at}" for more in ("", "&format=csv"))
        yield from (f"/protocols/dp-01.xlsx?{urlencode({'graph': each})}{at}" for each in site.graphs)
        for record in site.records:
            path = record.partition("/id/")[2]
            yield from (f"/resource?{urlencode({'uri': record, 'format': each})}{at}" for each in FORMATS[:5])
            yield from (f"/doc/{path}.{each}?{at[1:]}" for each in FORMATS[1:5])
            yield from (f"/{kind}/{path}?{at[1:]}" for kind in ("id", "doc"))
            yield from (f"/cite?path=/doc/{quote(path)}&format={each}{at}" for each in ("bib", "ris", "json", "txt"))
            yield f"/sparql?{urlencode({'query': f'SELECT * {{ <{record}> ?p ?o }}', 'format': 'html'})}{at}"
    for id in ("current", *ids):
        yield from (f"/dumps/{id}/{name}" for name in ("index.json", "SHA256SUMS"))
    for link in site.links:
        yield from (f"/q/{link}", f"/q/{link}?format=csv", f"/q/{link}?format=json")


def _graphs(site: Site) -> Iterator[str]:
    yield "default"
    yield from (urlencode({"graph": each}) for each in site.graphs)


def _crawl(site: Site, client: FlaskClient) -> None:
    """Follows the links of all that was said, and the files of each index, until there is nothing new."""
    while True:
        found = {link for said in list(site.seen.values()) for link in _links(said)}
        for address, said in list(site.seen.items()):
            if address.startswith("/dumps/") and address.endswith("/index.json") and said.startswith("200"):
                files = json.loads(said.partition("\n\n")[2])["distributions"]
                found |= {f"{address.rpartition('/')[0]}/{each['file']}" for each in files}
        new = {link for link in found if link not in site.seen}
        if not new:
            return
        for link in sorted(new):
            site.ask(link, client)


def _links(said: str) -> Iterator[str]:
    for link in _HREF.findall(said):
        address = html.unescape(link).partition("#")[0]
        if address and not address.startswith(("/static/", "//")):
            yield address


def _called(client: FlaskClient, tool: str, arguments: dict[str, str]) -> str:
    call = {"name": tool, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    answer = client.post("/mcp", data=json.dumps(body), headers=_MCP, base_url="http://localhost")
    return answer.get_data(as_text=True)


def holding(seen: dict[str, str], traces: Iterable[str], own: Callable[[str], str]) -> dict[str, set[str]]:
    """Address → the traces that its answer holds, in small letters, but for the part that `own` strips from it."""
    found = {}
    for address, said in seen.items():
        text = own(said).lower()
        if held := {trace for trace in traces if trace in text}:
            found[address] = held
    return found
