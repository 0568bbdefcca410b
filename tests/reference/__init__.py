"""docs/reference/: what the vocabulary, the protocols, the command, the settings and the site say of themselves.

Each page is made from what it describes, and test_reference.py holds it, so that a change is seen. After one, from the
root of the repository:

    python -m tests.reference
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from . import code_lists, command, http, ontology, protocols, settings

FOLDER = Path(__file__).parent.parent.parent / "docs" / "reference"

ONE_PAGE: dict[str, Callable[[], str]] = {
    "ontology.md": ontology.page,
    "code-lists.md": code_lists.page,
    "protocols.md": protocols.index,
    "command.md": command.page,
    "settings.md": settings.page,
    "http.md": http.page,
}


def pages() -> Iterator[tuple[str, Callable[[], str]]]:
    """The name of each page below docs/reference, and what makes it."""
    yield from ONE_PAGE.items()
    yield from protocols.pages()
