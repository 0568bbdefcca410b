"""From the files of a submission to triples; what a person has to decide first is said with what is proposed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kb import namespaces
from kb.config import Settings
from kb.intake.lines import merged
from kb.mapping.cell_report.found import Source, cell_report
from kb.mapping.cell_report.stored import NAME, store
from kb.mapping.places import Problem
from kb.mapping.prepare import Prepared, prepare
from kb.protocols.report import Report
from kb.store import decisions, releases
from kb.store.dataset_description import description
from kb.store.decisions import SheetDecisions
from kb.store.durability import HALF_MADE
from kb.store.folder import DataFolder
from kb.store.known_names import known_names
from kb.store.open_links import with_open_links
from kb.store.preparation import saved_mappings
from kb.store.publisher_bodies import body_behind
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
            draft = place.path / (HALF_MADE + NAME)
            store(cell_report(report, self.prepared.locator, self.problems, sources), draft)
            draft.replace(place.path / NAME)


def read(folder: DataFolder, submission: Submission, settings: Settings, on_step: OnStep) -> Reading:
    """The whole content that the dataset would have. Raises BadInput and UnknownPublisher."""
    publisher = State(folder).publisher(submission.publisher)
    latest = releases.latest(folder, submission.publisher, submission.dataset)
    based_on = latest.number if latest else 0
    if submission.method == "empty":
        return Reading([], based_on=based_on)
    place = SubmissionFolder(folder, submission.id)
    on_step("reading " + (", ".join(each.name for each in submission.files) or "nothing"))
    before = releases.accepted(folder, latest) if latest else []
    own, names = place.mappings(), known_names(settings)
    body = body_behind(folder, publisher, names)
    prepared = prepare(
        place.received(),
        base=publisher.base,
        genid=namespaces.genid_prefix(publisher.base, submission.dataset),
        graph=namespaces.graph(publisher.base, submission.dataset),
        settings=settings,
        protocol=submission.protocol or None,
        mappings=own if own is not None else saved_mappings(folder, publisher.id, submission.dataset),
        names=names.with_own(body.known()),
        area=body.area,
        publisher=body.name,
        place=body.place,
        earlier=before if submission.method != "add" else (),  # what is added is new, whatever it is called
    )
    lines: Sequence[bytes] = prepared.lines
    asked = decisions.decisions(prepared, body.name)
    if prepared.sheets and lines:
        about = place.about()
        said = description(
            publisher,
            body,
            submission.dataset,
            lines,
            before,
            title=about.get("title", ""),
            licence=about.get("licence", ""),
            protocols=[each.protocol for each in asked if each.protocol],
        )
        lines = merged([lines, said])
    own_graph = namespaces.graph(publisher.base, submission.dataset)
    bases = [each.base for each in State(folder).publishers()]
    prepared = with_open_links(prepared, lines, bases, own_graph, settings)
    undecided = sum(each.open for each in asked)
    if own is not None:  # the person has seen it; only what no protocol fits can't go on
        undecided = sum(not each.record for each in asked) if not lines else 0
    if submission.method == "add" and latest is not None:
        lines = merged([releases.accepted(folder, latest), lines])
    return Reading(lines, prepared.problems, asked, undecided, based_on, prepared)
