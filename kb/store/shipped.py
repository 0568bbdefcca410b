"""The knowledge that ships, published like anyone's: vocabulary, code lists, protocols and the graphs of facts."""

import hashlib
from pathlib import Path

from kb import config
from kb.config import Settings
from kb.namespaces import HOME
from kb.protocols.check import check
from kb.store.buildings.tables import has_tables
from kb.store.distributions.build import is_built
from kb.store.draft import Checker, PublicationRequest
from kb.store.folder import DataFolder
from kb.store.link_counts.build import has_counts
from kb.store.name_orders import has_orders
from kb.store.payments.build import has_totals
from kb.store.publication import Publication, publish
from kb.store.reconcile import OnStep
from kb.store.search_index import build as search_index
from kb.store.serving import current_id
from kb.store.state import State

PUBLISHER = "whatworks"
_DIGEST = "shipped"


def publish_shipped(
    folder: DataFolder,
    settings: Settings,
    *,
    on_step: OnStep = lambda step: None,
    checker: Checker = check,
) -> list[Publication]:
    """Publishes what ships, in one snapshot; answers [] at once when these very files are published already, and all
    that is derived from them is there.

    Registers the publisher `whatworks` where it is not. Raises what `publish` raises.
    """
    if is_published(folder, settings):
        return []
    requests = shipped_requests()
    state = State(folder)
    state.add_publisher(PUBLISHER, HOME)
    publications = publish(folder, requests, settings, on_step=on_step, checker=checker)
    state.set_mark(_DIGEST, _digest(requests))
    return publications


def is_published(folder: DataFolder, settings: Settings) -> bool:
    """Whether these very files are published, and all that is derived of the current snapshot is there."""
    if State(folder).mark(_DIGEST) != _digest(shipped_requests()) or not is_served(folder, settings):
        return False
    current = current_id(folder, settings)
    return bool(settings.store) or (current is not None and is_built(folder, current))


def is_upgraded(folder: DataFolder) -> bool:
    """Whether what ships was published, and with another version of the program."""
    mark = State(folder).mark(_DIGEST)
    return bool(mark) and mark != _digest(shipped_requests())


def is_served(folder: DataFolder, settings: Settings) -> bool:
    """Whether there is a snapshot whose pages can be answered: with all that is derived of it but the downloads."""
    current = current_id(folder, settings)
    if current is None or settings.store:  # an engine elsewhere has none of the rest
        return current is not None
    derived = (search_index.is_built, has_tables, has_totals, has_orders, has_counts)
    return all(made(folder, current) for made in derived)


def shipped_requests() -> list[PublicationRequest]:
    """What ships, dataset by dataset.

    The vocabulary, the code lists, the protocols and the questions are background: the protocols do not check them.
    """
    ontology, shapes, queries = (config.shipped(name) for name in ("ontology", "shapes", "queries"))
    background = {"ontology": [ontology / "whatworks.ttl", ontology / "alignments.ttl"]}
    background |= {path.stem: [path] for path in sorted(ontology.glob("concept-*.ttl"))}
    background |= {"protocols": sorted(shapes.glob("*.ttl"))}
    background |= {"questions": sorted(path for path in queries.iterdir() if path.suffix in (".rq", ".ttl"))}
    facts = fact_files()
    return [
        PublicationRequest(PUBLISHER, dataset, tuple(paths), background=dataset in background)
        for dataset, paths in (background | facts).items()
    ]


def fact_files() -> dict[str, list[Path]]:
    """The files of each dataset of facts that ships, tables and Turtle, by the name of its folder."""
    folders = sorted(path for path in config.shipped("graphs").iterdir() if path.is_dir())
    return {folder.name: sorted([*folder.glob("*.csv"), *folder.glob("*.ttl")]) for folder in folders}


def _digest(requests: list[PublicationRequest]) -> str:
    digest = hashlib.sha256()
    for request in requests:
        for path in request.paths:
            digest.update(f"{request.dataset} {path.name} ".encode())
            digest.update(hashlib.sha256(_content(path)).digest())
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""  # publish says which file is missing
