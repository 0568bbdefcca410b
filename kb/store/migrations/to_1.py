"""From a folder without a version to layout 1: the version, and the list of pinned snapshots, stand in files."""

from kb.store.folder import DataFolder
from kb.store.state import State

WHAT = "lists the pinned snapshots in pinned.json, for replicas, and says the version"


def migrate(folder: DataFolder) -> None:
    """Writes the list; raises StoreUnwritable."""
    if folder.state.exists():
        State(folder).list_pins()
