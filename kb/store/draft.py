"""A submission read and checked, and the release that it would be: all that can refuse it happens here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kb import namespaces
from kb.config import Settings
from kb.errors import BadInput, NotConforming, WrongState
from kb.intake.submission import read_submission
from kb.protocols.catalogue import protocols
from kb.protocols.check import Earlier
from kb.protocols.report import Report
from kb.protocols.targets import instances_by_class
from kb.store import releases, tombstones
from kb.store.clock import now
from kb.store.difference import Difference, difference
from kb.store.folder import DataFolder
from kb.store.naming import refuse_renaming
from kb.store.publisher_bodies import refuse_others
from kb.store.reconcile import OnStep
from kb.store.releases import CheckedBy, Release
from kb.store.state import Publisher, State
from kb.store.withdrawal.scope import refuse_withdrawn
from kb.store.withholding import refuse_withheld

Checker = Callable[..., Report]
"""kb.protocols.check.check, or what a test puts in its place."""


@dataclass(frozen=True)
class PublicationRequest:
    """Files that together are the whole content of a dataset.

    `background`: vocabulary or protocols, which the data protocols do not check. `lines`: what the files were read as
    before, sorted; with None they are read. `known`: the report of these lines. `beside`: what is archived with them.
    """

    publisher: str
    dataset: str
    paths: tuple[Path, ...]
    background: bool = False
    lines: Sequence[bytes] | None = None
    known: Report | None = None
    beside: Mapping[str, bytes] = field(default_factory=dict)
    """Path in the release → content, as of the mapping."""
    held_back: int = 0
    """Records of the files that are left out of `lines`, since they violate a protocol."""
    based_on: int | None = None
    """Number of the release that these lines were compared with, 0 for none; None: whichever is the latest."""
    submission: str = ""
    """kb.store.submissions.Submission.mark, of the submission that it publishes."""

    @property
    def name(self) -> str:
        """`publisher/dataset`."""
        return f"{self.publisher}/{self.dataset}"


@dataclass(frozen=True)
class Draft:
    """What would be archived; `received` and `report` are as kb.store.releases.archive takes them."""

    release: Release
    lines: Sequence[bytes]
    change: Difference
    """From the latest release to this one."""
    received: dict[str, Path]
    report: Report | None
    beside: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        """False when the content is equal to the latest release."""
        return self.release.number == 1 or self.release.added > 0 or self.release.removed > 0

    @property
    def unchanged(self) -> int:
        """Triples that the latest release has too."""
        return self.release.triples - self.release.added


def read_and_check(
    folder: DataFolder,
    publisher: Publisher,
    request: PublicationRequest,
    settings: Settings,
    on_step: OnStep,
    checker: Checker,
) -> Draft:
    """Raises BadInput for malformed files, for a description of another dataset only, and where no protocol applies;
    NotConforming with the report.
    """
    lines = request.lines
    if lines is None:
        on_step(f"reading {request.name}")
        lines = read_lines(publisher, request, settings)
    _refuse_another_name(lines, publisher, request)
    refuse_withdrawn(lines, tombstones.read(folder))
    refuse_others(folder, publisher, lines)
    refuse_renaming(folder, publisher, lines)
    checked_by: CheckedBy = "background" if request.background else "protocols"
    if State(folder).is_unchecked(request.publisher, request.dataset):
        checked_by = "nobody"
    latest = releases.latest(folder, request.publisher, request.dataset)
    if request.based_on not in (None, latest.number if latest else 0):
        raise WrongState(f"{request.name}: another release was published since this was checked; check it again")
    change = difference(releases.accepted(folder, latest) if latest else [], lines)
    release = Release(
        publisher=publisher.id,
        base=publisher.base,
        dataset=request.dataset,
        number=0,
        kind="publication",
        issued="",
        triples=len(lines),
        added=0,
        removed=0,
        checked_by=checked_by,
        held_back=request.held_back,
        submission=request.submission,
    )
    report = None
    if checked_by == "protocols":
        on_step(f"checking {request.name}")
        report = _check(folder, lines, request.known, latest, change, settings, checker)
        release = _checked(release, report)
    if checked_by != "background":
        unchecked = checked_by == "nobody"
        refuse_withheld(folder, request.name, release.graph, lines, settings, unchecked=unchecked)
    received = {f"{place}-{path.name}": path for place, path in enumerate(request.paths, start=1)}
    return Draft(_numbered(release, latest, change), lines, change, received, report, request.beside)


def read_lines(publisher: Publisher, request: PublicationRequest, settings: Settings) -> list[bytes]:
    """The files of the request as sorted N-Triples lines; raises BadInput."""
    return read_submission(
        request.paths,
        genid=namespaces.genid_prefix(publisher.base, request.dataset),
        graph=namespaces.graph(publisher.base, request.dataset),
        seconds=settings.canonicalise_seconds,
        megabytes=settings.canonicalise_mb,
        base=publisher.base,
    ).lines


def _check(
    folder: DataFolder,
    lines: Sequence[bytes],
    known: Report | None,
    latest: Release | None,
    change: Difference,
    settings: Settings,
    checker: Checker,
) -> Report:
    """The report of the lines; what is known of them, or of the latest release, need not be checked again."""
    if not lines and latest is not None:
        return Report(())  # an emptied dataset has nothing that a protocol could apply to
    before = releases.report(folder, latest) if latest and known is None else None
    earlier = Earlier(before, change.added, change.removed) if before else None
    if known is not None:
        earlier = Earlier(known, [], [])
    return checker(lines, engine=settings.shacl_engine, earlier=earlier)


def repeat(folder: DataFolder, earlier: Release, settings: Settings, submission: str = "") -> Draft:
    """A release equal to an earlier one, its files, its report and what was kept beside them included; raises
    NotConforming where rules of withholding that came since forbid it.
    """
    lines = releases.accepted(folder, earlier)
    if earlier.checked_by != "background":
        refuse_withheld(folder, earlier.name, earlier.graph, lines, settings, unchecked=True)
    latest = releases.latest(folder, earlier.publisher, earlier.dataset)
    change = difference(releases.accepted(folder, latest) if latest else [], lines)
    release = replace(earlier, kind="rollback", equals=earlier.number, files={}, withdrawals=[], submission=submission)
    received, report = releases.received(folder, earlier), releases.report(folder, earlier)
    beside = releases.beside(folder, earlier)
    return Draft(_numbered(release, latest, change), lines, change, received, report, beside)


def nothing(folder: DataFolder, latest: Release, submission: str = "") -> Draft:
    """A release without content after the latest one: what was public before the first; there is nothing to check."""
    change = difference(releases.accepted(folder, latest), [])
    release = replace(
        latest, kind="rollback", equals=0, triples=0, violations=0, warnings=0, infos=0, protocols={}, files={}
    )
    release = replace(release, withdrawals=[], submission=submission)
    return Draft(_numbered(release, latest, change), [], change, {}, None)


def _refuse_another_name(lines: Sequence[bytes], publisher: Publisher, request: PublicationRequest) -> None:
    """What is published under a name that its description does not have would be described nowhere."""
    described = {iri[1:-1].decode() for iri in instances_by_class(lines).get(namespaces.expand("dcat:Dataset"), ())}
    own = namespaces.dataset(publisher.base, request.dataset)
    others = sorted(iri for iri in described if iri.startswith(namespaces.dataset(publisher.base, "")))
    if others and own not in described:
        name = others[0].rpartition("/")[2]
        raise BadInput(
            f"{request.name}: the files describe the dataset {name} ({others[0]}); publish them as --dataset {name}, "
            f"or describe {own}"
        )


def _checked(release: Release, report: Report) -> Release:
    if not report.conforms:
        raise NotConforming(
            f"{release.name}: violations of its protocols: {report.violations}; nothing was "
            "changed. Put right what the report says must be, and publish again",
            report,
        )
    return replace(
        release,
        violations=report.violations,
        warnings=report.warnings,
        infos=report.infos,
        protocols={p.id: p.version for p in protocols() if report.focus.get(p.id)},
    )


def _numbered(release: Release, latest: Release | None, change: Difference) -> Release:
    return replace(
        release,
        number=latest.number + 1 if latest else 1,
        issued=now(),
        added=len(change.added),
        removed=len(change.removed),
    )
