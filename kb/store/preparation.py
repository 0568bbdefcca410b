"""Files prepared against what is public, what their dataset held before, and the mappings that were confirmed."""

from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb import namespaces
from kb.config import Settings
from kb.intake.lines import merged
from kb.mapping.body import Body
from kb.mapping.mapping import Mapping, read_mappings, written_mappings
from kb.mapping.prepare import Prepared, prepare
from kb.mapping.submitted import is_sheet
from kb.protocols.catalogue import protocols
from kb.protocols.targets import instances_by_class
from kb.store import releases
from kb.store.dataset_description import description
from kb.store.folder import DataFolder
from kb.store.known_names import known_names
from kb.store.open_links import with_open_links
from kb.store.publisher_bodies import body_behind, names_around
from kb.store.state import Publisher, State
from kb.store.submission_folder import MAPPINGS


@dataclass(frozen=True)
class Content:
    """What a dataset would hold: the files as prepared, with the lines that describe the dataset where none did."""

    prepared: Prepared
    lines: Sequence[bytes]
    body: Body
    """The publishing body."""
    based_on: int
    """The release with which they are compared, and to which they are added where they only add; 0 for none."""


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
    said: ReadOnly[str, str] | None = None,
    adds: bool = False,
) -> Content:
    """The files as the content of a dataset of the publisher; `mappings` are by default those that were saved.

    Records are matched with those of the latest release; with `adds` the files are added to it, are new whatever they
    are called, and leave what is said of it. `licence` is an IRI, `said` as in
    kb.store.dataset_fields. Raises BadInput, NotFound, ReleaseDamaged.
    """
    latest = releases.latest(folder, publisher.id, dataset)
    before = releases.accepted(folder, latest) if latest else []
    saved = saved_mappings(folder, publisher.id, dataset) if mappings is None else mappings
    has_sheets = any(is_sheet(path, saved) for path in paths)
    public = known_names(settings)
    body = body_behind(folder, publisher, public)
    names = names_around(folder, body, public)
    prepared = prepare(
        paths,
        base=publisher.base,
        genid=namespaces.genid_prefix(publisher.base, dataset),
        graph=namespaces.graph(publisher.base, dataset),
        settings=settings,
        protocol=protocol,
        mappings=saved,
        names=names if has_sheets else None,
        area=body.area,
        publisher=body.name,
        place=body.place,
        earlier=before if has_sheets and not adds else (),
    )
    own, bases = namespaces.graph(publisher.base, dataset), [each.base for each in State(folder).publishers()]
    lines = prepared.lines
    added = bool(adds and before)
    if added:
        title, licence, said = "", "", None
    if lines and (title or licence or said or prepared.sheets):
        written_by = [each.protocol for each in prepared.mappings] or _applicable(lines)
        described = description(
            publisher,
            body,
            dataset,
            lines,
            before,
            title=title,
            licence=licence,
            protocols=written_by,
            said=said or {},
            names=names,
            defaults=not added,
        )
        lines = merged([lines, described])
    if added:
        lines = merged([before, lines])
    prepared = with_open_links(prepared, lines, bases, own, settings)
    return Content(prepared, lines, body, latest.number if latest else 0)


def _applicable(lines: Sequence[bytes]) -> list[str]:
    """The protocols that speak of things of these classes."""
    described = set(instances_by_class(lines))
    return [each.id for each in protocols() if described & set(each.target_classes)]


def saved_mappings(folder: DataFolder, publisher: str, dataset: str) -> list[Mapping]:
    """The mappings kept with the publisher's releases, those of this dataset first, and of each dataset the newest.

    Every release is looked at, since the latest may be one that brings an earlier one back, or adds one record. What
    was decided anew for the same columns takes the place of what was decided before.
    """
    newest_first = sorted(
        (each for each in releases.all_releases(folder) if each.publisher == publisher and MAPPINGS in each.files),
        key=lambda each: (each.dataset != dataset, each.dataset, -each.number),
    )
    found: dict[tuple[object, ...], Mapping] = {}
    for release in newest_first:
        path = releases.path_of(folder, release.publisher, release.dataset, release.number) / MAPPINGS
        for each in read_mappings(path.read_text(encoding="utf-8"), str(path)):
            columns = frozenset(each.columns)
            found.setdefault((release.dataset, each.protocol, each.record, each.sheet, columns), each)
    return list(found.values())


def kept_beside(mappings: Sequence[Mapping]) -> dict[str, bytes]:
    """What a release keeps of the mappings: path in its folder → content."""
    return {MAPPINGS: written_mappings(mappings).encode()} if mappings else {}
