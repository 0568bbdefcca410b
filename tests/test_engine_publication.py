"""Publishing to an engine elsewhere: readers see the old version or the new one, whatever becomes of a writer."""

import os
import pickle
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import Running, oxigraph
from publishing_site import CONFORMING
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store
from store_cases import new_folder, passing, request
from withdrawal_cases import CASES, RECORD, RULE, TRACES, traces

from kb.config import Settings
from kb.errors import BadSetting, ReleaseDamaged, StoreMissing, StoreUnwritable
from kb.operations.doctor import upkeep
from kb.store import catalogue, readable, releases, versions
from kb.store.engine import engine
from kb.store.engine_snapshots import REMEMBERED
from kb.store.folder import DataFolder
from kb.store.publication import Publication, PublicationRequest, publish, rollback
from kb.store.publisher_process import work_off
from kb.store.rebuild import rebuild
from kb.store.serving import current_id, entries, open_store, snapshots
from kb.store.snapshots import Snapshot
from kb.store.tokens import Tokens
from kb.store.verification import verify
from kb.store.withdrawal.withdraw import Target, withdraw
from web.site import create_app

HERE = Path(__file__).parent


@pytest.fixture
def site(external: Running, tmp_path: Path) -> Iterator[Settings]:
    """A site without content on the engine."""
    external.clear()
    yield external.on(new_folder(tmp_path).root, keep_snapshots=2)
    external.clear()


def folder(site: Settings) -> DataFolder:
    return DataFolder(site.data)


def publish_files(site: Settings, dataset: str, *files: str) -> Publication:
    return publish(folder(site), [request(dataset, *files)], site, checker=passing)[0]


def current(site: Settings) -> Snapshot:
    return snapshots(site).current()


def lines(store: readable.Store, graph: str | None) -> list[str]:
    """The triples of a graph, None for the default graph, in Oxigraph's form of literals."""
    name = NamedNode(graph) if graph else DefaultGraph()
    local = Store()
    for quad in store.quads_for_pattern(None, None, None, name):
        local.load(f"{quad.triple} .".encode(), format=RdfFormat.N_TRIPLES)
    return sorted((local.dump(format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph()) or b"").decode().splitlines())


def expected(site: Settings) -> dict[str | None, list[str]]:
    """Graph → the triples that it must have, by the releases; None is the merge of all."""
    found: dict[str | None, list[str]] = {}
    merge, described = Store(), Store()
    for publisher, dataset in releases.datasets(folder(site)):
        history = releases.history(folder(site), publisher, dataset)
        local = Store()
        for store in (local, merge):
            store.load(b"\n".join(releases.accepted(folder(site), history[-1])), format=RdfFormat.N_TRIPLES)
        for store in (described, merge):
            store.load(b"\n".join(catalogue.describe(history)), format=RdfFormat.N_TRIPLES)
        found[history[-1].graph] = dumped(local)
    return found | {catalogue.GRAPH: dumped(described), None: dumped(merge)}


def dumped(store: Store) -> list[str]:
    return sorted((store.dump(format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph()) or b"").decode().splitlines())


def assert_sound(site: Settings) -> None:
    """What readers get is the latest release of each dataset, the catalogue and the merge; the engine has no more."""
    snapshot = current(site)
    wanted = expected(site)
    assert {name.value for name in snapshot.store.named_graphs()} == wanted.keys() - {None}
    assert {graph: lines(snapshot.store, graph) for graph in wanted} == wanted
    place = engine(site)
    held = {graph for id in versions.ids(place) for graph in versions.read(place, id).held()}
    on_it = place.solutions("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")
    assert {g.value for (g,) in on_it if g.value.startswith(f"{versions.INDEX}/")} == held


def test_what_is_published_is_what_readers_get(site: Settings) -> None:
    with pytest.raises(StoreMissing, match="holds no snapshot"):
        current(site)
    first = publish_files(site, "assets", "assets-1.ttl")
    second = publish_files(site, "places", "places-1.ttl")
    assert_sound(site)
    assert (first.snapshot, second.snapshot) == tuple(entry.id for entry in entries(site))
    assert current(site).record.datasets == {"kent/assets": 1, "kent/places": 1}
    assert current(site).record.parent == first.snapshot
    assert publish_files(site, "places", "places-1.ttl").snapshot == second.snapshot
    assert not folder(site).store.exists()
    assert not folder(site).snapshots.exists()


def test_only_what_changed_is_sent_again(site: Settings) -> None:
    publish_files(site, "assets", "assets-1.ttl")
    publish_files(site, "places", "places-1.ttl")
    place = engine(site)
    before, after = (versions.read(place, id) for id in versions.ids(place))
    assert before.graphs["https://kent.example/id/graph/assets"] == after.graphs["https://kent.example/id/graph/assets"]


