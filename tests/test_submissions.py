"""Submissions over HTTP: from a file to a release, in one's own datasets only, and nothing left of what is refused."""

import io
from pathlib import Path

import pytest
from publishing_site import CONFORMING, VIOLATING, Site, publishing_site

from kb.store import releases
from kb.store.audit import Audit
from kb.store.submissions import Submissions

MONEY = "/api/datasets/kent/money/submissions"
TURTLE = {"Content-Type": "text/turtle"}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return publishing_site(tmp_path / "data")


def sent(site: Site, file: Path = CONFORMING, by: str = "kent") -> str:
    """The address of a submission that has been checked."""
    answer = site.client().post(MONEY, data=file.read_bytes(), headers=TURTLE | site.by(by))
    assert answer.status_code == 201, answer.text
    site.work()
    return answer.headers["Location"]


def left(site: Site) -> list[str]:
    return [path.name for path in site.folder.submissions.iterdir()] if site.folder.submissions.exists() else []


def test_from_a_file_to_a_release(site: Site) -> None:
    client = site.client()
    place = sent(site)
    found = client.get(place, headers=site.by("kent")).json
    assert (found["state"], found["conforms"], found["counts"]["violations"]) == ("checked", True, 0)
    assert found["counts"]["added"] == found["counts"]["triples"] > 0
    assert client.get(found["links"]["report"], headers=site.by("kent") | {"Accept": "text/turtle"}).status_code == 200
    assert releases.datasets(site.folder) == []
    assert client.post(f"{place}/publish", headers=site.by("kent")).status_code == 202
    assert client.get(place, headers=site.by("kent")).json["state"] == "publishing"
    site.work()
    found = client.get(place, headers=site.by("kent")).json
    assert (found["state"], found["release"]) == ("published", 1)
    release = releases.read(site.folder, "kent", "money", 1)
    assert found["files"][0]["sha256"] == release.files["received/1-upload.ttl"]["sha256"]
    assert client.get("/graphs?graph=https://kent.example/id/graph/money&format=nt").status_code == 200
    actions = [(entry.token, entry.action) for entry in Audit(site.folder).entries("kent")]
    assert actions == [("kent", "published"), ("kent", "asked to publish"), ("kent", "submitted")]


def test_a_form_with_a_file(site: Site) -> None:
    form = {"file": (io.BytesIO(CONFORMING.read_bytes()), "../../our money\x07.ttl"), "protocol": "dp-5"}
    answer = site.client().post(MONEY, data=form, headers=site.by("submit"))
    assert (answer.status_code, answer.json["protocol"]) == (201, "dp-05")
    assert [each["name"] for each in answer.json["files"]] == ["our money_.ttl"]


def test_what_violates_is_not_published(site: Site) -> None:
    client = site.client()
    place = sent(site, VIOLATING)
    assert client.get(place, headers=site.by("kent")).json["conforms"] is False
    answer = client.post(f"{place}/publish", headers=site.by("kent"))
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["report"]["conforms"] is False
    site.work()
    assert releases.datasets(site.folder) == []


def test_that_another_publishers_thing_is_renamed_is_told_at_the_check(site: Site) -> None:
    lie = '\n<https://surrey.example/id/place/1> <http://www.w3.org/2004/02/skos/core#prefLabel> "Ours"@en .\n'
    file = CONFORMING.read_bytes() + lie.encode()
    answer = site.client().post(MONEY, data=file, headers=TURTLE | site.by("kent"))
    site.work()
    found = site.client().get(answer.headers["Location"], headers=site.by("kent")).json
    assert found["state"] == "failed"
    assert "is named by surrey, under whose base it lies" in found["message"]


def test_what_conforms_is_published_and_the_rest_held_back(site: Site) -> None:
    both = CONFORMING.read_text(encoding="utf-8") + VIOLATING.read_text(encoding="utf-8")
    answer = site.client().post(MONEY, data=both, headers=TURTLE | site.by("kent"))
    site.work()
    place = answer.headers["Location"]
    assert site.client().get(place, headers=site.by("kent")).json["counts"]["violations"]
    assert site.client().post(f"{place}/publish?hold-back=true", headers=site.by("kent")).status_code == 202
    site.work()
    found = site.client().get(place, headers=site.by("kent")).json
    assert found["state"] == "published", found
    release = releases.read(site.folder, "kent", "money", 1)
    assert release.violations == 0
    assert 0 < release.held_back == found["counts"]["held_back"]
    said = f"{release.held_back} {'record' if release.held_back == 1 else 'records'}"
    page = site.client().get(f"/graph?uri={release.graph}", headers={"Accept": "text/html"}).text
    assert f"{said} that do" in page
    assert f"{said} held back" in site.client().get("/datasets", headers={"Accept": "text/html"}).text
    listed = site.client().get("/datasets?format=nt").text
    assert f"<{release.dataset_iri}> <https://w3id.org/whatworks/def#heldBackCount> \"{release.held_back}\"" in listed


def test_where_nothing_conforms_nothing_is_published(site: Site) -> None:
    place = sent(site, VIOLATING)
    assert site.client().post(f"{place}/publish?hold-back=true", headers=site.by("kent")).status_code == 202
    site.work()
    found = site.client().get(place, headers=site.by("kent")).json
    assert found["state"] == "checked"
    assert "no record conforms" in found["message"]
    assert releases.datasets(site.folder) == []


