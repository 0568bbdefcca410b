"""Submissions for the datasets from which something is withdrawn: whatever may still hold it goes with it."""

from collections.abc import Iterable, Iterator

from kb.store.folder import DataFolder
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submissions
from kb.store.tombstones import Tombstone
from kb.store.withdrawal.scope import may_hold


def holding(folder: DataFolder, datasets: Iterable[str], marks: Iterable[str], whole: bool) -> Iterator[str]:
    """The ids of the submissions for these datasets (`publisher/dataset`) that may hold a text; `whole`: all."""
    submissions, known = Submissions(folder), frozenset(marks)
    names = set(datasets)
    for id in sorted(submissions.ids()):
        if submissions.submission(id).name in names:
            files = (path for path in SubmissionFolder(folder, id).path.rglob("*") if path.is_file())
            if whole or (known and any(may_hold(path, known) for path in files)):
                yield id


def withdraw_drafts(folder: DataFolder, marks: Iterable[str], tombstone: Tombstone) -> None:
    """Deletes the files of such submissions, and lets go of the submissions; what was published is the releases'."""
    submissions = Submissions(folder)
    whole = tombstone.kind in ("dataset", "received")
    for id in holding(folder, tombstone.datasets, marks, whole):
        SubmissionFolder(folder, id).delete()
        submissions.forget(id, f"it held something that was {tombstone.said}")
