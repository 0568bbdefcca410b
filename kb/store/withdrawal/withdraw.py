"""What the operator asks to be withdrawn, what that would take, and doing it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pyoxigraph import NamedNode

from kb.config import Settings
from kb.errors import BadInput, NotFound
from kb.namespaces import GENID, PREFIXES
from kb.store import catalogue, links, releases, serving, tombstones
from kb.store.clock import now
from kb.store.contributions import Contributions
from kb.store.folder import DataFolder
from kb.store.lock import writing
from kb.store.reconcile import OnStep, reconcile
from kb.store.releases import ACCEPTED, RECORD, REPORT, Release
from kb.store.snapshots import SnapshotRecord
from kb.store.tombstones import Kind, Tombstone, hashed
from kb.store.withdrawal.drafts import holding
from kb.store.withdrawal.plan import Plan, new_names, pending, write_plan
from kb.store.withdrawal.scope import Links, Scope, described, marks, may_hold, record_scope

_BLANKED = "blanked where that is certain, else removed"
_REMOVED = ("submissions/", "contributions/")
"""Starts of what goes whole."""


@dataclass(frozen=True)
class Target:
    """What is to go: a record (or these fields of it), all of a dataset, or what was received for a release."""

    resource: str | None = None
    fields: tuple[str, ...] = ()
    """IRIs of properties."""
    dataset: str | None = None
    """`publisher/dataset`."""
    release: str | None = None
    """`publisher/dataset/n`."""

    @property
    def kind(self) -> Kind:
        """What a tombstone calls it."""
        if self.resource:
            return "fields" if self.fields else "record"
        return "dataset" if self.dataset else "received"


@dataclass(frozen=True)
class Withdrawal:
    """What goes, or went: lines by `publisher/dataset/n`, files that may hold it, snapshots and short links."""

    plan: Plan
    things: tuple[str, ...]
    lines: dict[str, int]
    files: tuple[str, ...]
    links: int
    snapshot: str | None = field(default=None)
    """The snapshot that is current afterwards; None for a dry run."""
    resumed: bool = False
    """Whether it had been begun before, and only had to be finished."""

    def summary(self) -> str:
        """For a person: a line for each place."""
        did = "withdrawn" if self.snapshot else "dry run, nothing was changed; would be withdrawn"
        said = self.plan.tombstone
        if self.resumed:
            did = "the withdrawal that was interrupted is finished: withdrawn"
        out = [f"{did} ({said.kind}), by the rule: {said.rule}"]
        out += [f"  {thing}" for thing in self.things[:20]]
        out += [f"  and {len(self.things) - 20:,} more things"] if len(self.things) > 20 else []
        out += [f"release {name}: {count:,} triples" for name, count in self.lines.items()]
        out += [f"file {name}: {'removed' if name.startswith(_REMOVED) else _BLANKED}" for name in self.files]
        out += [f"snapshot {old}: made again as {new or 'none'}" for old, new in sorted(said.snapshots.items())]
        out += [] if self.resumed else [f"short links: {self.links}"]
        if self.snapshot:
            out += [
                f"tombstone {said.number}; snapshot {self.snapshot} is current",
                "Caches in front may keep an answer for an hour: purge them. Replicas stop serving it with the new "
                "snapshot; delete the older ones there. Copies and backups elsewhere are yours to see to.",
            ]
        return "\n".join(out)


def withdraw(
    folder: DataFolder,
    target: Target,
    rule: str,
    settings: Settings,
    *,
    dry_run: bool = False,
    on_step: OnStep = lambda step: None,
) -> Withdrawal:
    """Withdraws, or says what would be. Raises NotFound where there is nothing of it, BadInput, StoreBusy,
    StoreUnwritable, ReleaseDamaged. A writer killed at any step is finished by the next one: where that was of the
    same target, and nothing of it is left, it is what is answered.
    """
    if not rule.strip():
        raise BadInput("--rule: say by which rule or decision it is withdrawn; it is shown where it was")
    if dry_run:
        return _planned(folder, target, rule.strip(), settings, on_step)
    with writing(folder):
        begun = pending(folder)
        if begun is not None:
            on_step(f"finishing withdrawal {begun.tombstone.number}, which was interrupted")
        snapshot = reconcile(folder, settings, on_step)
        try:
            found = _planned(folder, target, rule.strip(), settings, on_step)
        except NotFound:
            if begun is None or not _is_of(begun, target):
                raise
            return Withdrawal(begun, (target.resource,) if target.resource else (), {}, (), 0, snapshot, resumed=True)
        on_step("writing down what is withdrawn")
        write_plan(folder, found.plan)
        on_step("certain from here on")
        snapshot = reconcile(folder, settings, on_step)
    return Withdrawal(found.plan, found.things, found.lines, found.files, found.links, snapshot)


def lift(folder: DataFolder, number: int) -> Tombstone:
    """Lets what was withdrawn be published again; its tombstone stands until it is. Raises NotFound, StoreBusy."""
    with writing(folder):
        found = next((each for each in tombstones.read(folder) if each.number == number), None)
        if found is None:
            raise NotFound(f"{number}: no such withdrawal; its tombstones are at /withdrawals")
        lifted: Tombstone = replace(found, lifted=now())
        tombstones.write(folder, lifted)
    return lifted


def _is_of(plan: Plan, target: Target) -> bool:
    """Whether a plan takes what the target says."""
    scope = plan.scope
    record = scope.record[1:-1].decode() if scope.record else None
    fields = {each[1:-1].decode() for each in scope.fields}
    of = (record, fields, plan.dataset, plan.received_of)
    return of == (target.resource, set(target.fields), target.dataset, target.release)


def _planned(folder: DataFolder, target: Target, rule: str, settings: Settings, on_step: OnStep) -> Withdrawal:
    on_step("looking for it in all releases")
    scope = _scope(folder, target)
    gone: list[bytes] = []
    lines: dict[str, int] = {}
    affected: list[Release] = []
    for release in releases.all_releases(folder):
        _, go = scope.divide(release.name, releases.accepted(folder, release))
        if go:
            gone += go
            affected.append(release)
            lines[f"{release.name}/{release.number}"] = len(go)
    if target.release:
        affected = [_release(folder, target.release)]
    if not affected:
        stone = tombstones.read(folder).of(target.resource) if target.resource else None
        done = f"; it was {stone.said}" if stone else ""
        raise NotFound(f"{target.resource or target.dataset}: no release holds anything of it{done}")
    _refuse_own(affected)
    kept = _kept(folder, scope, _names(affected) if target.resource else None)
    known = marks(scope, set(gone), kept) if target.resource else frozenset[str]()
    subjects = sorted({each[1:-1].decode() for each in _subjects(scope, gone, kept)})
    records = {} if target.release else _records(folder, settings, affected)
    number = max((each.number for each in tombstones.read(folder)), default=0) + 1
    names = [each for each in subjects if GENID not in each]
    said = Tombstone(
        number=number,
        when=now(),
        rule=rule,
        kind=target.kind,
        datasets=tuple(sorted(_names(affected))),
        names=tuple(sorted(map(hashed, [*names, *_graph(affected, target)]))) if target.kind != "fields" else (),
        fields=tuple(sorted(hashed(target.resource or "", each) for each in target.fields)),
        snapshots=dict.fromkeys(records, "") if settings.store else new_names(records),
    )
    plan = Plan(said, scope, known, target.dataset, target.release, records)
    drafts = holding(folder, said, known, target.release)
    sent = [f"contributions/{each.id[:6]}" for each in Contributions(folder).holding(said, known)]
    files = (*_files(folder, affected, plan), *(f"submissions/{id}" for id in drafts), *sent)
    return Withdrawal(plan, tuple(names), lines, files, links.count_holding(folder, known))


def _scope(folder: DataFolder, target: Target) -> Scope:
    if target.resource is None:
        return Scope(dataset=target.dataset)
    try:
        node = str(NamedNode(target.resource)).encode()
    except ValueError as error:
        raise BadInput(f"{target.resource!r}: not an IRI; give the record's address as its page shows it") from error
    around = Links()
    for release in releases.all_releases(folder):
        quads = releases.accepted(folder, release)
        if any(node in line for line in quads):
            around.read(quads)
    return record_scope(around, target.resource, target.fields)


def _kept(folder: DataFolder, scope: Scope, names: set[str] | None) -> set[bytes]:
    """The lines that stay, over all releases of some datasets; None: of all."""
    kept: set[bytes] = set()
    for release in releases.all_releases(folder):
        if names is None or release.name in names:
            kept.update(scope.divide(release.name, releases.accepted(folder, release))[0])
    return kept


def _subjects(scope: Scope, gone: Iterable[bytes], kept: set[bytes]) -> Iterator[bytes]:
    """The things that nothing says anything of any more."""
    if scope.record is not None:
        yield from scope.inner if scope.fields else {scope.record, *scope.inner}
    else:
        yield from set(described(sorted(set(gone)))) - set(described(sorted(kept)))


def _names(found: Iterable[Release]) -> set[str]:
    return {release.name for release in found}


def _graph(affected: Iterable[Release], target: Target) -> set[str]:
    return {release.graph for release in affected} if target.dataset else set()


def _release(folder: DataFolder, name: str) -> Release:
    publisher, dataset, number = name.split("/")
    return releases.read(folder, publisher, dataset, int(number))


def _refuse_own(affected: Iterable[Release]) -> None:
    """What ships comes back with the next start; it is changed where it is written."""
    for release in affected:
        if release.graph == catalogue.GRAPH:
            raise BadInput(f"{release.name}: the system itself writes this dataset")


def _records(folder: DataFolder, settings: Settings, affected: Sequence[Release]) -> dict[str, SnapshotRecord]:
    """The snapshots made since the first of these releases, by time and, as a clock may be set back, by number too."""
    moment = min(release.issued for release in affected)
    first: dict[str, int] = {}
    for release in affected:
        first[release.name] = min(release.number, first.get(release.name, release.number))
    found = {}
    for entry in serving.entries(replace(settings, data=folder.root)):
        held = any(entry.datasets.get(name, 0) >= number for name, number in first.items())
        if held or entry.issued >= moment:
            record = SnapshotRecord(entry.id, entry.issued, entry.parent, entry.datasets, entry.triples)
            found[entry.id] = record
    return found


def _files(folder: DataFolder, affected: Iterable[Release], plan: Plan) -> Iterator[str]:
    """Files of the releases of the datasets, as far as they may hold what goes."""
    stated = {(release.name, release.number) for release in affected}
    for name in sorted(_names(affected)):
        for release in releases.history(folder, *name.split("/")):
            place = releases.path_of(folder, release.publisher, release.dataset, release.number)
            for path in sorted(place / each for each in release.files):
                label = f"{name}/{release.number}/{path.relative_to(place).as_posix()}"
                if path.name in (ACCEPTED, REPORT, RECORD):
                    continue
                whole = plan.dataset or plan.received_of == f"{name}/{release.number}"
                here = (name, release.number) in stated
                if whole or (plan.marks and (here or may_hold(path, plan.marks))):
                    yield label


def property_iri(name: str) -> str:
    """The IRI of a property that is given as such or as a compact name (`ww:uprn`). Raises BadInput."""
    prefix, colon, local = name.partition(":")
    if colon and prefix in PREFIXES:
        return PREFIXES[prefix] + local
    if "://" in name:
        return name
    raise BadInput(f"--field {name}: give the property's IRI, or a name such as ww:uprn")
