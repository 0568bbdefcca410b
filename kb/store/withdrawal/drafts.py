"""Submissions for the datasets from which something is withdrawn: whatever may still hold it goes with it."""

import shutil
from collections.abc import Iterable, Iterator

from kb.errors import BadInput
from kb.store.durability import HALF_MADE
from kb.store.folder import DataFolder
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submissions
from kb.store.tombstones import Tombstone, read
from kb.store.withdrawal.scope import may_hold, refuse_withdrawn


def holding(folder: DataFolder, tombstone: Tombstone, marks: Iterable[str], received_of: str | None) -> Iterator[str]:
    """The ids of the submissions for its datasets that may hold what goes: those with one of the texts in a file.

    Of a whole dataset it is all; with `received_of`, `publisher/dataset/n`, those that became this release.
    """
    submissions, known = Submissions(folder), frozenset(marks)
    for id in sorted(submissions.ids()):
        found = submissions.submission(id)
        if received_of is not None:
            held = f"{found.name}/{found.release}" == received_of
        elif tombstone.kind == "dataset":
            held = found.name in tombstone.datasets
        else:
            files = (path for path in SubmissionFolder(folder, id).path.rglob("*") if path.is_file())
            held = found.name in tombstone.datasets and any(may_hold(path, known) for path in files)
        if held:
            yield id


def withdraw_drafts(folder: DataFolder, tombstone: Tombstone, marks: Iterable[str], received_of: str | None) -> None:
    """Deletes the files of such submissions, and lets go of the submissions; what was published is the releases'.

    Who works on one meanwhile finds its folder gone, and does not make it again.
    """
    submissions = Submissions(folder)
    for path in folder.submissions.glob(f"{HALF_MADE}*"):  # left by one that was killed while it deleted
        shutil.rmtree(path, ignore_errors=True)
    for id in holding(folder, tombstone, marks, received_of):
        SubmissionFolder(folder, id).delete()
        submissions.forget(id, f"it held something that was {tombstone.said}")


def stands_against(folder: DataFolder, id: str) -> str:
    """Why a submission that was checked cannot be published after all: it holds what was withdrawn; empty if not."""
    stones = read(folder)
    if len(stones):
        try:
            refuse_withdrawn(SubmissionFolder(folder, id).lines(), stones)
        except BadInput as error:
            return str(error)
    return ""
