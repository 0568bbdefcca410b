"""The knowledge: whether the primary store and the current snapshot can be read, and what is made from it is there."""

from collections.abc import Callable, Iterator

from kb.config import Settings
from kb.errors import StoreBusy, StoreMissing, StoreUnwritable, WhatWorksError, WrongLayout
from kb.operations.doctor.finding import Finding
from kb.operations.readiness import answering, answers
from kb.store.buildings.tables import has_tables
from kb.store.distributions.build import is_built
from kb.store.folder import DataFolder
from kb.store.lock import writing
from kb.store.payments.build import has_totals
from kb.store.primary import open_for_reading
from kb.store.replica.read_only import replica_of
from kb.store.search_index.build import is_built as has_index
from kb.store.serving import current_id, snapshots

DERIVED: dict[str, Callable[[DataFolder, str], bool]] = {
    "search index": has_index,
    "downloads": is_built,
    "tables of buildings": has_tables,
    "sums of payments": has_totals,
}
"""What is made from a snapshot → whether a snapshot has it."""

_REBUILD = "Run `whatworks rebuild`, which makes it again from the releases"


def primary(settings: Settings) -> Iterator[Finding]:
    """The primary store; it is read under the writers' lock, so that a publication is not disturbed, and only then."""
    folder = DataFolder(settings.data)
    if settings.store:
        yield Finding("store", "ok", f"is the engine at {settings.store}")
        return
    if not folder.store.exists():
        copied = not folder.releases.exists() and folder.current.is_symlink()
        if copied or replica_of(folder) is not None:
            yield Finding("store", "ok", "there is none: this folder is a copy that only reads")
        elif folder.releases.exists():
            do = "The next publication makes it again from the releases; or run `whatworks rebuild` now"
            yield Finding("store", "warning", f"{folder.store} is not there, as after a restore", do)
        else:
            yield Finding("store", "warning", "nothing has been published yet", "`whatworks serve` begins with that")
        return
    try:
        with writing(folder):
            whole = answers(open_for_reading(folder))
    except StoreBusy as error:
        yield Finding("store", "ok", f"in use: {error}")
    except StoreUnwritable as error:
        do = "Nothing can be published until the account that runs the site may write there"
        yield Finding("store", "fault", f"cannot be locked ({error})", do)
    except WrongLayout:
        yield Finding("store", "fault", "is of another version of the program", "Do first what is said of the layout")
    except WhatWorksError as error:
        yield Finding("store", "fault", f"cannot be read ({error})", _REBUILD)
    else:
        yield Finding("store", "ok", "opens and answers") if whole else Finding("store", "fault", "is empty", _REBUILD)


def snapshot(settings: Settings) -> Iterator[Finding]:
    """The current snapshot, as pages read it, and what is made from it."""
    folder = DataFolder(settings.data)
    copy = replica_of(folder)
    again = _REBUILD
    if copy is not None:
        again = f"`whatworks verify` says what to delete; then `whatworks replicate {copy.source}`"
    try:
        read = snapshots(settings, checked=True)
        id = answering(read).id
    except (StoreMissing, OSError) as error:
        nothing = current_id_or_none(folder, settings) is None and not folder.releases.exists()
        if nothing:
            yield Finding("snapshot", "warning", "there is none yet", "`whatworks serve` begins with publishing one")
        else:
            yield Finding("snapshot", "fault", str(error), again)
        return
    if (damaged := read.stands_in()) is not None:
        said = f"{id} is read in the place of {damaged[0]}, which is damaged ({damaged[1]})"
        yield Finding("snapshot", "fault", said, f"{again}; see docs/failures.md")
    else:
        yield Finding("snapshot", "ok", f"{id} opens and answers")
    if settings.store:
        return
    if missing := [name for name, made in DERIVED.items() if not made(folder, id)]:
        said = f"{id} lacks {', '.join(missing)}"
        do = "They are made by the next publication; `whatworks serve` makes them when it starts"
        do = do if copy is None else f"`whatworks replicate {copy.source}` brings them, once they are made there"
        yield Finding("snapshot", "warning", said, do)
    else:
        yield Finding("snapshot", "ok", f"{id} has its {', '.join(DERIVED)}")


def current_id_or_none(folder: DataFolder, settings: Settings) -> str | None:
    """The id of the current snapshot; None too where it cannot be told."""
    try:
        return current_id(folder, settings)
    except StoreMissing:
        return None
