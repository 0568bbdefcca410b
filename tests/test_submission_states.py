"""The states of a submission: nothing accepted is lost, nothing let go of rises again, and no deed goes unlogged."""

import threading
from pathlib import Path

import pytest
from publishing_site import CONFORMING, VIOLATING, Site, publishing_site

from kb.errors import Gone, NotFound, TooBusy, WrongState
from kb.store import publication, releases, submission_reading, submitting
from kb.store.audit import Audit
from kb.store.publisher_process import work_off
from kb.store.queue import Queue
from kb.store.submission_folder import SubmissionFolder, safe_name
from kb.store.submissions import Submission, Submissions, new_id
from kb.store.tokens import Token, Tokens
from kb.store.tombstones import Tombstone
from kb.store.withdrawal.drafts import withdraw_drafts


class Killed(BaseException):
    """Ends a piece of work as a kill does: no handler sees it."""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return publishing_site(tmp_path / "data")


def token(site: Site, name: str = "kent") -> Token:
    return Tokens(site.folder).verify(site.tokens[name])


def sent(site: Site, file: Path = CONFORMING, *, at_once: bool = False) -> Submission:
    id = new_id()
    SubmissionFolder(site.folder, id).place(1, "money.ttl").write_bytes(file.read_bytes())
    return submitting.register(site.folder, token(site), "money", id, {}, at_once=at_once)


def state(site: Site, id: str) -> str:
    return Submissions(site.folder).submission(id).state


def deeds(site: Site) -> list[tuple[str, str]]:
    return [(entry.action, entry.detail) for entry in reversed(Audit(site.folder).entries("kent"))]


def killed_at(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, site: Site) -> None:
    """Works off the queue until this is called."""

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, die)
        with pytest.raises(Killed):
            site.work()


def tombstone() -> Tombstone:
    return Tombstone(1, "2026-11-27T00:00:00Z", "A rule", "dataset", ("kent/money",), (), (), {})


@pytest.mark.parametrize("lets_go", ["forget", "withdraw", "an older site's row"])
def test_what_is_let_go_of_while_it_waits_blocks_nothing(site: Site, lets_go: str) -> None:
    first, second = sent(site), sent(site)
    if lets_go == "forget":
        Submissions(site.folder).forget(first.id, "it had its time")
    elif lets_go == "withdraw":
        Submissions(site.folder).discard(second.id)
        withdraw_drafts(site.folder, tombstone(), (), None)
        second = sent(site)
    else:
        with Submissions(site.folder).transaction() as connection:
            connection.execute("UPDATE submissions SET state = 'discarded' WHERE id = ?", (first.id,))
    assert site.work() > 0
    assert state(site, second.id) == "checked"
    assert Queue(site.folder).jobs() == []


def test_what_is_discarded_between_beginning_and_reading_does_not_rise(site: Site) -> None:
    from kb.store.submission_work import do

    found = sent(site)
    job = Queue(site.folder).begin()
    assert job is not None
    submitting.discard(site.folder, token(site), found.id)
    assert do(site.folder, job, site.settings)
    with pytest.raises(Gone):
        state(site, found.id)
    assert not SubmissionFolder(site.folder, found.id).path.exists()


def test_what_is_withdrawn_while_it_is_read_leaves_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    found = sent(site)
    content = submission_reading.content

    def withdrawn_meanwhile(*args: object, **given: object) -> object:
        done = content(*args, **given)
        withdraw_drafts(site.folder, tombstone(), (), None)
        return done

    monkeypatch.setattr(submission_reading, "content", withdrawn_meanwhile)
    site.work()
    with pytest.raises(Gone):
        state(site, found.id)
    assert list(site.folder.submissions.iterdir()) == []
    assert Queue(site.folder).jobs() == []


