"""The order of publishing, and that what is refused leaves no trace."""

import errno
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode
from store_cases import BASE, CASES, SETTINGS, assert_sound, content, failing, new_folder, passing, publish_one, request

from kb.errors import BadInput, NotConforming, NotFound, StoreUnwritable, UnknownPublisher
from kb.namespaces import PREFIXES
from kb.store import catalogue, checkpoint, releases
from kb.store.folder import DataFolder
from kb.store.primary import Primary
from kb.store.publication import PublicationRequest, publish, register_unchecked, rollback
from kb.store.snapshots import Snapshots, ids


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return new_folder(tmp_path)


def files(folder: DataFolder) -> set[str]:
    """Every file below the data folder but those that say who may write and who does."""
    found = {str(path.relative_to(folder.root)) for path in folder.root.rglob("*")}
    return {name for name in found if name != "lock" and not name.startswith("state.sqlite")}


def test_a_first_release_is_served(folder: DataFolder) -> None:
    publication = publish_one(folder, "assets", "assets-1.ttl")
    assert publication.release is not None
    assert (publication.release.number, publication.added, publication.removed, publication.unchanged) == (1, 12, 0, 0)
    assert publication.snapshot == Snapshots(folder).current().id
    assert publication.summary().startswith("kent/assets: release 1, 12 triples added, 0 removed, 0 unchanged;")
    assert_sound(folder)


def test_a_second_release_replaces_the_first(folder: DataFolder) -> None:
    publish_one(folder, "assets", "assets-1.ttl")
    publication = publish_one(folder, "assets", "assets-2.ttl")
    assert publication.release is not None
    assert (publication.release.number, publication.added, publication.removed, publication.unchanged) == (2, 6, 7, 5)
    assert_sound(folder)


def test_a_triple_stays_in_the_merge_while_a_graph_has_it(folder: DataFolder) -> None:
    publish_one(folder, "places", "places-1.ttl")
    publish_one(folder, "assets", "assets-1.ttl")
    place, elevation = NamedNode(f"{BASE}/id/place/3"), NamedNode(PREFIXES["ww"] + "elevation")
    publish_one(folder, "assets", "assets-2.ttl")
    merged = Snapshots(folder).current().store.quads_for_pattern(place, elevation, None, DefaultGraph())
    assert [quad.object.value for quad in merged] == ["3"]
    publish_one(folder, "places", "places-2.ttl")
    assert list(Snapshots(folder).current().store.quads_for_pattern(place, elevation, None, None)) == []
    assert_sound(folder)


def test_several_requests_make_one_snapshot(folder: DataFolder) -> None:
    requests = [request("assets", "assets-1.ttl"), request("places", "places-1.ttl")]
    done = publish(folder, requests, SETTINGS, checker=passing)
    assert [publication.dataset for publication in done] == ["assets", "places"]
    assert ids(folder) == [done[0].snapshot] == [done[1].snapshot]
    assert_sound(folder)


def test_an_equal_submission_makes_no_release(folder: DataFolder) -> None:
    first = publish_one(folder, "assets", "assets-1.ttl")
    again = publish_one(folder, "assets", "assets-1.ttl")
    assert again.release is None
    assert again.snapshot == first.snapshot
    assert again.summary() == "kent/assets: equal to its latest release, so nothing was released"
    assert releases.numbers(folder, "kent", "assets") == [1]


@pytest.mark.parametrize("published_before", [False, True])
def test_a_violation_leaves_no_trace(folder: DataFolder, published_before: bool) -> None:
    if published_before:
        publish_one(folder, "places", "places-1.ttl")
    before = files(folder)
    with pytest.raises(NotConforming, match="kent/assets: violations of its protocols: 1;") as refused:
        publish(folder, [request("assets", "assets-1.ttl")], SETTINGS, checker=failing)
    assert refused.value.report.violations == 1
    assert files(folder) == before


def test_one_bad_request_refuses_all(folder: DataFolder) -> None:
    requests = [request("assets", "assets-1.ttl"), request("places", "malformed.ttl")]
    with pytest.raises(BadInput, match=r"malformed\.ttl"):
        publish(folder, requests, SETTINGS, checker=passing)
    assert files(folder) == {"version"}


WRITES = [
    (releases, "make_folder"),
    (releases, "sync_tree"),
    (releases, "move"),
    (Primary, "__init__"),
    (Primary, "apply"),
    (Primary, "flush"),
    (Primary, "checkpoint"),
    (checkpoint, "sync_tree"),
    (checkpoint, "move"),
]


@pytest.mark.parametrize(("owner", "name"), WRITES, ids=lambda each: each if isinstance(each, str) else each.__name__)
def test_a_full_disk_harms_no_reader_and_loses_nothing(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    publish_one(folder, "assets", "assets-1.ttl")
    before = content(Snapshots(folder).current().store)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, full)
        with pytest.raises(StoreUnwritable, match="No space left on device"):
            publish_one(folder, "assets", "assets-2.ttl")
    assert content(Snapshots(folder).current().store) == before
    publish_one(folder, "assets", "assets-2.ttl")
    assert content(Snapshots(folder).current().store) != before
    assert_sound(folder)


def test_an_unknown_publisher_is_told_how_to_register(folder: DataFolder) -> None:
    wanted = PublicationRequest("sussex", "assets", (CASES / "assets-1.ttl",))
    with pytest.raises(UnknownPublisher, match="whatworks publisher add sussex"):
        publish(folder, [wanted], SETTINGS, checker=passing)


@pytest.mark.parametrize("name", ["", "Assets", "../up", "a b", "-a", "a/b"])
def test_a_dataset_name_is_small_letters_digits_and_hyphens(folder: DataFolder, name: str) -> None:
    with pytest.raises(BadInput, match="not a dataset name"):
        publish_one(folder, name, "assets-1.ttl")


