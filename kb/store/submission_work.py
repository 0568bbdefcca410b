"""What is done with a submission outside any request: read and checked, or published. Each can be begun again."""

import json
import logging
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

from kb.config import Settings
from kb.errors import NotConforming, NotFound, StoreBusy, StoreUnwritable, WhatWorksError, WrongState
from kb.mapping.cell_report.stored import NAME as CELLS
from kb.mapping.mapping import Mapping
from kb.mapping.unreadable import unreadable
from kb.protocols.check import check
from kb.protocols.report import Report
from kb.store import completeness, previews, releases
from kb.store.difference import difference
from kb.store.draft import PublicationRequest
from kb.store.folder import DataFolder
from kb.store.holding_back import conforming
from kb.store.naming import refuse_renaming
from kb.store.preparation import kept_beside
from kb.store.processor_time import processor_time
from kb.store.publication import catch_up, publish, rollback
from kb.store.queue import Job
from kb.store.record_changes import record_changes
from kb.store.releases import Release
from kb.store.state import State as Registered
from kb.store.submission_folder import LARGE, PROBLEMS, SubmissionFolder
from kb.store.submission_reading import Reading, read
from kb.store.submissions import State, Submission, Submissions

TRIES = 3
"""How often work is begun again where the process that did it was killed."""

_log = logging.getLogger(__name__)


def do(folder: DataFolder, job: Job, settings: Settings) -> bool:
    """Does a job; False where it has to wait, since another process is publishing.

    What goes wrong with the files is noted in the submission; nothing is raised for it. What is to be published as soon
    as it conforms becomes a job to publish it.
    """
    submissions = Submissions(folder)
    try:
        submission = submissions.submission(job.submission)
        if job.work == "read":
            submission = submissions.move(submission.id, "reading")
        elif job.work == "publish":
            submission = submissions.move(submission.id, "publishing")
    except NotFound:  # it was discarded or withdrawn
        return True
    try:
        if job.begun > TRIES:
            raise WrongState(
                f"it ended the process that worked on it {TRIES} times, as what needs more memory than there is does; "
                "send it in parts, or ask the operator of this site to look (WHATWORKS_SUBMISSION_MB)"
            )
        if job.work == "preview":
            if submission.state == "checked":  # else it was published, or is read anew, meanwhile
                previews.make(folder, submission, settings)
        elif job.work == "read":
            check_submission(folder, submission, settings)
        elif submission.method == "restore":
            restore_release(folder, submission, settings)
        else:
            publish_submission(folder, submission, settings)
    except StoreBusy:
        return False
    except StoreUnwritable:
        raise
    except WhatWorksError as error:
        _failed(folder, submission, job, str(error))
    except MemoryError:
        _failed(folder, submission, job, _too_much(settings))
    except Exception:
        _log.exception("work on a submission failed")
        _failed(folder, submission, job, "something failed here, and it has been logged; nothing was changed")
    return True


def check_submission(folder: DataFolder, submission: Submission, settings: Settings) -> None:
    """Reads and checks; then it needs decisions, or is checked, or, if that was asked, is to be published."""
    submissions, place = Submissions(folder), SubmissionFolder(folder, submission.id)

    def on_step(text: str) -> None:
        submissions.step(submission.id, text)

    late = f"reading its cells takes more than {settings.submission_seconds} s of the processor; send less at a time"
    with processor_time(settings.submission_seconds, late):
        reading = read(folder, submission, settings, on_step)
    if reading.undecided == 0:  # told here, and not only when it is published
        refuse_renaming(folder, Registered(folder).publisher(submission.publisher), reading.lines)
    report = None
    if reading.undecided == 0 and not Registered(folder).is_unchecked(submission.publisher, submission.dataset):
        on_step(f"checking {len(reading.lines):,} statements")
        report = _report(folder, submission, reading, settings)
    place.keep(reading.lines, report, reading.problems)
    place.keep_decisions(reading.asked)
    if reading.prepared is not None:
        place.keep_unreadable(unreadable(reading.prepared))
    if report is not None:
        reading.keep_report(place, report)
    counts = _counts(folder, submission, reading, report)
    stopped = reading.undecided or counts.get("violations") or counts["problems"]
    state: State = "needs decisions" if reading.undecided else "checked"
    if submission.at_once and not stopped:
        state = "publishing"
    submissions.move(submission.id, state, counts=counts)


