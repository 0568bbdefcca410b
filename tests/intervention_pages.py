"""Pages of interventions as a reader sees them: the words of a page, of a section, of a card at its head."""

import re

from flask.testing import FlaskClient

HTML = {"Accept": "text/html"}
LARGEST = 100_000
"""Bytes of a page."""

AREA = "https://area.example/id/"


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address, headers=HTML)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def section(html: str, name: str) -> str:
    """The words of a section by the id of its heading."""
    [found] = re.findall(rf'<section[^>]* aria-labelledby="{name}">(.*?)</section>', html, re.DOTALL)
    return words(found)


def card(html: str, name: str) -> str:
    """The words of a card at the top, without what it explains on request."""
    [found] = re.findall(rf'aria-labelledby="headline-{name}">(.*?)<details', html, re.DOTALL)
    return words(found)
