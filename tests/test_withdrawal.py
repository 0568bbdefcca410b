"""Withdrawal from releases, store, snapshots, downloads and short links: what goes, what stays, and what is said."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from store_cases import BASE, SETTINGS, assert_downloads, assert_sound
from withdrawal_cases import CASES, RECORD, RULE, TRACES, publish_file, published, traces

from kb.cli import build_parser, run
from kb.errors import BadInput, Gone, NotFound, Withdrawn
from kb.namespaces import expand
from kb.operations.access_log import AccessLog, Visit, months, visits
from kb.protocols.report import Report, Result, Severity
from kb.store import changes, links, releases, snapshots, tombstones
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish, rollback
from kb.store.rebuild import rebuild
from kb.store.snapshots import Snapshots
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submissions, new_id
from kb.store.withdrawal.drafts import stands_against
from kb.store.withdrawal.withdraw import Target, lift, withdraw


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Two releases with the record in each; nothing is withdrawn here."""
    return published(tmp_path_factory.mktemp("ready"))


@pytest.fixture
def folder(ready: DataFolder, tmp_path: Path) -> DataFolder:
    return DataFolder(Path(shutil.copytree(ready.root, tmp_path / "data", symlinks=True)))


def text_of(folder: DataFolder, number: int = 1) -> str:
    return b"\n".join(releases.accepted(folder, releases.read(folder, "kent", "assets", number))).decode()


def written(folder: DataFolder) -> list[tuple[str, int]]:
    """Every file with the time of its last change, without those that SQLite keeps while it is read."""
    paths = (path for path in folder.root.glob("*/**/*"))
    return sorted((str(path), path.stat().st_mtime_ns) for path in paths)


def test_a_record_goes_from_every_file(folder: DataFolder) -> None:
    assert traces(folder.root) >= {"zanzibar", "marrowby", "zz99", "zh-7731"}
    withdraw(folder, Target(RECORD), RULE, SETTINGS)
    assert traces(folder.root) == set()
    assert_sound(folder)
    for id in snapshots.ids(folder):
        assert_downloads(folder, id)
    for number in (1, 2):
        release = releases.read(folder, "kent", "assets", number)
        assert release.triples == len(releases.accepted(folder, release))
        assert "/id/asset/library" in text_of(folder, number)
        assert [(each["rule"], each["files"]) for each in release.withdrawals] == [
            (RULE, [f"received/1-assets-{number}.ttl"])
        ]
        place = releases.path_of(folder, "kent", "assets", number)
        on_disk = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
        assert on_disk == {*release.files, "release.json"}
        assert release.files == releases.checksums(place)


def test_a_dry_run_changes_nothing(folder: DataFolder) -> None:
    before = written(folder)
    found = withdraw(folder, Target(RECORD), RULE, SETTINGS, dry_run=True)
    assert found.lines == {"kent/assets/1": 10, "kent/assets/2": 10}
    assert len(found.plan.records) == 2
    assert written(folder) == before


def test_a_pinned_snapshot_is_made_again_under_another_id(folder: DataFolder) -> None:
    old = snapshots.ids(folder)
    withdraw(folder, Target(RECORD), RULE, SETTINGS)
    new = {entry.id: entry for entry in snapshots.list_snapshots(folder)}
    assert not set(old) & set(new)
    reader = Snapshots(folder)
    with pytest.raises(Withdrawn, match="decision 12") as said:
        reader.at(old[0])
    left = str(said.value).rpartition(" ")[2]
    assert new[left].pinned
    assert left.partition("-")[0] == old[0].partition("-")[0]
    assert reader.at(left).record.datasets == {"kent/assets": 1}


def test_fields_go_and_the_record_stays(folder: DataFolder) -> None:
    fields = (expand("locn:address"), expand("dcterms:description"))
    withdraw(folder, Target(RECORD, fields), RULE, SETTINGS)
    assert traces(folder.root) == {"zanzibar", "zh-7731", "1234.5"}
    assert_sound(folder)
    assert f"<{RECORD}> <{expand('ww:floorArea')}>" in text_of(folder)
    with pytest.raises(BadInput, match="dcterms:description of .* withdrawn on"):
        publish_file(folder, CASES / "assets-1.ttl")


