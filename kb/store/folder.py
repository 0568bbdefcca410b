"""The data folder: where releases, the primary store, the snapshots and the state are."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DataFolder:
    """Paths in one data folder; nothing is created until something is written."""

    root: Path

    @property
    def version(self) -> Path:
        """The file that says how the folder is laid out (kb.store.layout)."""
        return self.root / "version"

    @property
    def id(self) -> Path:
        """The file by which this folder is known from every other (kb.store.folder_id)."""
        return self.root / "id"

    @property
    def data(self) -> tuple[Path, ...]:
        """All that makes a folder a data folder, but for its version and its locks."""
        folders = (self.releases, self.store, self.changes, self.snapshots, self.submissions, self.withdrawals)
        return (*folders, self.current, self.state)

    @property
    def replica(self) -> Path:
        """The file that says of which other folder this one is a copy that only reads (kb.store.replica)."""
        return self.root / "replica.json"

    @property
    def pinned(self) -> Path:
        """The list of the pinned snapshots, as the state has it: for copies, which get no state."""
        return self.root / "pinned.json"

    @property
    def releases(self) -> Path:
        """`{publisher}/{dataset}/{n}/` for each accepted release."""
        return self.root / "releases"

    @property
    def store(self) -> Path:
        """The primary store, for the one writer."""
        return self.root / "store"

    @property
    def changes(self) -> Path:
        """`{publisher}/{dataset}/{n}/` for what each release changed; can be made again from the releases."""
        return self.root / "changes"

    @property
    def snapshots(self) -> Path:
        """`{id}/` for each snapshot."""
        return self.root / "snapshots"

    @property
    def current(self) -> Path:
        """The symbolic link to the snapshot that is served."""
        return self.root / "current"

    @property
    def submissions(self) -> Path:
        """`{id}/` for each submission that was not discarded; private to its publisher."""
        return self.root / "submissions"

    @property
    def queue_lock(self) -> Path:
        """The file that the process locks which works through the queue."""
        return self.root / "queue.lock"

    @property
    def withdrawals(self) -> Path:
        """`{n}.json` for each withdrawal, and `pending.json` while one is under way."""
        return self.root / "withdrawals"

    @property
    def usage(self) -> Path:
        """`{year}-{month}.jsonl` for the requests of each month, of nobody in particular (kb.operations.access_log)."""
        return self.root / "usage"

    @property
    def lock(self) -> Path:
        """The file that a writer locks."""
        return self.root / "lock"

    @property
    def state(self) -> Path:
        """The SQLite file of all that changes between publications."""
        return self.root / "state.sqlite"
