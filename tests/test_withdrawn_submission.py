"""A submission that holds what was withdrawn: its page says so, before anybody tries to publish it."""

from pathlib import Path

import pytest
from publishing_site import CONFORMING, publishing_site

from kb.store import tombstones
from kb.store.clock import now
from kb.store.publication import PublicationRequest, publish
from kb.store.submission_folder import SubmissionFolder
from kb.store.tombstones import Tombstone, hashed


@pytest.mark.parametrize("withdrawn", [False, True])
def test_the_page_says_what_stands_against_it(tmp_path: Path, withdrawn: bool) -> None:
    site = publishing_site(tmp_path)
    publish(site.folder, [PublicationRequest("surrey", "money", (CONFORMING,))], site.settings)
    client = site.signed_in()
    sent = client.post(
        "/api/datasets/kent/money/submissions?name=money.ttl",
        data=CONFORMING.read_bytes(),
        content_type="text/turtle",
        headers=site.by("kent"),
    )
    id = str(sent.json["id"])
    site.work()
    if withdrawn:
        subject = SubmissionFolder(site.folder, id).lines()[0].split(b" ", 1)[0][1:-1].decode()
        stone = Tombstone(1, now(), "decision 12", "record", ("kent/other",), (hashed(subject),), (), {})
        site.folder.withdrawals.mkdir(exist_ok=True)
        tombstones.write(site.folder, stone)
    page = client.get(f"/publish/{id}").text
    assert ("holds something that was withdrawn" in page) is withdrawn
    assert ("Nothing stands against publishing this" in page) is not withdrawn
    assert (f'action="/publish/{id}/publish"' in page) is not withdrawn