def test_a_dataset_is_asked_for_once(folder: DataFolder) -> None:
    with pytest.raises(BadInput, match="kent/assets: asked for twice"):
        publish(folder, [request("assets", "assets-1.ttl"), request("assets", "assets-2.ttl")], SETTINGS)


def test_a_dry_run_changes_nothing(folder: DataFolder) -> None:
    publish_one(folder, "assets", "assets-1.ttl")
    before = files(folder)
    done = publish(folder, [request("assets", "assets-2.ttl")], SETTINGS, dry_run=True, checker=passing)[0]
    assert (done.release, done.snapshot, done.added, done.removed, done.unchanged) == (None, None, 6, 7, 5)
    assert done.report is not None
    assert done.summary().startswith("kent/assets: dry run, nothing was changed; 6 triples added")
    assert files(folder) == before


def test_what_is_registered_unchecked_is_not_checked_and_says_so(folder: DataFolder) -> None:
    register_unchecked(folder, "kent", "assets")
    done = publish(folder, [request("assets", "assets-1.ttl")], SETTINGS, checker=failing)[0]
    assert done.report is None
    dataset, unchecked = NamedNode(f"{BASE}/id/dataset/assets"), NamedNode(PREFIXES["ww"] + "unchecked")
    said = Snapshots(folder).current().store.quads_for_pattern(
        dataset, unchecked, None, NamedNode(catalogue.GRAPH)
    )
    assert [quad.object for quad in said] == [Literal(True)]


def test_rollback_is_a_new_release_equal_to_an_old_one(folder: DataFolder) -> None:
    publish_one(folder, "assets", "assets-1.ttl")
    before = content(Snapshots(folder).current().store)
    publish_one(folder, "assets", "assets-2.ttl")
    done = rollback(folder, "kent", "assets", 1, SETTINGS)
    assert done.release is not None
    assert (done.release.number, done.release.kind, done.release.equals) == (3, "rollback", 1)
    assert done.release.warnings == 2
    assert content(Snapshots(folder).current().store) == before
    first, third = (releases.read(folder, "kent", "assets", number) for number in (1, 3))
    assert first.files == {name: known for name, known in third.files.items() if name != "release.json"}
    assert_sound(folder)


def test_rollback_to_the_latest_does_nothing(folder: DataFolder) -> None:
    publish_one(folder, "assets", "assets-1.ttl")
    assert rollback(folder, "kent", "assets", 1, SETTINGS).release is None


def test_rollback_to_no_release(folder: DataFolder) -> None:
    publish_one(folder, "assets", "assets-1.ttl")
    with pytest.raises(NotFound, match="kent/assets: no release 2"):
        rollback(folder, "kent", "assets", 2, SETTINGS)


def test_the_steps_are_told_in_order(folder: DataFolder) -> None:
    steps: list[str] = []
    publish(folder, [request("assets", "assets-1.ttl")], SETTINGS, checker=passing, on_step=steps.append)
    assert [step.partition(" ")[0] for step in steps] == [
        "reading", "checking", "archiving", "accepted", "storing", "cataloguing", "completing", "making",
        "making", "making", "adding", "switching", "retiring", "making",
    ]  # fmt: skip


@pytest.mark.parametrize(("thing", "asked"), [("dataset/assets", False), ("asset/1", True)])
def test_a_dataset_that_does_not_describe_itself_is_asked_to(
    folder: DataFolder, tmp_path: Path, thing: str, asked: bool
) -> None:
    file = tmp_path / "submission.ttl"
    file.write_text(f'<{BASE}/id/{thing}> <http://purl.org/dc/terms/title> "Assets"@en .', encoding="utf-8")
    request = PublicationRequest("kent", "assets", (file,))
    publication = publish(folder, [request], SETTINGS, checker=passing)[0]
    assert ("does not yet say its title" in publication.summary()) == asked


def test_a_description_of_another_dataset_is_refused(folder: DataFolder, tmp_path: Path) -> None:
    """Published as `assets` its title, publisher and licence would be those of a dataset that nobody published."""
    file = tmp_path / "submission.ttl"
    file.write_text(f"<{BASE}/id/dataset/desks> a <http://www.w3.org/ns/dcat#Dataset> .", encoding="utf-8")
    before = files(folder)
    with pytest.raises(BadInput, match="describe the dataset desks .*publish them as --dataset desks"):
        publish(folder, [PublicationRequest("kent", "assets", (file,))], SETTINGS, checker=passing)
    assert files(folder) == before
    [published] = publish(folder, [PublicationRequest("kent", "desks", (file,))], SETTINGS, checker=passing)
    assert published.described


def test_the_first_release_can_be_undone(folder: DataFolder) -> None:
    publish_one(folder, "assets", "assets-1.ttl")
    publish_one(folder, "places", "places-1.ttl")
    undone = rollback(folder, "kent", "assets", 0, SETTINGS)
    assert undone.release is not None
    assert (undone.release.number, undone.release.kind, undone.release.equals, undone.release.triples) == (
        2,
        "rollback",
        0,
        0,
    )
    assert_sound(folder)
    assert releases.accepted(folder, undone.release) == []
    assert rollback(folder, "kent", "assets", 0, SETTINGS).release is None
    again = rollback(folder, "kent", "assets", 1, SETTINGS)
    assert again.release is not None
    assert again.release.added == again.release.triples > 0
    assert publish_one(folder, "assets", "assets-2.ttl").release is not None
    assert_sound(folder)


def test_nothing_can_be_undone_where_there_is_no_release(folder: DataFolder) -> None:
    with pytest.raises(NotFound, match="kent/assets: no releases, so there is nothing to undo"):
        rollback(folder, "kent", "assets", 0, SETTINGS)
