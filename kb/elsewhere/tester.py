"""A test of another area's site: does it do what those who read linked data, and this site's harvest, rely on?

A handful of requests, one after the other, each bounded in time and size and to public addresses (kb.intake.elsewhere).
"""

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from pyoxigraph import Dataset, Literal, NamedNode, Quad

from kb.config import Settings
from kb.elsewhere.site_report import Found, SiteReport, Verdict, curl
from kb.errors import BadInput, ServiceFailed, WhatWorksError
from kb.intake import dcat
from kb.intake.dcat import CATALOGUES, Offered
from kb.intake.elsewhere import Fetched, fetch
from kb.intake.rdf import read_rdf
from kb.intake.submission import read_submission
from kb.namespaces import GENID, HOME, expand, genid_prefix
from kb.protocols.catalogue import protocols
from kb.protocols.check import check
from kb.scratch import scratch_folder

SECONDS = 10.0
"""For one request."""

TOGETHER = 60.0
"""Seconds after which nothing more is asked for."""

MOST = 5_000_000
"""Bytes of an answer."""

STALE = timedelta(days=400)
"""A register that is kept once a year, and a month for being late."""

SAMPLE = 3
"""Things that are dereferenced."""

PLACES = ("", "datasets", "catalogue", "catalog", "catalogue.ttl", "catalog.ttl")
"""Where a catalogue is looked for, from the address that was given."""

AFTER_THE_CATALOGUE = (
    "Content negotiation",
    "Cross-origin reading",
    "Asking for what has changed",
    "Freshness",
    "Licence",
    "Dereferencing",
    "Protocol",
)
"""What can't be tried without a catalogue."""

_TURTLE = {"Accept": "text/turtle"}
_NEGOTIATED = ("text/turtle", "application/ld+json", "application/rdf+xml")


def report_on(url: str, settings: Settings) -> SiteReport:
    """What passes and fails. Raises BadInput for an address that is refused, ServiceFailed where nothing answers."""
    with scratch_folder() as place:
        tester = _Tester(url, settings, settings.private_sites.split(), Path(place))
        tester.ask(url, {"Accept": "*/*"})  # so that what is no site at all is an error, not a list of failures
        return SiteReport(url, tuple(tester.checks()))