def publish_submission(folder: DataFolder, submission: Submission, settings: Settings) -> None:
    """Publishes what was checked; where another release came between, it is checked but not published.

    Where its release was accepted before, that is shown. Raises WrongState, NotConforming, StoreBusy.
    """
    submissions, place = Submissions(folder), SubmissionFolder(folder, submission.id)

    def on_step(text: str) -> None:
        submissions.step(submission.id, text)

    if (release := accepted(folder, submission)) is not None:
        catch_up(folder, settings, on_step)
    else:
        release = publish(folder, [_request(folder, submission, place, settings)], settings, on_step=on_step)[0].release
    if release is not None:
        _published(submissions, submission, release)
        return
    latest = releases.latest(folder, submission.publisher, submission.dataset)
    assert latest is not None  # it is equal to this
    message = f"equal to release {latest.number}, so nothing was released"
    counts = {**submission.counts, "added": 0, "removed": 0}
    deed = ("published", message)
    submissions.move(submission.id, "published", message=message, counts=counts, release=latest.number, deed=deed)


def restore_release(folder: DataFolder, submission: Submission, settings: Settings) -> None:
    """Publishes an earlier release again, without a check: it was checked then. Raises NotFound, StoreBusy."""
    submissions, number = Submissions(folder), submission.release or 0

    def on_step(text: str) -> None:
        submissions.step(submission.id, text)

    name = (submission.publisher, submission.dataset)
    if (release := accepted(folder, submission)) is not None:
        catch_up(folder, settings, on_step)
    else:
        release = rollback(folder, *name, number, settings, submission=submission.mark, on_step=on_step).release
    latest = release.number if release else releases.numbers(folder, *name)[-1]
    what = f"release {latest} brings release {number} back" if number else f"release {latest} takes all content back"
    message = what if release else f"release {latest} has this content already, so nothing was released"
    counts = {"added": release.added if release else 0, "removed": release.removed if release else 0}
    counts["brought_back"] = number
    deed = ("restored", message)
    submissions.move(submission.id, "published", message=message, counts=counts, release=latest, deed=deed)


def accepted(folder: DataFolder, submission: Submission) -> Release | None:
    """The release that was archived for a submission, after which nothing takes it back; None where none was."""
    publisher, dataset = submission.publisher, submission.dataset
    for number in reversed(releases.numbers(folder, publisher, dataset)):
        if number <= submission.counts.get("based_on", 0):
            break
        release = releases.read(folder, publisher, dataset, number)
        if release.submission == submission.mark:
            return release
    return None


def _request(
    folder: DataFolder, submission: Submission, place: SubmissionFolder, settings: Settings
) -> PublicationRequest:
    """What was checked; where that was asked, without the records that stand against its publication."""
    lines, report, held = place.lines(), place.report(), 0
    if submission.hold_back and report is not None:
        Submissions(folder).step(submission.id, "leaving out the records that violate a protocol or cannot be read")
        lines, report, held = conforming(lines, report, settings.shacl_engine, place.unreadable())
    elif any(each["level"] == "must" for each in place.problems()):
        raise NotConforming(f"{submission.name}: cells that must be read cannot be; see the report", report)
    return PublicationRequest(
        submission.publisher,
        submission.dataset,
        tuple(place.received()) if submission.files else (),
        lines=lines,
        known=report,
        beside=_beside(folder, submission, place),
        held_back=held,
        based_on=submission.counts.get("based_on"),
        submission=submission.mark,
    )


