"""A file that was mended goes in again in place of the one before: all that was said of that holds for it too."""

from kb.errors import BadInput
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submission
from kb.store.submitting import register
from kb.store.tokens import Token
from web.reading import reader
from web.receiving import Upload, most_an_hour


def check_files(upload: Upload) -> None:
    """Raises BadInput where a form came without a file, or with one of a kind that is never read."""
    if upload.empty:
        raise BadInput(f"{upload.empty[0]}: is empty; choose a file in which there are records")
    if not upload.files:
        raise BadInput("Choose a file")
    if words := upload.unreadable():
        raise BadInput(words)


def register_mended(token: Token, before: Submission, upload: Upload) -> Submission:
    """Queues the file for the dataset, with the title, licence, protocol and decisions of the submission before.

    That one is not touched. Raises BadInput, TooBusy.
    """
    check_files(upload)
    folder = reader().folder
    place = SubmissionFolder(folder, before.id)
    SubmissionFolder(folder, upload.id).keep_earlier_mappings(
        [*(place.mappings() or ()), *place.earlier_mappings()]
    )
    return register(
        folder,
        token,
        before.dataset,
        upload.id,
        place.about(),
        chosen=before.protocol,
        method="add" if before.method == "add" else "replace",
        most=most_an_hour(),
    )
