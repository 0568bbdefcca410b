"""From the files of a submission to triples: what is RDF or a table of docs/tables.md; what is undecided is said."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kb.config import Settings
from kb.mapping.places import Problem
from kb.store import releases
from kb.store.draft import PublicationRequest, read_lines
from kb.store.folder import DataFolder
from kb.store.reconcile import OnStep
from kb.store.state import State
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submission


@dataclass(frozen=True)
class Reading:
    """What the files say: sorted N-Triples lines, what is to be said of single cells, and what a person must decide."""

    lines: Sequence[bytes]
    problems: Sequence[Problem] = ()
    undecided: int = 0
    based_on: int = field(default=0)
    """The release that they are compared with, and for a submission that adds, added to; 0 for none."""


def read(folder: DataFolder, submission: Submission, settings: Settings, on_step: OnStep) -> Reading:
    """The whole content that the dataset would have. Raises BadInput and UnknownPublisher."""
    publisher = State(folder).publisher(submission.publisher)
    latest = releases.latest(folder, submission.publisher, submission.dataset)
    based_on = latest.number if latest else 0
    if submission.method == "empty":
        return Reading([], based_on=based_on)
    place = SubmissionFolder(folder, submission.id)
    on_step("reading " + (", ".join(each.name for each in submission.files) or "nothing"))
    request = PublicationRequest(submission.publisher, submission.dataset, tuple(place.received()))
    lines = read_lines(publisher, request, settings)
    if submission.method == "add" and latest is not None:
        lines = sorted({*releases.accepted(folder, latest), *lines})
    return Reading(lines, based_on=based_on)
