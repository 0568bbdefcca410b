"""Harvesting: another site's datasets that conform to a protocol, through the same check and publication as any other.

Nothing unchecked becomes public; a dataset that does not conform leaves the release before in place. Only what has
changed is sent, by the validators of the last time, and one file at a time is asked for.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kb import namespaces
from kb.config import Settings
from kb.errors import BadInput, NotConforming, ServiceFailed, WhatWorksError
from kb.intake import dcat
from kb.intake.dcat import Offered
from kb.intake.elsewhere import Fetched, fetch
from kb.protocols.catalogue import protocols
from kb.protocols.report import Report
from kb.scratch import scratch_folder
from kb.store.folder import DataFolder
from kb.store.harvests import Harvests, Validators
from kb.store.publication import PublicationRequest, publish
from kb.store.state import NAME, Publisher, State

CATALOGUE_BYTES = 20_000_000
CATALOGUE_SECONDS = 60

Outcome = Literal["published", "unchanged", "refused", "skipped", "failed"]
OnStep = Callable[[str], None]


@dataclass(frozen=True)
class Harvested:
    """What came of one dataset; `said` in a sentence, `report` where its check refused it."""

    dataset: str
    """Its IRI."""
    outcome: Outcome
    said: str
    report: Report | None = None
    reason: str = ""
    """Why it was skipped, in words that are the same for all that are skipped for it."""


def harvest(
    folder: DataFolder,
    url: str,
    publisher: str,
    settings: Settings,
    *,
    only: Collection[str] = (),
    on_step: OnStep = lambda step: None,
) -> list[Harvested]:
    """Reads the catalogue at `url` and publishes what has changed of its datasets; `only`: those of these names.

    What is published stands in datasets of the publisher, under the name that ends the dataset's IRI. Raises
    UnknownPublisher, BadInput for an address that is refused or a catalogue that can't be read, ServiceFailed where it
    gives no answer, BadInput where a dataset that was asked for is not in it. What is wrong with one dataset is told in
    its outcome.
    """
    by = State(folder).publisher(publisher)
    on_step(f"asking for {url}")
    answer = _ask(url, settings, CATALOGUE_SECONDS, CATALOGUE_BYTES, {"Accept": dcat.ACCEPT})
    suffix = dcat.CATALOGUES.get(answer.media_type)
    if suffix is None:
        raise BadInput(f"{url}: answers with {answer.media_type or 'no media type'}, and not with a catalogue in RDF")
    with scratch_folder() as place:
        path = Path(place, f"catalogue{suffix}")
        path.write_bytes(answer.body)
        found = dcat.offered(path)
        absent = set(only) - {each.name for each in found}
        if absent:
            raise BadInput(f"{url}: has no dataset {', '.join(sorted(absent))}; it has {_names(found)}")
        return [
            _harvested(folder, url, by, each, settings, Path(place), on_step)
            for each in found
            if not only or each.name in only
        ]


def _names(found: Sequence[Offered]) -> str:
    return ", ".join(sorted(each.name for each in found)) or "none"


def _harvested(
    folder: DataFolder,
    catalogue: str,
    by: Publisher,
    offer: Offered,
    settings: Settings,
    scratch: Path,
    on_step: OnStep,
) -> Harvested:
    reason, which = _left_out(folder, by, offer)
    if reason:
        return Harvested(offer.iri, "skipped", f"{reason}: {which}" if which else reason, reason=reason)
    harvests = Harvests(folder)
    try:
        validators = harvests.validators(catalogue, offer.iri)
        assert offer.url is not None  # else it is left out
        on_step(f"asking for {offer.url}")
        answer = _ask(
            offer.url, settings, settings.harvest_seconds, settings.harvest_mb * 1024 * 1024, validators.headers
        )
        if answer.status == 304:
            return Harvested(offer.iri, "unchanged", "not changed since the last harvest")
        path = scratch / f"{offer.name}{offer.suffix}"
        path.write_bytes(answer.body)
        (done,) = publish(folder, [PublicationRequest(by.id, offer.name, (path,))], settings, on_step=on_step)
    except NotConforming as error:
        return Harvested(offer.iri, "refused", str(error), error.report)
    except WhatWorksError as error:
        return Harvested(offer.iri, "failed", str(error))
    said = done.summary()
    harvests.note(catalogue, offer.iri, _validators(answer), said)
    return Harvested(offer.iri, "published" if done.release else "unchanged", said)


def _left_out(folder: DataFolder, by: Publisher, offer: Offered) -> tuple[str, str]:
    """Why a dataset is not asked for, and what of it is the matter, where that differs; empty where it is asked for."""
    known = {each.id for each in protocols()}
    if not offer.protocols:
        return "says of no protocol that it conforms to it", ""
    if not known & set(offer.protocols):
        return "conforms to no protocol of this site", ", ".join(offer.protocols)
    if not NAME.fullmatch(offer.name):
        return "has a name that no dataset can have here, of small letters, digits and hyphens", repr(offer.name)
    if offer.iri != namespaces.dataset(by.base, offer.name):
        return f"is not under the base of {by.id}, {by.base}; harvest it for the publisher whose it is", ""
    if offer.url is None:
        return "has no file that can be read: one in Turtle, JSON-LD, RDF/XML, N-Triples or N-Quads, uncompressed", ""
    if State(folder).is_unchecked(by.id, offer.name):
        return "is registered here as unchecked, and nothing unchecked is harvested", ""
    return "", ""


def _ask(url: str, settings: Settings, seconds: float, most: int, headers: dict[str, str]) -> Fetched:
    answer = fetch(url, listed=settings.private_sites.split(), seconds=seconds, most=most, headers=headers)
    if answer.status in (200, 304):
        return answer
    if 300 <= answer.status < 400:
        raise ServiceFailed(f"{url}: leads on to {answer.headers.get('location', 'nowhere')}, which is not followed")
    raise ServiceFailed(f"{url}: answers {answer.status}; ask whoever runs that site")


def _validators(answer: Fetched) -> Validators:
    return Validators(answer.headers.get("etag", ""), answer.headers.get("last-modified", ""))


def failed(found: Sequence[Harvested]) -> bool:
    """Whether anything was refused or failed."""
    return any(each.outcome in ("refused", "failed") for each in found)


def skipped(found: Iterable[Harvested]) -> dict[str, list[str]]:
    """Reason → the datasets that were skipped for it, by IRI; the reason of most comes first."""
    reasons: dict[str, list[str]] = {}
    for each in found:
        if each.outcome == "skipped":
            reasons.setdefault(each.reason, []).append(each.dataset)
    return dict(sorted(reasons.items(), key=lambda item: -len(item[1])))
