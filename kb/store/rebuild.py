"""The primary store made again from the releases, for a store that is damaged or lost."""

import os
import shutil

from kb.config import Settings
from kb.errors import NotFound, StoreUnwritable
from kb.store import engine_publication, releases
from kb.store.backup.copying import files_in
from kb.store.folder import DataFolder
from kb.store.lock import writing
from kb.store.reconcile import OnStep, reconcile, remove_store
from kb.store.state import State
from kb.store.withdrawal.plan import take_all_places

_MB = 1_000_000


def rebuild(folder: DataFolder, settings: Settings, *, on_step: OnStep = lambda step: None) -> str:
    """Makes the store, the catalogue and a snapshot from the releases, and answers the id of the snapshot.

    On an engine every dataset is sent again. Readers have the old snapshot until the new one is complete. Publishers
    that the state has lost are registered again as their latest releases name them; what was registered as unchecked
    likewise. Raises NotFound when there is no release, ReleaseDamaged where one is damaged that the store is made of,
    and StoreUnwritable where the disk has less room than the current snapshot takes, and then everything is as it was;
    StoreBusy, StoreUnwritable.
    """
    with writing(folder):
        take_all_places(folder)
        if not releases.datasets(folder):
            raise NotFound(f"{folder.releases}: no releases to rebuild from")
        on_step("verifying the releases")
        _verify(folder)
        state = State(folder)
        if not settings.store:
            _refuse_without_room(folder)
            on_step("removing the store")
            remove_store(folder)
        for publisher, dataset in releases.datasets(folder):
            release = releases.latest(folder, publisher, dataset)
            assert release is not None  # datasets() answers what has a release
            state.add_publisher(publisher, release.base)
            if release.checked_by == "nobody":
                state.add_unchecked(publisher, dataset)
        if settings.store:
            id = engine_publication.reconcile(folder, settings, on_step, afresh=True)
        else:
            id = reconcile(folder, settings, on_step, afresh=True)
        assert id is not None  # there is a release
        return id


def _verify(folder: DataFolder) -> None:
    """Reads all that the store is made of, the content of the latest and the records of all, before it is removed."""
    for publisher, dataset in releases.datasets(folder):
        releases.verify_accepted(folder, releases.history(folder, publisher, dataset)[-1])


def _refuse_without_room(folder: DataFolder) -> None:
    """All files of the next snapshot are new ones; without this check a store that is half made fills the disk."""
    needs = sum(path.stat().st_size for path in files_in(folder.current))
    # What a snapshot has under another name stays on the disk when the store is removed.
    going = sum(found.st_size for found in map(os.stat, folder.store.glob("*.sst")) if found.st_nlink == 1)
    there = shutil.disk_usage(folder.root).free + going
    if needs > there:
        raise StoreUnwritable(
            f"{folder.root}: needs {needs // _MB:,} MB of disk, and {there // _MB:,} MB are there; nothing was "
            "changed: make room (`whatworks snapshots retire --keep-snapshots N`), then run the command again"
        )