def test_a_whole_dataset_goes(folder: DataFolder) -> None:
    withdraw(folder, Target(dataset="kent/assets"), RULE, SETTINGS)
    assert traces(folder.root) == set()
    assert text_of(folder) == text_of(folder, 2) == ""
    assert_sound(folder)
    publish_file(folder, CASES / "assets-1.ttl")  # the corrected dataset may come back
    assert_sound(folder)


def test_received_files_go_and_the_data_stays(folder: DataFolder) -> None:
    withdraw(folder, Target(release="kent/assets/1"), RULE, SETTINGS)
    assert releases.received(folder, releases.read(folder, "kent", "assets", 1)) == {}
    assert releases.received(folder, releases.read(folder, "kent", "assets", 2)) != {}
    assert "Zanzibar House" in text_of(folder)
    assert_sound(folder)


def test_it_does_not_come_back_unless_it_is_let_in(folder: DataFolder) -> None:
    withdraw(folder, Target(RECORD), RULE, SETTINGS)
    with pytest.raises(BadInput, match=f"{RECORD}: was withdrawn on .*decision 12.*--lift 1"):
        publish_file(folder, CASES / "assets-1.ttl")
    rollback(folder, "kent", "assets", 1, SETTINGS)
    rebuild(folder, SETTINGS)
    assert traces(folder.root) == set()
    lift(folder, 1)
    publish_file(folder, CASES / "assets-1.ttl")
    assert "zanzibar" in traces(folder.root)
    assert_sound(folder)


def test_what_is_not_there_cannot_be_withdrawn(folder: DataFolder) -> None:
    withdraw(folder, Target(RECORD), RULE, SETTINGS)
    with pytest.raises(NotFound):
        withdraw(folder, Target(RECORD), RULE, SETTINGS)
    with pytest.raises(NotFound):
        withdraw(folder, Target(f"{BASE}/id/asset/none"), RULE, SETTINGS)
    with pytest.raises(BadInput):
        withdraw(folder, Target(f"{BASE}/id/asset/library"), " ", SETTINGS)


def test_a_snapshot_from_before_the_record_stays(tmp_path: Path) -> None:
    folder = published(tmp_path, "before.ttl")
    old = snapshots.ids(folder)[0]
    record = folder.snapshots / old / "snapshot.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"issued": "2020-01-01T00:00:00Z"}))
    publish_file(folder, CASES / "assets-1.ttl")
    withdraw(folder, Target(RECORD), RULE, SETTINGS)
    assert Snapshots(folder).at(old).id == old
    assert traces(folder.root) == set()


def test_tombstones_name_nothing(folder: DataFolder) -> None:
    withdraw(folder, Target(RECORD), RULE, SETTINGS)
    (stone,) = tombstones.carried(folder.current)
    assert stone == tombstones.read(folder)[0]
    assert stone.names == (tombstones.hashed(RECORD),)
    assert list(folder.withdrawals.iterdir()) == [folder.withdrawals / "1.json"]


def test_short_links_go_where_they_hold_it(folder: DataFolder) -> None:
    kept, named, valued = (
        links.keep(folder, links.asked(f"ASK {{ ?s ?p {term} }}"), 10, "here")
        for term in ('"Library"', f"<{RECORD}>", '"Home of Quillonius Marrowby."')
    )
    withdraw(folder, Target(RECORD), RULE, SETTINGS)
    assert links.find(folder, kept)
    for id in (named, valued):
        with pytest.raises(Withdrawn, match="decision 12"):
            links.find(folder, id)


def test_its_results_go_from_the_report(tmp_path: Path) -> None:
    folder = published(tmp_path, "before.ttl")
    said = [
        (RECORD, None, "about the record"),
        (f"{BASE}/id/asset/library", RECORD, "to the record"),
        (f"{BASE}/id/asset/library", None, "It holds Home of Quillonius Marrowby."),
        (f"{BASE}/id/asset/library", None, "something else"),
    ]
    results = [Result(focus, None, value, Severity.WARNING, "sh:c", "sh:s", text) for focus, value, text in said]
    check: Callable[..., Report] = lambda lines, **given: Report(tuple(results))  # noqa: E731
    request = PublicationRequest("kent", "assets", (CASES / "assets-1.ttl",))
    publish(folder, [request], SETTINGS, checker=check)
    withdraw(folder, Target(RECORD), RULE, SETTINGS)
    release = releases.read(folder, "kent", "assets", 2)
    report = releases.report(folder, release)
    assert report is not None
    assert [each.message for each in report.results] == ["something else"]
    assert release.warnings == 1