def test_a_rollback_brings_the_earlier_content_back(site: Settings) -> None:
    publish_files(site, "assets", "assets-1.ttl")
    before = lines(current(site).store, "https://kent.example/id/graph/assets")
    publish_files(site, "assets", "assets-2.ttl")
    assert lines(current(site).store, "https://kent.example/id/graph/assets") != before
    rollback(folder(site), "kent", "assets", 1, site)
    assert_sound(site)
    assert lines(current(site).store, "https://kent.example/id/graph/assets") == before
    assert current(site).record.datasets == {"kent/assets": 3}


def test_versions_are_kept_as_snapshots_are(site: Settings) -> None:
    ids = [publish_files(site, "assets", f"assets-{number}.ttl").snapshot for number in (1, 2, 1, 2)]
    assert [entry.id for entry in entries(site)] == ids[1:]
    assert_sound(site)
    old = snapshots(site).at(str(ids[2])).store
    assert lines(old, "https://kent.example/id/graph/assets") != lines(
        current(site).store, "https://kent.example/id/graph/assets"
    )


STEPS = ("storing kent/assets", "storing kent/places", "cataloguing", "merging", "switching", "retiring")


@pytest.mark.parametrize("step", STEPS)
def test_readers_see_the_old_version_until_the_new_one_is_whole(site: Settings, step: str) -> None:
    publish_files(site, "assets", "assets-1.ttl")
    publish_files(site, "places", "places-1.ttl")
    before = expected(site)
    readers = snapshots(site)
    old = readers.current()

    def stop(said: str) -> None:
        if said.startswith(step):
            raise InterruptedError("the writer stops here")

    requests = [request("assets", "assets-2.ttl"), request("places", "places-2.ttl")]
    with pytest.raises(StoreUnwritable):
        publish(folder(site), requests, site, checker=passing, on_step=stop)
    seen = {graph: lines(current(site).store, graph) for graph in before}
    assert seen == (expected(site) if step == "retiring" else before)
    assert {graph: lines(old.store, graph) for graph in before} == before
    publish_files(site, "assets", "assets-2.ttl")
    assert_sound(site)
    assert current(site).record.datasets == {"kent/assets": 2, "kent/places": 2}


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from store_cases import passing, request
from kb import config
from kb.store.engine import Engine
from kb.store.folder import DataFolder
from kb.store.publication import publish
merge = Engine.merge
def dies(self, graphs, target):
    merge(self, list(graphs)[:1], target)
    os.kill(os.getpid(), signal.SIGKILL)