def test_a_state_is_reached_from_those_before_it_only(site: Site) -> None:
    submissions, found = Submissions(site.folder), sent(site)
    for wrong in ("published", "checked", "needs decisions"):
        with pytest.raises(WrongState):
            submissions.move(found.id, wrong)
    with pytest.raises(NotFound):
        submissions.move(new_id(), "reading")


@pytest.mark.parametrize("place", ["changes.make", "reconcile"])
@pytest.mark.parametrize("at_once", [False, True])
def test_a_publication_killed_after_acceptance_ends_as_it_began(
    site: Site, monkeypatch: pytest.MonkeyPatch, place: str, at_once: bool
) -> None:
    found = sent(site, at_once=at_once)
    if not at_once:
        site.work()
        submitting.ask_to_publish(site.folder, token(site), found, hold_back=False)
    if place == "changes.make":
        killed_at(monkeypatch, publication.changes, "make", site)
    else:
        real = publication.reconcile

        def die(*args: object) -> object:
            if len(args) > 3:  # with what was accepted
                raise Killed
            return real(*args)

        with monkeypatch.context() as patch:
            patch.setattr(publication, "reconcile", die)
            with pytest.raises(Killed):
                site.work()
    assert releases.numbers(site.folder, "kent", "money") == [1]
    site.work()
    done = Submissions(site.folder).submission(found.id)
    assert (done.state, done.release, done.message) == ("published", 1, "")
    assert done.counts["added"] > 0
    assert releases.numbers(site.folder, "kent", "money") == [1]
    assert deeds(site)[-1] == ("published", "release 1")
    assert [deed for deed, _ in deeds(site)].count("published") == 1
    assert site.client().get("/graphs?graph=https://kent.example/id/graph/money&format=nt").status_code == 200


