"""The data of which questions are asked that what ships cannot answer."""

from pathlib import Path

from kb import config
from kb.namespaces import HOME
from kb.store.draft import PublicationRequest
from kb.store.folder import DataFolder
from kb.store.publication import publish
from kb.store.shipped import PUBLISHER, shipped_requests
from kb.store.state import State

FIXTURE = Path(__file__).parent / "queries" / "fixture"


def publish_invented(folder: DataFolder) -> None:
    """Publishes the vocabulary, code lists and protocols that ship, with the fixture in place of the knowledge."""
    State(folder).add_publisher(PUBLISHER, HOME)
    State(folder).add_publisher("example", "https://data.example.org")
    background = [request for request in shipped_requests() if request.background]
    facts = [PublicationRequest("example", path.stem, (path,)) for path in sorted(FIXTURE.glob("*.ttl"))]
    publish(folder, background + facts, config.load({}, data=folder.root))
