"""What the tests of the store share: a data folder with one publisher, its small files, and what must always hold."""

import hashlib
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store

from kb import config
from kb.config import Settings
from kb.protocols.check import Earlier
from kb.protocols.report import Report, Result, Severity
from kb.store import catalogue, releases
from kb.store.distributions.index import CHECKSUMS, INDEX, folder_of, read_index
from kb.store.folder import DataFolder
from kb.store.publication import Publication, PublicationRequest, publish
from kb.store.snapshots import Snapshots
from kb.store.state import State

CASES = Path(__file__).parent / "store"
BASE = "https://kent.example"
SETTINGS = config.load({})


def _verdict(severity: Severity, number: int) -> Report:
    thing = f"{BASE}/id/asset/1"
    return Report(tuple(Result(thing, None, None, severity, "sh:c", f"sh:{n}", "") for n in range(number)))


def passing(lines: list[bytes], *, engine: str, earlier: Earlier | None) -> Report:
    """In the place of the protocol check: two warnings, whatever the lines."""
    return _verdict(Severity.WARNING, 2)


def failing(lines: list[bytes], *, engine: str, earlier: Earlier | None) -> Report:
    """In the place of the protocol check: a violation, whatever the lines."""
    return _verdict(Severity.VIOLATION, 1)


def new_folder(path: Path) -> DataFolder:
    """A data folder in which `kent` may publish."""
    folder = DataFolder(path / "data")
    State(folder).add_publisher("kent", BASE)
    return folder


def request(dataset: str, *files: str) -> PublicationRequest:
    """Asks to publish files of tests/store as a dataset of Kent."""
    return PublicationRequest("kent", dataset, tuple(CASES / name for name in files))


def publish_one(folder: DataFolder, dataset: str, *files: str, settings: Settings = SETTINGS) -> Publication:
    """Publishes files of tests/store as a dataset of Kent, unchecked by protocols."""
    return publish(folder, [request(dataset, *files)], settings, checker=passing)[0]


def dump(store: Store) -> list[bytes]:
    """The whole store as sorted N-Quads."""
    return sorted((store.dump(format=RdfFormat.N_QUADS) or b"").splitlines())


def content(store: Store) -> list[str]:
    """The quads of the datasets, sorted: without the catalogue, whose times differ from run to run, and the merge."""
    apart = (DefaultGraph(), NamedNode(catalogue.GRAPH))
    return sorted(str(quad) for quad in store if quad.graph_name not in apart)


def assert_sound(folder: DataFolder) -> None:
    """`current` is the latest release of every dataset, its merge and its catalogue."""
    snapshot = Snapshots(folder).current()
    expected = Store()
    for publisher, dataset in releases.datasets(folder):
        history = releases.history(folder, publisher, dataset)
        last = history[-1]
        _load(expected, releases.accepted(folder, last), last.graph)
        _load(expected, catalogue.describe(history), catalogue.GRAPH)
        assert snapshot.record.datasets[f"{publisher}/{dataset}"] == last.number
    expected.extend([Quad(q.subject, q.predicate, q.object) for q in expected])
    assert dump(snapshot.store) == dump(expected)
    assert_downloads(folder, snapshot.id)


def assert_downloads(folder: DataFolder, id: str) -> None:
    """The distributions of a snapshot are all there and as their index says."""
    index = read_index(folder, id)
    assert index is not None
    parent = folder_of(folder, id)
    listed = {each.file for each in index.distributions}
    assert {path.name for path in parent.iterdir()} == listed | {INDEX, CHECKSUMS}
    for each in index.distributions:
        content = (parent / each.file).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (each.bytes, each.sha256), each.file


def _load(store: Store, lines: list[bytes], graph: str) -> None:
    store.load(input=b"\n".join(lines), format=RdfFormat.N_TRIPLES, to_graph=NamedNode(graph))