@pytest.mark.parametrize(
    ("fields", "rows"),
    [
        ((), [["Library", "library", "", ""]]),
        (("ww:uprn",), [["Zanzibar House", "zanzibar-house", "", "Quillonius"], ["Library", "library", "", ""]]),
    ],
)
def test_a_row_or_a_cell_goes_from_a_table(tmp_path: Path, fields: tuple[str, ...], rows: list[list[str]]) -> None:
    table = tmp_path / "asset.csv"
    table.write_text(
        "Name,Identifier,UPRN,Description\nZanzibar House,zanzibar-house,1234.5,Quillonius\nLibrary,library,,\n",
        encoding="utf-8",
    )
    folder = published(tmp_path, "before.ttl")
    publish_file(folder, table)
    withdraw(folder, Target(RECORD, tuple(map(expand, fields))), RULE, SETTINGS)
    (path,) = releases.received(folder, releases.read(folder, "kent", "assets", 2)).values()
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1:] == rows
    assert "1234.5" not in traces(folder.root)


def test_a_table_that_names_it_elsewhere_goes_whole(tmp_path: Path) -> None:
    table = tmp_path / "asset.csv"
    table.write_text(
        "Name,Identifier,Description\nZanzibar House,zanzibar-house,\nLibrary,library,See zanzibar-house\n",
        encoding="utf-8",
    )
    folder = published(tmp_path, "before.ttl")
    publish_file(folder, table)
    withdraw(folder, Target(RECORD), RULE, SETTINGS)
    release = releases.read(folder, "kent", "assets", 2)
    assert releases.received(folder, release) == {}
    assert release.withdrawals[0]["files"] == ["received/1-asset.csv"]


def test_every_trace_is_looked_for() -> None:
    text = (CASES / "assets-1.ttl").read_text(encoding="utf-8").lower()
    assert all(trace in text for trace in TRACES)


def draft(folder: DataFolder, dataset: str, text: str, release: int | None = None) -> str:
    """A submission with one file, as it is kept after it was checked, or published as this release."""
    id = new_id()
    place = SubmissionFolder(folder, id)
    place.place(1, "sent.ttl").write_text(text, encoding="utf-8")
    Submissions(folder).add(id, "kent", dataset, place.account(), "a token")
    Submissions(folder).move(id, "publishing" if release else "reading")
    Submissions(folder).move(id, "published" if release else "checked", release=release)
    return id


def test_submissions_go_where_they_may_hold_it(folder: DataFolder) -> None:
    held = draft(folder, "assets", "# The Zanzibar house, ZH-7731\n")
    other, elsewhere = draft(folder, "assets", "# Library\n"), draft(folder, "places", "# A place\n")
    published_one = draft(folder, "assets", (CASES / "assets-1.ttl").read_text(encoding="utf-8"), release=1)
    withdraw(folder, Target(RECORD), RULE, SETTINGS)
    assert traces(folder.root) == set()
    assert Submissions(folder).ids() == {other, elsewhere}
    for id in (held, published_one):
        with pytest.raises(Gone, match="decision 12"):
            Submissions(folder).submission(id)


def test_the_submission_that_became_a_release_goes_with_what_was_received(folder: DataFolder) -> None:
    first, second = (draft(folder, "assets", "# sent\n", release=number) for number in (1, 2))
    withdraw(folder, Target(release="kent/assets/1"), RULE, SETTINGS)
    assert Submissions(folder).ids() == {second}
    assert not SubmissionFolder(folder, first).path.exists()


def test_the_index_of_changes_is_made_again(folder: DataFolder) -> None:
    release = releases.read(folder, "kent", "assets", 1)
    assert changes.of_resource(folder, release, RECORD) is not None
    withdraw(folder, Target(RECORD), RULE, SETTINGS)
    release = releases.read(folder, "kent", "assets", 1)
    assert changes.of_resource(folder, release, RECORD) is None


class Killed(Exception):
    """Ends a withdrawal where it has become certain."""


def interrupted(folder: DataFolder, target: Target) -> None:
    def on_step(step: str) -> None:
        if step == "certain from here on":
            raise Killed

    with pytest.raises(Killed):
        withdraw(folder, target, RULE, SETTINGS, on_step=on_step)


