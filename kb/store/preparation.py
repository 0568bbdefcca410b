"""Files prepared against what is public, what their dataset held before, and the mappings that were confirmed."""

import json
from collections.abc import Sequence
from pathlib import Path

from kb import namespaces
from kb.config import Settings
from kb.errors import StoreMissing
from kb.intake.lines import merged
from kb.mapping.dataset_description import DatasetDescription
from kb.mapping.mapping import Mapping, read_mapping
from kb.mapping.prepare import Prepared, prepare
from kb.mapping.submitted import is_sheet
from kb.mapping.values.geocoding import postcodes
from kb.mapping.values.names import Known, Names
from kb.store import releases, sorted_lines
from kb.store.folder import DataFolder
from kb.store.known_things import known_things, linked_classes
from kb.store.serving import snapshots
from kb.store.state import Publisher

MAPPINGS = "mappings.json"
"""In the folder of a release: the mappings by which its sheets were read."""


def prepare_for(
    folder: DataFolder,
    publisher: Publisher,
    dataset: str,
    paths: Sequence[Path],
    settings: Settings,
    *,
    protocol: str | None = None,
    mappings: Sequence[Mapping] | None = None,
    body: Known | None = None,
    file_names: Sequence[str] = (),
) -> Prepared:
    """The files as the content of a dataset of the publisher; `mappings` are by default those that were saved.

    `body` is the body behind the publisher, by the name that the files give it, where it is not public already.

    Records are matched with those of the latest release. Raises BadInput, NotFound, ReleaseDamaged.
    """
    latest = releases.latest(folder, publisher.id, dataset)
    saved = saved_mappings(folder, publisher.id, dataset) if mappings is None else mappings
    has_sheets = any(is_sheet(path, saved) for path in paths)
    names = public_names(settings, protocol).with_more([body] if body else []) if has_sheets else None
    return prepare(
        paths,
        base=publisher.base,
        genid=namespaces.genid_prefix(publisher.base, dataset),
        graph=namespaces.graph(publisher.base, dataset),
        settings=settings,
        protocol=protocol,
        mappings=saved,
        names=names,
        postcodes=postcodes(settings.postcodes),
        publisher=body.labels[0] if body else "",
        earlier=releases.accepted(folder, latest) if latest and has_sheets else (),
        file_names=file_names,
    )


def public_names(settings: Settings, protocol: str | None = None) -> Names:
    """The things that are public and that columns of a protocol, or of any, may name; none before the first."""
    try:
        store = snapshots(settings).current().store
    except StoreMissing:
        return Names()
    return known_things(store, linked_classes(protocol))


def saved_mappings(folder: DataFolder, publisher: str, dataset: str) -> list[Mapping]:
    """The mappings kept with the publisher's latest releases, those of this dataset first."""
    newest = {each.dataset: each for each in releases.all_releases(folder) if each.publisher == publisher}
    found: list[Mapping] = []
    for name in sorted(newest, key=lambda each: (each != dataset, each)):
        release = newest[name]
        path = releases.path_of(folder, release.publisher, release.dataset, release.number) / MAPPINGS
        if path.is_file():
            for each in json.loads(path.read_bytes()):
                found.append(read_mapping(json.dumps({"form": 1, **each}), str(path)))
    return found


def kept_beside(mappings: Sequence[Mapping]) -> dict[str, bytes]:
    """What a release keeps of the mappings: path in its folder → content."""
    if not mappings:
        return {}
    written = [json.loads(each.written()) for each in mappings]
    return {MAPPINGS: (json.dumps(written, ensure_ascii=False, indent=1) + "\n").encode()}


def with_description(
    prepared: Prepared, description: DatasetDescription | None, base: str, dataset: str
) -> Sequence[bytes]:
    """The lines with what the dataset says of itself, where none of the files describes it. Raises BadInput."""
    if description is None:
        return prepared.lines
    own = f"<{namespaces.dataset(base, dataset)}>".encode()
    if sorted_lines.holds(prepared.lines, own):
        return prepared.lines
    protocols = {"dp-10", *(each.protocol for each in prepared.mappings)}
    return merged([prepared.lines, sorted(description.lines(base, dataset, protocols))])
