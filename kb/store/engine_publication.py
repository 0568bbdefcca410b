"""Brings an engine up to the releases: what kb.store.reconcile is for the store in the data folder."""

from collections.abc import Callable, Sequence

from kb.config import Settings
from kb.errors import ReleaseDamaged
from kb.store import catalogue, releases, versions
from kb.store.checkpoint import next_id
from kb.store.clock import now
from kb.store.durability import remove_half_made
from kb.store.engine import Engine, engine
from kb.store.folder import DataFolder
from kb.store.releases import Release
from kb.store.snapshots import SnapshotRecord
from kb.store.state import State
from kb.store.versions import Version

OnStep = Callable[[str], None]
"""As in kb.store.reconcile, which calls this module."""

_CATALOGUE = "whatworks/catalogue"


def reconcile(
    folder: DataFolder, settings: Settings, on_step: OnStep, *, afresh: bool = False, alone: bool = False
) -> str | None:
    """Answers the id of the current version, None where nothing has been published; the caller holds the lock.

    Nothing that a reader sees is changed before a new version is whole. `afresh`: every dataset is sent again, and
    what the engine has of datasets without a release is left behind. `alone`: no older version is kept, not even a
    pinned one, since they hold what was withdrawn. Raises ReleaseDamaged, StoreMissing and
    StoreUnwritable, and then the current version is as it was.
    """
    releases.clean(folder)
    remove_half_made(folder.root)
    place = engine(settings)
    complete = versions.ids(place)
    before = versions.read(place, complete[-1]) if complete else None
    latest = [releases.read(folder, *key, releases.numbers(folder, *key)[-1]) for key in releases.datasets(folder)]
    known = None if afresh else before
    if known is not None:
        _refuse_loss(folder, known, latest)
    if not latest or (known is not None and known.contents == _contents(latest)):
        return before.id if before else None
    version = _planned(next_id(complete), before, known, latest)
    _write(folder, place, version, latest, on_step)
    on_step("switching to the new snapshot")
    versions.complete(place, version)
    on_step(f"retiring old snapshots, keeping {settings.keep_snapshots}")
    _retire(folder, place, version, complete, settings.keep_snapshots, alone)
    return version.id


def _contents(latest: Sequence[Release]) -> dict[str, str]:
    """What has to be on the engine: the number of each release with the checksum of its content."""
    return {release.name: f"{release.number} {release.files[releases.ACCEPTED]['sha256']}" for release in latest}


def _refuse_loss(folder: DataFolder, known: Version, latest: Sequence[Release]) -> None:
    """Raises ReleaseDamaged where the engine has what the releases do not have: they are not all, or another site's."""
    here = {release.name: release.number for release in latest}
    for name, number in known.record.datasets.items():
        same = here.get(name) == number and known.contents[name] != _contents(latest)[name]
        if here.get(name, 0) < number or same:
            raise ReleaseDamaged(
                f"{name}: the engine has a release {number} that is not in {folder.releases}; restore it from a copy, "
                "name the data folder of this engine, or go on without it by `whatworks rebuild`"
            )


def _planned(id: str, before: Version | None, known: Version | None, latest: Sequence[Release]) -> Version:
    """The next version, with the graphs that it takes over from the one `known` and those that it will bring on."""
    contents = _contents(latest)
    graphs = {}
    for release in latest:
        has = known is not None and _checksum(known.contents.get(release.name, "")) == _checksum(contents[release.name])
        graphs[release.graph] = (
            known.graphs[release.graph] if has and known is not None else versions.content(id, release.name)
        )
    graphs[catalogue.GRAPH] = versions.content(id, _CATALOGUE)
    record = SnapshotRecord(
        id,
        now(),
        before.id if before else None,
        {release.name: release.number for release in latest},
        sum(release.triples for release in latest),
    )
    return Version(record, graphs, contents)


def _checksum(content: str) -> str:
    return content.partition(" ")[2]


def _write(folder: DataFolder, place: Engine, version: Version, latest: Sequence[Release], on_step: OnStep) -> None:
    """Writes every graph of the version that is not there yet, the merge last."""
    own = [graph for graph in version.held() if graph.startswith(versions.content(version.id, ""))]
    versions.begin(place, version.id, own)
    for release in latest:
        if version.graphs[release.graph] in own:
            on_step(f"storing {release.name} release {release.number}")
            place.write(version.graphs[release.graph], releases.accepted(folder, release))
    on_step("cataloguing")
    described: set[bytes] = set()
    for release in latest:
        described.update(catalogue.describe(releases.history(folder, release.publisher, release.dataset)))
    place.write(version.graphs[catalogue.GRAPH], sorted(described))
    versions.name(place, version.id, version.graphs)
    on_step("merging")
    place.merge(version.graphs.values(), version.merge)


def _retire(
    folder: DataFolder, place: Engine, version: Version, complete: Sequence[str], keep: int, alone: bool
) -> None:
    pinned = set() if alone else State(folder).pins()
    others = [id for id in complete if id not in pinned]
    doomed = others if alone else others[: max(0, len(others) - keep)]
    kept = [versions.read(place, id) for id in complete if id not in doomed]
    versions.retire(place, doomed, [*kept, version])