def test_an_interrupted_withdrawal_is_finished_and_says_so(folder: DataFolder) -> None:
    interrupted(folder, Target(RECORD))
    steps: list[str] = []
    found = withdraw(folder, Target(RECORD), RULE, SETTINGS, on_step=steps.append)
    assert "finishing withdrawal 1, which was interrupted" in steps
    assert found.resumed
    assert found.summary().startswith("the withdrawal that was interrupted is finished")
    assert f"tombstone 1; snapshot {snapshots.current_id(folder)} is current" in found.summary()
    assert traces(folder.root) == set()
    with pytest.raises(NotFound, match="it was withdrawn on .*decision 12"):
        withdraw(folder, Target(RECORD), RULE, SETTINGS)


def test_another_target_is_not_taken_for_the_interrupted_one(folder: DataFolder) -> None:
    interrupted(folder, Target(RECORD))
    with pytest.raises(NotFound):
        withdraw(folder, Target(f"{BASE}/id/asset/none"), RULE, SETTINGS)
    assert traces(folder.root) == set()


def test_a_dataset_without_it_is_not_written(folder: DataFolder, tmp_path: Path) -> None:
    place = tmp_path / "place.ttl"
    place.write_text("<https://kent.example/id/place/dover> a <https://w3id.org/whatworks/def#Place> .", "utf-8")
    request = PublicationRequest("kent", "places", (place,))
    publish(folder, [request], SETTINGS, checker=lambda lines, **given: Report(()))
    parent = folder.releases / "kent" / "places"
    before = parent.stat().st_mtime_ns
    withdraw(folder, Target(RECORD), RULE, SETTINGS)
    assert parent.stat().st_mtime_ns == before
    assert_sound(folder)


@pytest.mark.parametrize("quiet", [False, True])
def test_the_command_says_each_step(folder: DataFolder, capsys: pytest.CaptureFixture[str], quiet: bool) -> None:
    parser, _ = build_parser()
    given = ["withdraw", "--data", str(folder.root), "--resource", RECORD, "--rule", RULE, "--yes"]
    assert run(parser.parse_args([*given, *(["--quiet"] if quiet else [])])) == 0
    said = capsys.readouterr()
    assert ("… withdrawing from the releases of kent/assets\n" in said.err) is not quiet
    assert "tombstone 1" in said.out


def test_what_waits_and_holds_what_was_withdrawn_says_so(folder: DataFolder) -> None:
    release = releases.read(folder, "kent", "assets", 1)
    lines = releases.accepted(folder, release)
    withdraw(folder, Target(RECORD), RULE, SETTINGS)
    held, free = draft(folder, "others", "# sent"), draft(folder, "others", "# sent")
    SubmissionFolder(folder, held).keep(lines, None, [])
    SubmissionFolder(folder, free).keep([line for line in lines if RECORD.encode() not in line], None, [])
    assert f"{RECORD}: was withdrawn on" in stands_against(folder, held)
    assert stands_against(folder, free) == ""


@pytest.mark.parametrize("target", [Target(RECORD), Target(dataset="kent/assets")])
def test_the_access_log_keeps_no_address_of_it_and_every_visit(folder: DataFolder, target: Target) -> None:
    log = AccessLog(folder, 13)
    local = RECORD.removeprefix(f"{BASE}/id/")
    gone = [f"/doc/{local}", f"/doc/{local}.ttl", f"/doc/{local}/history", f"/doc/{local.replace('-', '%2D')}"]

    def visit(path: str) -> Visit:
        return Visit(1_790_000_000, "resource.page", path, "GET", 200, 1.0, 2, "", "person", "")

    log.write(map(visit, [*gone, "/doc/place/2", "/about/ä"]))
    [month] = months(folder)
    withdraw(folder, target, RULE, SETTINGS)
    log.write([visit("/")])  # a server goes on with the file that it opened
    found = list(visits(folder, month))
    assert [each.path for each in found] == ["-"] * 4 + ["/doc/place/2", "/about/ä", "/"]
    assert {each.page for each in found} == {"resource.page"}
    assert "zanzibar" not in "".join(path.read_text(encoding="utf-8") for path in folder.usage.iterdir())