@dataclass
class _Tester:
    url: str
    settings: Settings
    listed: Collection[str]
    scratch: Path
    until: float = field(default_factory=lambda: time.monotonic() + TOGETHER)

    def ask(self, url: str, headers: Mapping[str, str], most: int = MOST) -> Fetched:
        left = self.until - time.monotonic()
        if left <= 0:
            raise ServiceFailed(f"{url}: was not asked, since the whole test may take {TOGETHER:g} s")
        return fetch(url, listed=self.listed, seconds=min(SECONDS, left), most=most, headers=headers)

    def checks(self) -> Iterator[Found]:
        place, answer = self._catalogue()
        if answer is None:
            where = ", ".join(f"/{each}" for each in PLACES if each)
            told = f"No DCAT catalogue in RDF at this address, nor below it at {where}. Publish one, in Turtle."
            yield Found("Catalogue", "fail", told, curl(self.url, _TURTLE.items()))
            for name in AFTER_THE_CATALOGUE:
                yield Found(name, "not tried", "There is no catalogue to start from.", curl(self.url))
            return
        path, graph = self._read(answer)
        offers = dcat.offered(path)
        told = f"{len(offers)} datasets: {', '.join(each.name for each in offers[:5])}."
        yield Found("Catalogue", "pass", told, curl(place, _TURTLE.items()))
        yield self._negotiation(place)
        yield self._cross_origin(place)
        yield self._validators(place, answer)
        yield self._dates(place, graph, offers)
        yield self._licences(place, graph, offers)
        yield from self._contents(place, offers)

    def _catalogue(self) -> tuple[str, Fetched | None]:
        """The first place at which there is one; BadInput is for the address that was given alone."""
        base = self.url if self.url.endswith("/") else f"{self.url}/"
        for each in PLACES:
            place = urljoin(base, each) if each else self.url
            try:
                answer = self.ask(place, {"Accept": dcat.ACCEPT})
                if answer.status == 200 and answer.media_type in CATALOGUES and dcat.offered(self._read(answer)[0]):
                    return place, answer
            except WhatWorksError:
                continue
        return self.url, None

    def _read(self, answer: Fetched) -> tuple[Path, Dataset]:
        """The answer as a file and as a graph; raises BadInput where it is not what its media type says."""
        suffix = CATALOGUES.get(answer.media_type)
        if suffix is None:
            raise BadInput(f"{answer.url}: answers with {answer.media_type or 'no media type'}, which is no RDF")
        path = self.scratch / f"answer{suffix}"
        path.write_bytes(answer.body)
        return path, Dataset([Quad(quad.subject, quad.predicate, quad.object) for quad in read_rdf(path)])

    def _negotiation(self, place: str) -> Found:
        wrong = []
        vary = False
        for media_type in _NEGOTIATED:
            try:
                answer = self.ask(place, {"Accept": media_type})
                vary = vary or "accept" in answer.headers.get("vary", "").lower()
                if (answer.status, answer.media_type) != (200, media_type):
                    wrong.append(f"{media_type} gets {answer.status} and {answer.media_type or 'no media type'}")
                else:
                    self._read(answer)
            except WhatWorksError as error:
                wrong.append(f"{media_type}: {error}")
        if not wrong and not vary:
            wrong.append("the answer lacks Vary: Accept, so that a cache would mix the formats up")
        told = f"Answers in {', '.join(_NEGOTIATED)}, each as asked for." if not wrong else "; ".join(wrong) + "."
        shown = next((each for each in _NEGOTIATED if wrong and each in wrong[0]), _NEGOTIATED[1])
        return _found("Content negotiation", not wrong, told, curl(place, [("Accept", shown)]))

    def _cross_origin(self, place: str) -> Found:
        asked = {**_TURTLE, "Origin": "https://other.example"}
        try:
            allowed = self.ask(place, asked).headers.get("access-control-allow-origin", "")
        except WhatWorksError as error:
            return Found("Cross-origin reading", "fail", str(error), curl(place, asked.items()))
        good = allowed in ("*", asked["Origin"])
        told = f"Access-Control-Allow-Origin: {allowed}."
        if not good:
            told = "Send Access-Control-Allow-Origin: *, or no web page elsewhere can read it."
        return _found("Cross-origin reading", good, told, curl(place, asked.items(), show="-D - -o /dev/null"))

    def _validators(self, place: str, answer: Fetched) -> Found:
        tag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
        asked = {"Accept": dcat.ACCEPT, **({"If-None-Match": tag} if tag else {"If-Modified-Since": modified})}
        name = "Asking for what has changed"
        if not tag and not modified:
            told = "Has neither ETag nor Last-Modified, so that everybody must fetch all of it each time."
            return Found(name, "fail", told, curl(place, _TURTLE.items(), show="-D - -o /dev/null"))
        try:
            status = self.ask(place, asked).status
        except WhatWorksError as error:
            return Found(name, "fail", str(error), curl(place, asked.items()))
        told = f"Answers {status} where nothing has changed{'' if status == 304 else ', and should answer 304'}."
        return _found(name, status == 304, told, curl(place, asked.items()))

    def _dates(self, place: str, graph: Dataset, offers: Collection[Offered]) -> Found:
        now, old, undated = datetime.now(UTC), [], []
        for each in offers:
            dates = [d for p in ("dcterms:modified", "dcterms:issued") for d in _dates(graph, each.iri, p)]
            if not dates:
                undated.append(each.name)
            elif now - max(dates) > STALE:
                old.append(each.name)
        wrong = [f"{', '.join(undated[:5])}: no dcterms:modified and no dcterms:issued"] if undated else []
        wrong += [f"{', '.join(old[:5])}: not changed for {STALE.days} days"] if old else []
        told = f"Every dataset has changed within {STALE.days} days." if not wrong else "; ".join(wrong) + "."
        return _found("Freshness", not wrong, told, curl(place, _TURTLE.items()))

    def _licences(self, place: str, graph: Dataset, offers: Collection[Offered]) -> Found:
        licence = NamedNode(expand("dcterms:license"))
        without = [
            each.name
            for each in offers
            if not any(
                q.predicate == licence and isinstance(q.object, NamedNode)
                for q in graph.quads_for_subject(NamedNode(each.iri))
            )
        ]
        told = "Every dataset names its licence."
        if without:
            told = f"No dcterms:license, as an IRI: {', '.join(without[:5])}."
        return _found("Licence", not without, told, curl(place, _TURTLE.items()))

    def _contents(self, place: str, offers: Collection[Offered]) -> Iterator[Found]:
        """Dereferencing and conformance, of the first dataset that says that it conforms to a protocol."""
        known = {each.id for each in protocols()}
        offer = next((each for each in offers if known & set(each.protocols) and each.url), None)
        if offer is None or offer.url is None:
            told = f"No dataset with a file in RDF and dcterms:conformsTo a protocol, such as {HOME}/protocols/dp-01."
            yield self._dereferencing([each.iri for each in offers][:SAMPLE], place)
            yield Found("Protocol", "fail", told, curl(place, _TURTLE.items()))
            return
        try:
            answer = self.ask(offer.url, {})
            path = self.scratch / f"sample{offer.suffix}"
            path.write_bytes(answer.body)
            lines = read_submission(
                [path],
                genid=genid_prefix(offer.iri, "test"),
                graph=None,
                seconds=self.settings.canonicalise_seconds,
                megabytes=self.settings.canonicalise_mb,
            ).lines
            report = check(lines, protocols=sorted(known & set(offer.protocols)), engine=self.settings.shacl_engine)
        except WhatWorksError as error:
            yield self._dereferencing([offer.iri], place)
            yield Found("Protocol", "fail", str(error), curl(offer.url))
            return
        things = sorted({line.split(b" ", 1)[0][1:-1].decode() for line in lines if _IS_OF_KIND in line})
        host = urlsplit(offer.iri).netloc
        own = [iri for iri in things if urlsplit(iri).netloc == host and GENID not in iri]
        yield self._dereferencing(own[:SAMPLE] or [offer.iri], place)
        told = f"{offer.name}: {report.violations} violations of {', '.join(sorted(known & set(offer.protocols)))}."
        if not report.conforms:
            first = report.results[0]
            what = report.fields.get(first.shape, first.path or first.shape)
            told += f" The first: {report.labels.get(first.focus, first.focus)}, {what}: {first.message}"
        yield _found("Protocol", report.conforms, told, curl(offer.url, show=f"-o sample{offer.suffix}"))

    def _dereferencing(self, iris: Collection[str], place: str) -> Found:
        wrong = [f"{iri}: {said}" for iri in iris if (said := self._dereferenced(iri))]
        told = f"Addresses of things lead to RDF about them: {len(iris)} were tried."
        if wrong:
            told = "; ".join(wrong) + "."
        shown = next((iri for iri in iris if wrong and wrong[0].startswith(iri)), next(iter(iris), place))
        return _found("Dereferencing", not wrong and bool(iris), told, curl(shown, _TURTLE.items(), show="-i -L"))

    def _dereferenced(self, iri: str) -> str:
        """What is wrong with the answer of a thing's address; empty where nothing is. A 303 is followed once."""
        try:
            answer = self.ask(iri, _TURTLE)
            if answer.status in (301, 302, 303, 307, 308):
                answer = self.ask(urljoin(iri, answer.headers.get("location", "")), _TURTLE)
            if answer.status != 200:
                return f"answers {answer.status}"
            graph = self._read(answer)[1]
        except WhatWorksError as error:
            return str(error).removeprefix(f"{iri}: ")
        if not any(True for _ in graph.quads_for_subject(NamedNode(iri))):
            return "the RDF says nothing about it"
        return ""


_IS_OF_KIND = f"> <{expand('rdf:type')}> <".encode()


def _found(name: str, good: bool, said: str, command: str) -> Found:
    verdict: Verdict = "pass" if good else "fail"
    return Found(name, verdict, said, command)


def _dates(graph: Dataset, iri: str, property: str) -> Iterator[datetime]:
    predicate = NamedNode(expand(property))
    for quad in graph.quads_for_subject(NamedNode(iri)):
        if quad.predicate == predicate and isinstance(quad.object, Literal):
            try:
                found = datetime.fromisoformat(quad.object.value)
            except ValueError:
                continue
            yield found if found.tzinfo else found.replace(tzinfo=UTC)