Engine.merge = dies
settings = config.load()
publish(DataFolder(settings.data), [request("assets", "assets-2.ttl")], settings, checker=passing)
"""


def test_a_writer_killed_halfway_harms_no_reader(site: Settings, external: Running) -> None:
    publish_files(site, "assets", "assets-1.ttl")
    before = expected(site)
    environ = {f"WHATWORKS_{name.upper()}": value for name, value in external.settings.items()}
    environ |= {"WHATWORKS_DATA": str(site.data), "PATH": os.environ["PATH"]}
    ended = subprocess.run([sys.executable, "-c", KILLED, str(HERE)], env=environ, cwd=HERE.parent, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert {graph: lines(current(site).store, graph) for graph in before} == before
    publish_files(site, "places", "places-1.ttl")
    assert_sound(site)
    assert current(site).record.datasets == {"kent/assets": 2, "kent/places": 1}


def test_an_engine_that_lost_everything_is_filled_from_the_releases(site: Settings, external: Running) -> None:
    publish_files(site, "assets", "assets-1.ttl")
    external.clear()
    assert current_id(folder(site), site) is None
    rebuild(folder(site), site)
    assert_sound(site)


def test_a_site_on_an_engine_can_be_verified(site: Settings, external: Running) -> None:
    publish_files(site, "assets", "assets-1.ttl")
    publish_files(site, "places", "places-1.ttl")
    assert verify(folder(site), site) == []
    assert [finding.level for finding in upkeep.interrupted(site)] == ["ok"]
    external.clear()
    assert [(fault.what, fault.mend) for fault in verify(folder(site), site)] == [
        ("lacks kent/assets release 1, kent/places release 1, or has them in part", "whatworks rebuild")
    ]
    assert any("kent/assets release 1" in finding.said for finding in upkeep.interrupted(site))
    rebuild(folder(site), site)
    assert verify(folder(site), site) == []
    (folder(site).releases / "kent/places/1/accepted.nq.gz").unlink()
    assert [fault.where for fault in verify(folder(site), site)] == ["releases/kent/places/1/accepted.nq.gz"]
    away = external.on(site.data, store="http://127.0.0.1:9/sparql")
    assert "engine" in [fault.where for fault in verify(folder(site), away)]


def test_the_releases_of_another_site_do_not_replace_what_is_there(site: Settings, tmp_path: Path) -> None:
    publish_files(site, "assets", "assets-1.ttl")
    publish_files(site, "assets", "assets-2.ttl")
    before = current_id(folder(site), site)
    other = new_folder(tmp_path / "other")
    with pytest.raises(ReleaseDamaged, match="kent/assets: the engine has a release 2 that is not in .*rebuild"):
        publish(other, [request("places", "places-1.ttl")], site, checker=passing)
    assert current_id(folder(site), site) == before


def test_another_process_opens_a_version_by_its_location(site: Settings, external: Running) -> None:
    publish_files(site, "places", "places-1.ttl")
    snapshot = current(site)
    assert "password" not in repr(snapshot.location)
    store = open_store(pickle.loads(pickle.dumps(snapshot.location)))
    publish_files(site, "places", "places-2.ttl")
    assert "Meregate" not in str(lines(store, None))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"store_password": "wrong-7c1"}, StoreUnwritable),
        ({"store_update": ""}, BadSetting),
        ({"store_graphs": ""}, BadSetting),
        ({"store_graphs": "http://127.0.0.1:9/store"}, StoreUnwritable),
        ({"store": "http://127.0.0.1:9/sparql"}, StoreMissing),
    ],
)
def test_what_keeps_a_writer_out_is_said_without_the_password(
    site: Settings, external: Running, change: dict[str, str], error: type[Exception]
) -> None:
    if "store_password" in change and external.name == "oxigraph":
        return  # it asks nobody for credentials
    publish_files(site, "assets", "assets-1.ttl")
    before = current_id(folder(site), site)
    with pytest.raises(error) as refused:
        publish_files(external.on(site.data, **change), "assets", "assets-2.ttl")
    assert "wrong-7c1" not in str(refused.value) + repr(external.on(site.data, **change))
    assert "\n" not in str(refused.value)
    assert current_id(folder(site), site) == before




def test_a_site_says_that_its_engine_is_away_and_is_back_with_it(tmp_path: Path) -> None:
    site = new_folder(tmp_path)
    with oxigraph(tmp_path) as running:
        settings = running.on(site.root)
        publish_files(settings, "places", "places-1.ttl")
        client = create_app(settings).test_client()
        assert client.get("/doc/place/2").status_code == 200
        port = int(settings.store.rpartition(":")[2].partition("/")[0])
    time.sleep(REMEMBERED)
    away = client.get("/doc/place/3")
    assert (away.status_code, away.headers["Cache-Control"]) == (503, "no-store")
    with oxigraph(tmp_path, port):
        rebuild(site, settings)
        assert client.get("/doc/place/3").status_code == 200


def test_what_is_withdrawn_is_gone_from_the_engine(site: Settings) -> None:
    for name in ("assets-1.ttl", "assets-2.ttl"):
        asked = PublicationRequest("kent", "assets", (CASES / name,))
        publish(folder(site), [asked], site, checker=passing)
    place = engine(site)

    def held() -> set[str]:
        every = place.solutions("SELECT * WHERE { GRAPH ?g { ?s ?p ?o } }")
        said = " ".join(str(term.value) for row in every for term in row).lower()
        return {trace for trace in TRACES if trace in said}

    assert held() == set(TRACES)
    withdraw(folder(site), Target(RECORD), RULE, site)
    assert held() == set()
    assert_sound(site)
    assert traces(folder(site).root) == set()


def test_a_site_on_an_engine_says_that_it_shows_no_draft(site: Settings) -> None:
    publish_files(site, "assets", "assets-1.ttl")
    _, written = Tokens(folder(site)).create("kent", "team", "publish", 1)
    client, head = create_app(site).test_client(), {"Authorization": f"Bearer {written}"}
    address = "/api/datasets/kent/money/submissions"
    turtle = {"Content-Type": "text/turtle"}
    id = client.post(address, data=CONFORMING.read_bytes(), headers=head | turtle).json["id"]
    work_off(folder(site), site)
    refused = client.get(f"/datasets?draft={id}&format=ttl", headers=head)
    assert (refused.status_code, "in an engine elsewhere" in refused.text) == (404, True)
    key = re.findall(r'name="form-key" value="([^"]+)"', client.get("/sign-in").text)[0]
    client.post("/sign-in", data={"token": written, "form-key": key, "next": "/publish"})
    page = client.get(f"/publish/{id}").text
    assert "What publishing would do" in page
    assert "draft=" not in page
    client.post(f"/api/submissions/{id}/publish", headers=head)
    work_off(folder(site), site)
    assert client.get(f"/api/submissions/{id}", headers=head).json["state"] == "published"
    assert current(site).record.datasets == {"kent/assets": 1, "kent/money": 1}