def test_a_restoration_killed_after_acceptance_ends_as_it_began(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(site, at_once=True)
    site.work()
    found = submitting.restore(site.folder, token(site), "money", 0)
    killed_at(monkeypatch, publication.changes, "make", site)
    assert releases.numbers(site.folder, "kent", "money") == [1, 2]
    site.work()
    done = Submissions(site.folder).submission(found.id)
    assert (done.state, done.release, done.message) == ("published", 2, "release 2 takes all content back")
    assert releases.numbers(site.folder, "kent", "money") == [1, 2]
    assert deeds(site)[-1] == ("restored", "release 2 takes all content back")


def test_what_fails_after_acceptance_is_told_as_accepted(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    found = sent(site, at_once=True)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no snapshot")

    with monkeypatch.context() as patch:
        patch.setattr(publication.changes, "make", fail)
        site.work()
    done = Submissions(site.folder).submission(found.id)
    assert (done.state, done.release) == ("published", 1)
    assert "accepted" in done.message
    assert "nothing was changed" not in done.message


def test_changes_that_cannot_be_written_hinder_no_publication(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    found = sent(site, at_once=True)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(publication.changes, "make", full)
        site.work()
    assert state(site, found.id) == "published"
    assert site.client().get("/graphs?graph=https://kent.example/id/graph/money&format=nt").status_code == 200


def test_answers_are_durable_before_the_work_is_asked_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb.mapping.mapping import Mapping

    found = sent(site)
    site.work()
    answers = [Mapping("dp-05", "1", "PaymentShape", {"A": ""})]
    order: list[str] = []
    keep = SubmissionFolder.keep_mappings

    def kept(self: SubmissionFolder, mappings: list[Mapping]) -> None:
        order.append(f"written while {len(Queue(site.folder).jobs())} jobs wait")
        keep(self, mappings)

    monkeypatch.setattr(SubmissionFolder, "keep_mappings", kept)
    submitting.decide(site.folder, found.id, answers, "dp-5")
    assert order == ["written while 0 jobs wait"]
    assert SubmissionFolder(site.folder, found.id).mappings() == answers
    assert Submissions(site.folder).submission(found.id).protocol == "dp-05"
    for wrong in ([], [Mapping("dp-01", "1", "AssetShape")]):
        with pytest.raises(WrongState):
            submitting.decide(site.folder, found.id, wrong, "dp-1")
    assert Submissions(site.folder).submission(found.id).protocol == "dp-05"
    assert SubmissionFolder(site.folder, found.id).mappings() == answers


def test_no_more_than_allowed_are_taken_however_many_come_at_a_time(tmp_path: Path) -> None:
    site = publishing_site(tmp_path / "data")
    taken: list[str] = []
    refused: list[TooBusy] = []

    def send() -> None:
        try:
            taken.append(submitting.register(site.folder, token(site), "money", new_id(), {}, most=2).id)
        except TooBusy as error:
            refused.append(error)

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), len(refused)) == (2, 3)
    with pytest.raises(TooBusy):
        submitting.restore(site.folder, token(site), "money", 1, most=2)
    assert {path.name for path in site.folder.submissions.iterdir()} == set(taken)


def test_a_deed_and_its_line_in_the_log_are_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb.store import submissions

    found = sent(site)
    site.work()

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(submissions, "note", die)
        for deed in (
            lambda: submitting.discard(site.folder, token(site), found.id),
            lambda: submitting.ask_to_publish(site.folder, token(site), found, hold_back=True),
        ):
            with pytest.raises(Killed):
                deed()
    assert state(site, found.id) == "checked"
    assert Queue(site.folder).jobs() == []


def test_memory_is_bounded_for_reading_and_not_for_publishing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb.store import publisher_process, submission_work

    limits: list[int | None] = []
    seen: list[tuple[str, int | None]] = []
    publish = submission_work.publish

    def published(*args: object, **given: object) -> object:
        seen.append(("publish", limits[-1]))
        return publish(*args, **given)

    monkeypatch.setattr(publisher_process, "_limit", limits.append)
    monkeypatch.setattr(submission_work, "publish", published)
    sent(site, at_once=True)
    work_off(site.folder, site.settings, bounded=True)
    assert seen == [("publish", None)]
    assert limits == [site.settings.submission_mb, None]


@pytest.mark.parametrize("name", ["资" * 110 + ".csv", "a" * 300 + ".csv", "é" * 200 + ".xlsx", "\ud800.csv"])
def test_a_long_name_fits_every_file_system(site: Site, name: str) -> None:
    kept = safe_name(name)
    assert kept.endswith(Path(name).suffix)
    assert len(kept.encode()) <= 200
    place = SubmissionFolder(site.folder, new_id())
    place.place(1, name).write_bytes(b"x")
    assert [each.name for each in place.account()] == [kept]


def test_what_a_put_was_refused_leaves_nothing(site: Site) -> None:
    address = "/graphs?graph=https%3A%2F%2Fkent.example%2Fid%2Fgraph%2Fmoney"
    headers = site.by("kent") | {"Content-Type": "text/turtle"}
    with site.working():
        assert site.client().put(address, data=VIOLATING.read_bytes(), headers=headers).status_code == 422
        assert site.client().put(address, data=b"<a> <b", headers=headers).status_code == 400
    assert Submissions(site.folder).of("kent") == []
    assert list(site.folder.submissions.iterdir()) == []


def test_a_put_that_another_release_overtook_is_a_conflict(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb.store import submission_work
    from kb.store.publication import PublicationRequest, publish

    real = submission_work.publish

    def overtaken(*args: object, **given: object) -> object:
        request = PublicationRequest("kent", "money", (CONFORMING,))
        publish(site.folder, [request], site.settings)
        return real(*args, **given)

    monkeypatch.setattr(submission_work, "publish", overtaken)
    headers = site.by("kent") | {"Content-Type": "text/turtle"}
    address = "/graphs?graph=https%3A%2F%2Fkent.example%2Fid%2Fgraph%2Fmoney"
    with site.working():
        answer = site.client().put(address, data=CONFORMING.read_bytes() + b"\n# again\n", headers=headers)
    assert answer.status_code == 409, answer.text
    assert "check it again" in answer.text
