"""From the files of a submission to triples; what a person has to decide first is said with what is proposed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kb.config import Settings
from kb.mapping.cell_report.found import Source, cell_report
from kb.mapping.cell_report.stored import NAME, store
from kb.mapping.places import Problem
from kb.mapping.prepare import Prepared
from kb.protocols.report import Report
from kb.store import dataset_fields, decisions, releases
from kb.store.decisions import SheetDecisions
from kb.store.folder import DataFolder
from kb.store.preparation import content, saved_mappings
from kb.store.reconcile import OnStep
from kb.store.state import State
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submission


@dataclass(frozen=True)
class Reading:
    """What the files say: sorted N-Triples lines, what is to be said of single cells, and what a person must decide."""

    lines: Sequence[bytes]
    problems: Sequence[Problem] = ()
    asked: Sequence[SheetDecisions] = ()
    undecided: int = 0
    based_on: int = 0
    """The release that they are compared with, and for a submission that adds, added to; 0 for none."""
    prepared: Prepared | None = field(default=None, repr=False)

    def keep_report(self, place: SubmissionFolder, report: Report) -> None:
        """Keeps the report with its cells, where there are sheets."""
        if self.prepared is not None and self.prepared.sheets:
            sources = [Source(each.grid, each.mapped.mapping, each.mapped.record) for each in self.prepared.sheets]
            found = cell_report(report, self.prepared.locator, self.problems, sources)
            place.keep_written(NAME, lambda path: store(found, path))


def read(folder: DataFolder, submission: Submission, settings: Settings, on_step: OnStep) -> Reading:
    """The whole content that the dataset would have. Raises BadInput and UnknownPublisher."""
    publisher = State(folder).publisher(submission.publisher)
    if submission.method == "empty":
        latest = releases.latest(folder, submission.publisher, submission.dataset)
        return Reading([], based_on=latest.number if latest else 0)
    place = SubmissionFolder(folder, submission.id)
    on_step("reading " + (", ".join(each.name for each in submission.files) or "nothing"))
    own, about = place.mappings(), place.about()
    used = own
    if own is None and (earlier := place.earlier_mappings()):
        used = [*earlier, *saved_mappings(folder, publisher.id, submission.dataset)]
    found = content(
        folder,
        publisher,
        submission.dataset,
        place.received(),
        settings,
        protocol=submission.protocol or None,
        mappings=used,
        title=about.get("title", ""),
        licence=about.get("licence", ""),
        said=dataset_fields.chosen(about),
        adds=submission.method == "add",
    )
    prepared = found.prepared
    asked = decisions.decisions(prepared, found.body.name)
    undecided = sum(each.open for each in asked)
    if own is not None:  # the person has seen it; only what no protocol fits can't go on
        undecided = sum(not each.record for each in asked) if not prepared.lines else 0
    return Reading(found.lines, prepared.problems, asked, undecided, found.based_on, prepared)
