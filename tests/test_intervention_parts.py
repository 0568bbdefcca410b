"""Parts of the page of an intervention that are shown by themselves: every row is on one of their pages."""

import re

import pytest
from flask import Flask
from page_reading import HTML


@pytest.mark.parametrize("part", ["tried", "sources"])
def test_all_of_a_part_is_reached_page_by_page(part: str, shipped_site: Flask) -> None:
    client, last, total, pages = shipped_site.test_client(), 0, 1, 0
    while last < total:
        answer = client.get(f"/concept/intervention/access-and-channels?show={part}&after={last}", headers=HTML)
        told = re.search(r"Rows (\d+) to (\d+) of (\d+)\.", answer.text)
        assert told is not None
        assert int(told[1]) == last + 1
        last, total, pages = int(told[2]), int(told[3]), pages + 1
    assert pages > 1
    beyond = client.get(f"/concept/intervention/access-and-channels?show={part}&after={total + 7}", headers=HTML)
    assert beyond.status_code == 200
    assert "none so far on" in beyond.text
