"""The words of a page as somebody reads them, whatever marks them up."""

import html
import re

from flask.testing import FlaskClient
from page_reading import HTML

_HIDDEN = re.compile(r"<(style|script|head)\b.*?</\1>", re.S)


def words(reader: FlaskClient, address: str) -> str:
    """The text of a page's body, white space closed up."""
    response = reader.get(address, headers=HTML)
    assert response.status_code == 200, (address, response.text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", _HIDDEN.sub("", response.text))).split())