def _published(submissions: Submissions, submission: Submission, release: Release, message: str = "") -> None:
    """Notes that its release was accepted."""
    held = release.held_back
    counts = {**submission.counts, "added": release.added, "removed": release.removed, "held_back": held}
    deed = ("published", f"release {release.number}" + (f", {held} records held back" if held else ""))
    submissions.move(submission.id, "published", message=message, counts=counts, release=release.number, deed=deed)


def _report(folder: DataFolder, submission: Submission, reading: Reading, settings: Settings) -> Report:
    if not reading.lines and reading.based_on:
        return Report(())
    return check(reading.lines, engine=settings.shacl_engine)


def _counts(folder: DataFolder, submission: Submission, reading: Reading, report: Report | None) -> dict[str, int]:
    old: Sequence[bytes] = ()
    if reading.based_on:
        latest = releases.read(folder, submission.publisher, submission.dataset, reading.based_on)
        old = releases.accepted(folder, latest)
    change = difference(old, reading.lines)
    if len(reading.lines) > LARGE and not reading.undecided:
        changed = record_changes(old, reading.lines, change)
        SubmissionFolder(folder, submission.id).keep_changes(Counter((each.how, each.class_) for each in changed))
    counts = {
        "based_on": reading.based_on,
        "triples": len(reading.lines),
        "added": len(change.added),
        "removed": len(change.removed),
        "problems": sum(each.level == "must" for each in reading.problems),
        "undecided": reading.undecided,
    }
    if report is not None:
        counts |= {"violations": report.violations, "warnings": report.warnings, "infos": report.infos}
    return counts


def _beside(folder: DataFolder, submission: Submission, place: SubmissionFolder) -> dict[str, bytes]:
    """What a release keeps of how its files were read: the mappings, what was said of cells, and how complete it is."""
    used = [Mapping(**each.mapping) for each in place.decisions() if each.record]
    found = kept_beside(used)
    if (cells := place.path / CELLS).exists():
        found[completeness.SUMMARY] = completeness.summary_of(cells)
    if submission.method == "add" and (based_on := submission.counts.get("based_on")):
        before = releases.read(folder, submission.publisher, submission.dataset, based_on)
        if completeness.SUMMARY in before.files:
            kept = releases.beside(folder, before)[completeness.SUMMARY]
            added = found.get(completeness.SUMMARY)
            found[completeness.SUMMARY] = completeness.joined(kept, added) if added else kept
    if problems := place.problems():
        found[PROBLEMS] = (json.dumps(problems, ensure_ascii=False) + "\n").encode()
    return found


def _too_much(settings: Settings) -> str:
    return (
        f"reading or checking it needs more than the {settings.submission_mb:,} MB of memory that a submission may "
        "take; send it in parts, or ask the operator of this site for more (WHATWORKS_SUBMISSION_MB)"
    )


def _failed(folder: DataFolder, submission: Submission, job: Job, message: str) -> None:
    """What was only to be published stays checked, since nothing is wrong with it that its check would not say; but
    what was accepted before something failed is published, and the next writer brings the site up to it. Whoever sent
    the files is told their names, not where they lie here.
    """
    message = re.sub(f"{re.escape(str(SubmissionFolder(folder, submission.id).path))}/(received/[0-9]+/)?", "", message)
    if job.work == "preview":
        _log.warning("no preview of %s could be made: %s", submission.id, message)
        return
    submissions, publishing = Submissions(folder), job.work == "publish"
    release = accepted(folder, submission) if publishing else None
    with suppress(NotFound):  # it was let go of meanwhile
        if release is not None:
            said = f"release {release.number} was accepted, and is shown once the site has caught up with it"
            _published(submissions, submission, release, said)
        else:
            state: State = "checked" if publishing else "failed"
            submissions.move(submission.id, state, message=message, deed=(f"{job.work} failed", ""))
