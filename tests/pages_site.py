"""A site: the vocabulary, code lists and protocols that ship, the facts of tests/pages, and lessons for three pages."""

from pathlib import Path

from kb import config
from kb.config import Settings
from kb.namespaces import HOME, WW
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish, register_unchecked
from kb.store.shipped import PUBLISHER, shipped_requests
from kb.store.state import State

HERE = Path(__file__).parent
LESSONS = 120


def settings(root: Path) -> Settings:
    """The default settings with their data in `root`, where the site is published."""
    found = config.load({}, data=root / "data")
    folder = DataFolder(found.data)
    State(folder).add_publisher(PUBLISHER, HOME)
    State(folder).add_publisher("area", "https://area.example")
    register_unchecked(folder, "area", "kent")
    lessons = root / "lessons.ttl"
    lessons.write_text("".join(lesson(number) for number in range(1, LESSONS + 1)), encoding="utf-8")
    facts = PublicationRequest("area", "kent", (*sorted((HERE / "pages").glob("*.ttl")), lessons))
    background = [request for request in shipped_requests() if request.background]
    publish(folder, [*background, facts], found)
    return found


def lesson(number: int) -> str:
    """One lesson in Turtle; names sort by number."""
    return (
        f"<https://area.example/id/lesson/{number}> a <{WW}LessonLearned> ;\n"
        f'  <http://www.w3.org/2004/02/skos/core#prefLabel> "Lesson {number:03d}"@en ;\n'
        f"  <{WW}observedIn> <https://area.example/id/pilot/kent> .\n"
    )
