"""The doctor: each thing that can be wrong with a site is found, and what is said to be done does help."""

import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kb import config
from kb.config import Settings
from kb.errors import BadSetting
from kb.operations import space
from kb.operations.doctor import examine, exit_code, knowledge, machine, upkeep
from kb.operations.doctor import settings as of_settings
from kb.operations.doctor.finding import Finding
from kb.store.audit import Audit
from kb.store.distributions.index import folder_of
from kb.store.folder import DataFolder
from kb.store.layout import LAYOUT, write_layout
from kb.store.rebuild import rebuild
from kb.store.snapshots import current_id
from kb.store.state import State
from kb.store.tokens import Tokens
from kb.store.withdrawal import plan
from web.cli import main
from web.site import create_app

SAFE = {"public_url": "https://whatworks.example", "contact": "it@council.example", "proxies": 1}


def found(look: Callable[[Settings], Any], settings: Settings) -> dict[str, str]:
    """What is said → how bad it is."""
    return {each.said: each.level for each in look(settings)}


def worst(look: Callable[[Settings], Any], settings: Settings) -> Finding:
    """The worst finding of a look."""
    return max(look(settings), key=lambda each: ("ok", "warning", "fault").index(each.level))


def test_a_site_that_is_well(own_site: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings = replace(own_site, **SAFE)
    findings = examine(settings)
    told = {each.about for each in findings if each.level == "fault"}
    assert told <= {"disk", "temporary"}, told  # of this machine, which may be short of room
    assert {each.about for each in findings} >= {"settings", "store", "snapshot", "interrupted", "tokens", "clock"}
    main(["doctor", "--data", str(settings.data)])
    lines = capsys.readouterr().out.splitlines()
    assert all(line.split()[0] in ("ok", "warning", "fault") for line in lines)
    main(["doctor", "--data", str(settings.data), "--json"])
    assert len(json.loads(capsys.readouterr().out)["findings"]) == len(lines)


@pytest.mark.parametrize(
    ("given", "level", "words"),
    [
        ({}, "ok", "nothing"),
        ({"public_url": ""}, "warning", "WHATWORKS_PUBLIC_URL"),
        ({"public_url": "whatworks.example"}, "fault", "no web address"),
        ({"public_url": "https://council.example/whatworks"}, "fault", "path"),
        ({"public_url": "http://whatworks.example"}, "warning", "TLS"),
        ({"contact": ""}, "warning", "WHATWORKS_CONTACT"),
        ({"proxies": 0}, "warning", "WHATWORKS_PROXIES"),
        ({"host": "0.0.0.0"}, "warning", "port"),
        ({"metrics_from": "0.0.0.0/0"}, "warning", "everybody"),
        ({"store_update": "http://localhost/update"}, "fault", "WHATWORKS_STORE"),
        ({"store": "http://localhost/q", "store_update": "http://localhost/u"}, "fault", "WHATWORKS_STORE_GRAPHS"),
        ({"store": "http://e.example/q", "store_user": "u", "store_password": "p"}, "warning", "unencrypted"),
        ({"store": "https://e.example/q", "store_user": "u"}, "fault", "password"),
        ({"outlines": "/no/such/file"}, "fault", "/no/such/file"),
        ({"postcodes": "/no/such/folder"}, "fault", "/no/such/folder"),
        ({"tiles": "https://t.example/{z}/{x}/{y}"}, "warning", "attribution"),
        ({"upload_mb": 1000}, "fault", "WHATWORKS_UPLOAD_UNPACKED_MB"),
        ({"submission_mb": 512}, "fault", "WHATWORKS_READING_MB"),
        ({"query_per_client": 20}, "warning", "one client"),
    ],
)
def test_settings(given: dict[str, Any], level: str, words: str) -> None:
    finding = worst(of_settings.examine, replace(config.load({}), **(SAFE | given)))
    assert finding.level == level, finding
    assert words in finding.line()
    assert bool(finding.do) is (level != "ok")
    assert "s3cret" not in finding.line()


def test_exit_codes(own_site: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code([Finding("disk", "warning", "")]) == 0
    assert exit_code([Finding("disk", "fault", "")]) == 1
    assert exit_code([Finding("disk", "fault", ""), Finding("settings", "fault", "")]) == 2
    DataFolder(own_site.data).current.unlink()
    assert main(["doctor", "--data", str(own_site.data)]) == 1
    with pytest.raises(BadSetting):
        config.load({"WHATWORKS_METRICS_FROM": "here"})


def test_a_disk_that_is_nearly_full(own_site: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    store = space.taken(DataFolder(own_site.data).store)
    for free, level in ((store // 2, "fault"), (machine.LEAST - 1, "warning"), (10**12, "ok")):
        monkeypatch.setattr(machine, "free", lambda folder, free=free: free)
        assert next(iter(machine.disk(own_site))).level == level
    monkeypatch.setattr(machine, "free", lambda folder: 1)
    assert worst(machine.temporary, own_site).level == "fault"


def test_a_disk_that_does_not_last(own_site: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, level in (("tmpfs", "fault"), ("overlay", "warning"), ("nfs4", "warning")):
        monkeypatch.setattr(machine, "kind_of_disk", lambda folder, kind=kind: kind)
        assert [each.level for each in machine.disk(own_site) if kind in each.said] == [level]


def test_the_kind_of_a_disk_is_that_of_its_nearest_mount() -> None:
    if not Path("/proc/self/mountinfo").exists():
        pytest.skip("no /proc")
    assert space.kind_of_disk(Path("/proc/self")) == "proc"
    assert space.kind_of_disk(Path("/proc/none/of/this")) == "proc"
    assert space.kind_of_disk(Path("/")) != "proc"


def test_hard_links_take_room_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(os.urandom(100_000))
    before = space.taken(tmp_path)
    os.link(tmp_path / "a", tmp_path / "b")
    assert space.taken(tmp_path) == before >= 100_000


def test_a_store_that_is_gone_damaged_or_in_use(own_site: Settings) -> None:
    folder = DataFolder(own_site.data)
    assert worst(knowledge.primary, own_site).level == "ok"
    with open(folder.lock, "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert "publishing" in worst(knowledge.primary, own_site).said
        assert worst(knowledge.primary, own_site).level == "ok"
    (folder.store / "CURRENT").write_text("MANIFEST-999999\n", encoding="ascii")
    assert worst(knowledge.primary, own_site).level == "fault"
    shutil.rmtree(folder.store)
    assert worst(knowledge.primary, own_site).level == "warning", "as after a restore"
    assert "rebuild" in worst(knowledge.primary, own_site).do
    rebuild(folder, own_site)
    assert worst(knowledge.primary, own_site).level == "ok"


def test_a_snapshot_that_is_gone_or_lacks_what_is_made_from_it(own_site: Settings) -> None:
    folder = DataFolder(own_site.data)
    assert worst(knowledge.snapshot, own_site).level == "ok"
    id = current_id(folder)
    assert id is not None
    for made in (folder_of(folder, id), folder.snapshots / id / "buildings", folder.snapshots / id / "search"):
        away = made.rename(made.with_name("away"))
        assert worst(knowledge.snapshot, own_site).level == "warning", made
        away.rename(made)
    shutil.rmtree(folder.snapshots / id / "store")
    finding = worst(knowledge.snapshot, own_site)
    assert (finding.level, "rebuild" in finding.do) == ("fault", True)


def test_an_upgrade_whose_knowledge_is_not_published_yet(own_site: Settings) -> None:
    assert worst(upkeep.interrupted, own_site).level == "ok"
    State(DataFolder(own_site.data)).set_mark("shipped", "what shipped before")
    finding = worst(upkeep.interrupted, own_site)
    assert (finding.level, "of before" in finding.said) == ("warning", True)


def test_a_folder_of_another_version(own_site: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert worst(upkeep.layout, own_site).level == "ok"
    write_layout(DataFolder(own_site.data), LAYOUT + 1)
    assert worst(upkeep.layout, own_site).level == "fault"
    assert main(["doctor", "--data", str(own_site.data)]) == 1
    said = capsys.readouterr().out
    assert "layout" in said
    assert "rebuild" not in said, "it would be refused"


def test_a_snapshot_that_stands_in_for_a_damaged_one(own_site: Settings) -> None:
    folder = DataFolder(own_site.data)
    first = folder.current.resolve()
    record = json.loads((first / "snapshot.json").read_bytes())
    second = shutil.copytree(first, folder.snapshots / "000099-0123abcd")
    (second / "snapshot.json").write_text(json.dumps(record | {"id": second.name}), encoding="utf-8")
    (second / "store" / "CURRENT").write_text("MANIFEST-999999\n", encoding="ascii")
    folder.current.unlink()
    folder.current.symlink_to(f"snapshots/{second.name}")
    finding = worst(knowledge.snapshot, own_site)
    assert (finding.level, second.name in finding.said, first.name in finding.said) == ("fault", True, True)
    answer = create_app(own_site).test_client().get("/readyz")
    assert (answer.status_code, second.name in answer.text, first.name in answer.text) == (200, True, True)


def test_a_clock_that_is_late_or_was_set_back(own_site: Settings) -> None:
    assert worst(machine.clock, own_site).level == "ok"
    folder = DataFolder(own_site.data)
    Audit(folder).add("kent", "token", "published", "kent/places")
    with sqlite3.connect(folder.state) as connection:
        early = "INSERT INTO audit (at, publisher, token, action, about, detail) VALUES ('2020-01-01T00:00:00Z', {})"
        connection.execute(early.format("'kent', '', '', '', ''"))
    assert "audit" in worst(machine.clock, own_site).said
    path = folder.current.resolve() / "snapshot.json"
    record = json.loads(path.read_bytes())
    ahead = datetime.now(UTC) + timedelta(days=2)
    path.unlink()
    path.write_text(json.dumps(record | {"issued": f"{ahead:%Y-%m-%dT%H:%M:%SZ}"}), encoding="utf-8")
    finding = worst(machine.clock, own_site)
    assert (finding.level, record["id"] in finding.said) == ("fault", True)


def test_what_may_not_be_written(own_site: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert worst(upkeep.permissions, own_site).level == "ok"
    # Root may write anything, so the system is asked in its place.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "releases")
    assert "releases" in worst(upkeep.permissions, own_site).said
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert worst(upkeep.permissions, replace(own_site, data=tmp_path / "none")).level == "fault"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_files_of_another_account(own_site: Settings) -> None:
    os.chown(own_site.data / "state.sqlite", 12345, -1)
    finding = worst(upkeep.permissions, own_site)
    assert (finding.level, "state.sqlite" in finding.said, "chown" in finding.do) == ("warning", True, True)


def test_work_that_was_interrupted(own_site: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = DataFolder(own_site.data)
    assert worst(upkeep.interrupted, own_site).level == "ok"
    (folder.snapshots / ".tmp-000009-00000000").mkdir()
    assert "half made" in worst(upkeep.interrupted, own_site).said
    State(folder).forget_applied()
    assert any("accepted and not yet served" in said for said in found(upkeep.interrupted, own_site))
    folder.withdrawals.mkdir(exist_ok=True)
    (folder.withdrawals / plan.PENDING).write_text("{", encoding="utf-8")
    assert worst(upkeep.interrupted, own_site).level == "fault"


def test_tokens_that_have_ended_or_soon_will(own_site: Settings) -> None:
    folder = DataFolder(own_site.data)
    publisher = State(folder).publishers()[0].id
    tokens = Tokens(folder)
    tokens.create(publisher, "for years", "publish", 400)
    assert worst(upkeep.tokens, own_site).level == "ok"
    soon, _ = tokens.create(publisher, "estates team", "publish", 3)
    assert "estates team" in worst(upkeep.tokens, own_site).said
    with sqlite3.connect(folder.state) as connection:
        connection.execute("UPDATE tokens SET expires = '2020-01-01T00:00:00Z'")
    assert f"nobody can publish for {publisher}" in worst(upkeep.tokens, own_site).said


def test_a_state_that_is_no_database(own_site: Settings) -> None:
    for path in own_site.data.glob("state.sqlite*"):
        path.write_bytes(b"this is no database, and it is long enough to be read as one" * 50)
    findings = examine(own_site)
    assert {"tokens", "interrupted"} <= {each.about for each in findings if each.level == "fault"}


def test_a_folder_with_nothing_in_it_is_no_fault(tmp_path: Path) -> None:
    settings = replace(config.load({}, data=tmp_path / "none"), **SAFE)
    about = {each.about: each.level for each in examine(settings) if each.about in ("store", "snapshot", "permissions")}
    assert about == {"store": "warning", "snapshot": "warning", "permissions": "ok"}
    assert not (tmp_path / "none").exists()
