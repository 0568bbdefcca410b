"""A page as a test reads it: its elements with their attributes, and its text by element."""

from html.parser import HTMLParser

from flask.testing import FlaskClient

HTML = {"Accept": "text/html"}


class Reading(HTMLParser):
    """What a test asks of a page: its elements with their attributes, and its text by element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag in ("title", "h1", "caption", "td", "th", "textarea", "pre"):
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open[-1]][-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of this kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    def text(self, tag: str) -> list[str]:
        """The text of every element of this kind, white space closed up."""
        return [" ".join(text.split()) for text in self.texts.get(tag, [])]


def read(reader: FlaskClient, address: str) -> Reading:
    response = reader.get(address, headers=HTML)
    assert response.status_code == 200, (address, response.text)
    return Reading(response.text)