@pytest.mark.parametrize(
    ("data", "headers", "status"),
    [
        (b"<x> a", TURTLE, 201),  # it is found when it is read
        (b"", TURTLE, 411),
        (b"{}", {"Content-Type": "application/x-unknown"}, 415),
        (b"x", {"Content-Type": "text/csv; name=x"}, 201),
        (b"x" * 2_000_000, TURTLE, 413),
        (b"--b\r\n", {"Content-Type": "multipart/form-data; boundary=b"}, 400),
        (b"x", {"Content-Type": "multipart/form-data"}, 400),
    ],
)
def test_what_is_taken(tmp_path: Path, data: bytes, headers: dict[str, str], status: int) -> None:
    site = publishing_site(tmp_path / "data", upload_mb=1)
    answer = site.client().post(MONEY, data=data, headers=headers | site.by("kent"))
    assert answer.status_code == status
    if status == 201:
        site.work()
        found = site.client().get(answer.headers["Location"], headers=site.by("kent")).json
        assert found["state"] in ("failed", "needs decisions")
        assert releases.datasets(site.folder) == []
    else:
        assert answer.mimetype == "application/problem+json"
        assert left(site) == []
        assert Submissions(site.folder).of("kent") == []


@pytest.mark.parametrize("name", ["macro.exe", "register", "a.ttl.zip.exe"])
def test_an_unknown_kind_of_file_is_not_taken(site: Site, name: str) -> None:
    answer = site.client().post(MONEY, data={"file": (io.BytesIO(b"x"), name)}, headers=site.by("kent"))
    assert answer.status_code == 415
    assert left(site) == []


def test_a_body_that_is_cut_off_leaves_nothing(site: Site) -> None:
    body = io.BytesIO(CONFORMING.read_bytes()[:100])
    for headers in (TURTLE, {"Content-Type": "multipart/form-data; boundary=b"}):
        answer = site.client().post(
            MONEY,
            input_stream=body,
            environ_overrides={"CONTENT_LENGTH": "5000"},
            headers=headers | site.by("kent"),
        )
        assert answer.status_code == 400
        assert "cut off" in answer.json["detail"]
    assert left(site) == []


def test_nobody_else_learns_of_a_submission(site: Site) -> None:
    place = sent(site)
    for path in (place, f"{place}/report", "/api/submissions/" + "0" * 32):
        answer = site.client().get(path, headers=site.by("surrey"))
        assert answer.status_code == 404
        assert "kent" not in answer.text
    mine = site.client().get(place, headers=site.by("kent"))
    assert mine.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in mine.headers


def test_a_discarded_submission_is_gone(site: Site) -> None:
    place = sent(site)
    assert site.client().delete(place, headers=site.by("kent")).status_code == 204
    assert left(site) == []
    assert site.client().get(place, headers=site.by("kent")).status_code == 410
    assert site.client().delete(place, headers=site.by("kent")).status_code == 410


def test_what_is_published_or_being_worked_on_cannot_be_done_again(site: Site) -> None:
    client, place = site.client(), sent(site)
    assert client.post(f"{place}/publish", headers=site.by("kent")).status_code == 202
    by = site.by("kent")
    for answer in (client.post(f"{place}/publish", headers=by), client.delete(place, headers=by)):
        assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    site.work()
    assert client.post(f"{place}/publish", headers=site.by("kent")).status_code == 409
    assert releases.numbers(site.folder, "kent", "money") == [1]


def test_what_was_compared_with_an_older_release_is_not_published_over_a_newer_one(site: Site) -> None:
    first, second = sent(site), sent(site)
    for place in (first, second):
        assert site.client().post(f"{place}/publish", headers=site.by("kent")).status_code == 202
        site.work()
    found = site.client().get(second, headers=site.by("kent")).json
    assert found["state"] == "checked"
    assert "check it again" in found["message"]
    assert releases.numbers(site.folder, "kent", "money") == [1]


def test_what_a_killed_writer_had_begun_is_begun_again_but_not_for_ever(site: Site) -> None:
    from kb.store.queue import Queue

    answer = site.client().post(MONEY, data=CONFORMING.read_bytes(), headers=TURTLE | site.by("kent"))
    assert Queue(site.folder).begin() is not None  # and then it is killed
    site.work()
    assert site.client().get(answer.headers["Location"], headers=site.by("kent")).json["state"] == "checked"
    answer = site.client().post(MONEY, data=CONFORMING.read_bytes(), headers=TURTLE | site.by("kent"))
    for _ in range(3):
        Queue(site.folder).begin()
    site.work()
    found = site.client().get(answer.headers["Location"], headers=site.by("kent")).json
    assert (found["state"], Queue(site.folder).jobs()) == ("failed", [])


def test_old_drafts_are_let_go(tmp_path: Path) -> None:
    from kb.store.publisher_process import tidy

    site = publishing_site(tmp_path / "data")
    old, new = sent(site), sent(site)
    with Submissions(site.folder).transaction() as connection:
        connection.execute("UPDATE submissions SET changed = '2001-01-01T00:00:00Z' WHERE id = ?", (old[-32:],))
    tidy(site.folder, site.settings)
    assert left(site) == [new[-32:]]
    assert site.client().get(old, headers=site.by("kent")).status_code == 410


def test_a_publisher_sends_so_many_an_hour(tmp_path: Path) -> None:
    site = publishing_site(tmp_path / "data", uploads_per_hour=1)
    sent(site)
    answer = site.client().post(MONEY, data=b"x", headers=TURTLE | site.by("kent"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "600")
