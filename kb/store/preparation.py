"""Files prepared against what is public, what their dataset held before, and the mappings that were confirmed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb import namespaces
from kb.config import Settings
from kb.intake.lines import merged
from kb.mapping.mapping import Mapping, read_mapping
from kb.mapping.prepare import Prepared, prepare
from kb.mapping.submitted import is_sheet
from kb.protocols.catalogue import protocols
from kb.protocols.targets import instances_by_class
from kb.store import releases
from kb.store.dataset_description import description
from kb.store.folder import DataFolder
from kb.store.known_names import known_names
from kb.store.open_links import with_open_links
from kb.store.publisher_bodies import body_behind
from kb.store.state import Publisher, State
from kb.store.submission_folder import MAPPINGS


@dataclass(frozen=True)
class Content:
    """What a dataset would hold: the files as prepared, with the lines that describe the dataset where none did."""

    prepared: Prepared
    lines: Sequence[bytes]


def content(
    folder: DataFolder,
    publisher: Publisher,
    dataset: str,
    paths: Sequence[Path],
    settings: Settings,
    *,
    protocol: str | None = None,
    mappings: Sequence[Mapping] | None = None,
    title: str = "",
    licence: str = "",
) -> Content:
    """The files as the content of a dataset of the publisher; `mappings` are by default those that were saved.

    Records are matched with those of the latest release. `licence` is an IRI. Raises BadInput, NotFound,
    ReleaseDamaged.
    """
    latest = releases.latest(folder, publisher.id, dataset)
    before = releases.accepted(folder, latest) if latest else []
    saved = saved_mappings(folder, publisher.id, dataset) if mappings is None else mappings
    has_sheets = any(is_sheet(path, saved) for path in paths)
    names = known_names(settings)
    body = body_behind(folder, publisher, names)
    prepared = prepare(
        paths,
        base=publisher.base,
        genid=namespaces.genid_prefix(publisher.base, dataset),
        graph=namespaces.graph(publisher.base, dataset),
        settings=settings,
        protocol=protocol,
        mappings=saved,
        names=names.with_own(body.known()) if has_sheets else None,
        area=body.area,
        publisher=body.name,
        place=body.place,
        earlier=before if has_sheets else (),
    )
    own, bases = namespaces.graph(publisher.base, dataset), [each.base for each in State(folder).publishers()]
    lines = prepared.lines
    if title or licence or prepared.sheets:
        written_by = [each.protocol for each in prepared.mappings] or _applicable(lines)
        said = description(
            publisher, body, dataset, lines, before, title=title, licence=licence, protocols=written_by
        )
        lines = merged([lines, said])
    return Content(with_open_links(prepared, lines, bases, own, settings), lines)


def _applicable(lines: Sequence[bytes]) -> list[str]:
    """The protocols that speak of things of these classes."""
    described = set(instances_by_class(lines))
    return [each.id for each in protocols() if described & set(each.target_classes)]


def saved_mappings(folder: DataFolder, publisher: str, dataset: str) -> list[Mapping]:
    """The mappings kept with the publisher's latest releases, those of this dataset first."""
    newest = {each.dataset: each for each in releases.all_releases(folder) if each.publisher == publisher}
    found: list[Mapping] = []
    for name in sorted(newest, key=lambda each: (each != dataset, each)):
        release = newest[name]
        path = releases.path_of(folder, release.publisher, release.dataset, release.number) / MAPPINGS
        if path.is_file():
            found += [read_mapping(json.dumps(each), str(path)) for each in json.loads(path.read_bytes())]
    return found


def kept_beside(mappings: Sequence[Mapping]) -> dict[str, bytes]:
    """What a release keeps of the mappings: path in its folder → content."""
    if not mappings:
        return {}
    written = [json.loads(each.written()) for each in mappings]
    return {MAPPINGS: (json.dumps(written, ensure_ascii=False, indent=1) + "\n").encode()}
