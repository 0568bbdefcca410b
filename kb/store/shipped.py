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
    requests = shipped_requests()
    digest = _digest(requests)
    state = State(folder)
    current = current_id(folder, settings)
    # An engine elsewhere has none of these; a folder has them with its snapshot, or they are to be made.
    derived = (is_built, search_index.is_built, has_tables, has_totals, has_orders, has_counts)
    complete = current is not None and (bool(settings.store) or all(made(folder, current) for made in derived))
    if state.mark(_DIGEST) == digest and complete:
        return []
    state.add_publisher(PUBLISHER, HOME)
    publications = publish(folder, requests, settings, on_step=on_step, checker=checker)
    state.set_mark(_DIGEST, digest)
    return publications


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
