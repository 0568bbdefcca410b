"""Downloads of a snapshot: complete and alike in every form, built once, taken over where nothing changed."""

import gzip
import hashlib
import shutil
import subprocess
import warnings
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from store_cases import SETTINGS, assert_downloads, new_folder, publish_one

from kb.errors import NotFound
from kb.store import catalogue, releases
from kb.store.distributions.build import is_built
from kb.store.distributions.dumps import join_jsonld, join_turtle, write_dataset
from kb.store.distributions.index import CHECKSUMS, Index, folder_of, read_index
from kb.store.folder import DataFolder
from kb.store.rebuild import rebuild
from kb.store.reconcile import reconcile
from kb.store.snapshots import Snapshots, current_id, ids

GRAPH = "https://kent.example/id/graph/x"


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = new_folder(tmp_path)
    publish_one(folder, "assets", "assets-1.ttl")
    publish_one(folder, "places", "places-1.ttl")
    return folder


def current(folder: DataFolder) -> tuple[Path, Index]:
    """The downloads of the current snapshot, and their index."""
    id = current_id(folder)
    assert id is not None
    index = read_index(folder, id)
    assert index is not None
    return folder_of(folder, id), index


def quads(path: Path) -> set[str]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    suffix = path.name.removesuffix(".gz").rpartition(".")[2]
    format = {"nq": ox.RdfFormat.N_QUADS, "trig": ox.RdfFormat.TRIG, "jsonld": ox.RdfFormat.JSON_LD}[suffix]
    return set(map(str, ox.parse(content, format)))


def test_the_whole_is_alike_in_every_form(folder: DataFolder) -> None:
    path, _ = current(folder)
    expected = quads(path / "all.nq.gz")
    assert quads(path / "all.trig") == expected
    assert quads(path / "all.jsonld") == expected
    lines = [line for name in ("assets", "places") for line in accepted(folder, name)]
    store = Snapshots(folder).current().store
    described = store.quads_for_pattern(None, None, None, ox.NamedNode(catalogue.GRAPH))
    assert expected == {*lines, *map(str, described)}
    assert any('"1.50"' in line for line in expected), "literals are as they were sent"


def accepted(folder: DataFolder, name: str) -> list[str]:
    release = releases.latest(folder, "kent", name)
    assert release is not None
    return list(map(str, ox.parse(b"".join(releases.accepted_pieces(folder, release)), ox.RdfFormat.N_QUADS)))


def test_a_dataset_is_alike_in_every_form(folder: DataFolder) -> None:
    path, _ = current(folder)
    expected = quads(path / "kent_assets.nq.gz")
    assert expected == set(accepted(folder, "assets")) == quads(path / "kent_assets.jsonld")
    turtle = ox.parse((path / "kent_assets.ttl").read_bytes(), ox.RdfFormat.TURTLE)
    graph = ox.NamedNode("https://kent.example/id/graph/assets")
    assert {str(ox.Quad(quad.subject, quad.predicate, quad.object, graph)) for quad in turtle} == expected


@pytest.mark.parametrize(("file", "format"), [("all.trig", "trig"), ("all.jsonld", "json-ld"), ("all.nq.gz", "nquads")])
def test_another_reader_reads_it(folder: DataFolder, file: str, format: str) -> None:
    path, _ = current(folder)
    content = (path / file).read_bytes()
    read = rdflib.Dataset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib warns of its own way of reading
        read.parse(data=gzip.decompress(content) if file.endswith(".gz") else content, format=format)
        assert len(list(read.quads())) == len(quads(path / file))


HARD = """
<https://k.example/a> <https://k.example/p> "@prefix x: <y> .\\n} {\\"\\u00e9" <https://kent.example/id/graph/x> .
<https://k.example/a> <https://k.example/p> "[]"@en-GB <https://kent.example/id/graph/x> .
<https://k.example/b> <https://w3id.org/whatworks/def#p> <https://k.example/a> <https://kent.example/id/graph/x> .
""".lstrip()


def test_texts_that_look_like_syntax(tmp_path: Path) -> None:
    for name, content in (("x", HARD), ("none", "")):
        (tmp_path / f"{name}.nq.gz").write_bytes(gzip.compress(content.encode()))
        write_dataset(tmp_path / name)
    join_turtle([(GRAPH, tmp_path / "x.ttl"), (f"{GRAPH}2", tmp_path / "none.ttl")], tmp_path / "all.trig")
    parts = [tmp_path / f"{name}.jsonld" for name in ("none", "x", "none", "x")]
    join_jsonld(parts, tmp_path / "all.jsonld")
    expected = set(map(str, ox.parse(HARD.encode(), ox.RdfFormat.N_QUADS)))
    assert quads(tmp_path / "all.trig") == quads(tmp_path / "all.jsonld") == expected
    join_jsonld(parts[:1], tmp_path / "all.jsonld")
    assert quads(tmp_path / "all.jsonld") == set()
    turtle = (tmp_path / "x.ttl").read_text(encoding="utf-8")
    assert turtle.startswith("@prefix ww: <https://w3id.org/whatworks/def#> .\n<"), "only the prefix that is used"


def test_the_list_of_checksums_is_one_that_sha256sum_reads(folder: DataFolder) -> None:
    path, index = current(folder)
    checked = subprocess.run(["sha256sum", "--check", "--strict", CHECKSUMS], cwd=path, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count(": OK") == len(index.distributions)


def test_what_did_not_change_is_the_same_file(folder: DataFolder) -> None:
    before, _ = current(folder)
    publish_one(folder, "places", "places-2.ttl")
    after, index = current(folder)
    assert after != before

    def same(file: str) -> bool:
        return (before / file).samefile(after / file)

    for form in ("nq.gz", "ttl", "jsonld"):
        assert same(f"kent_assets.{form}")
        assert not same(f"kent_places.{form}")
    assert same("asset.csv")
    assert not same("place.csv")
    assert not same("all.trig")
    assert [each.made_from for each in index.distributions if each.file == "kent_places.ttl"] == ["kent/places 2"]
    archived = releases.path_of(folder, "kent", "places", 2) / releases.ACCEPTED
    assert archived.samefile(after / "kent_places.nq.gz")


def test_the_same_content_gives_the_same_bytes(folder: DataFolder) -> None:
    path, index = current(folder)
    shutil.rmtree(path)
    reconcile(folder, SETTINGS, lambda step: None)
    assert current(folder) == (path, index)


def test_what_a_dead_writer_left_undone_is_made_good(folder: DataFolder) -> None:
    path, _ = current(folder)
    path.rename(path.with_name(".tmp-distributions"))
    assert not is_built(folder, path.parent.name)
    publish_one(folder, "places", "places-1.ttl")
    assert_downloads(folder, path.parent.name)
    assert list(folder.root.rglob(".tmp-*")) == []


def test_they_are_made_again_from_the_releases(folder: DataFolder) -> None:
    shutil.rmtree(folder.snapshots)
    folder.current.unlink()
    id = rebuild(folder, SETTINGS)
    assert_downloads(folder, id)


def test_a_snapshot_that_is_older_than_downloads_keeps_none(folder: DataFolder) -> None:
    for id in ids(folder):
        shutil.rmtree(folder_of(folder, id))
    publish_one(folder, "places", "places-2.ttl")
    assert [is_built(folder, id) for id in ids(folder)] == [False, True, True]
    assert read_index(folder, ids(folder)[0]) is None


def test_a_copied_snapshot_has_its_downloads(folder: DataFolder, tmp_path: Path) -> None:
    id = current_id(folder) or ""
    shutil.copytree(folder.snapshots / id, tmp_path / "replica" / "snapshots" / id)
    assert_downloads(DataFolder(tmp_path / "replica"), id)


def test_the_counts_are_of_the_merge(folder: DataFolder) -> None:
    _, index = current(folder)
    store = Snapshots(folder).current().store
    merged = list(store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    assert index.whole.triples == sum(index.whole.properties.values()) == len(merged)
    assert index.whole.subjects == len({str(quad.subject) for quad in merged})
    asset = index.whole.classes["https://w3id.org/whatworks/def#Asset"]
    assert asset.entities == 2
    assert asset.properties["https://w3id.org/whatworks/def#floorArea"] == 3


def test_files_of_the_index(folder: DataFolder) -> None:
    path, index = current(folder)
    assert {each.file for each in index.of("dataset", "https://kent.example/id/dataset/assets")} == {
        "kent_assets.nq.gz",
        "kent_assets.ttl",
        "kent_assets.jsonld",
    }
    table = index.file("asset.csv")
    assert (table.kind, table.rows, table.stem, table.form.media_type) == ("table", 2, "asset", "text/csv")
    assert table.sha256 == hashlib.sha256((path / "asset.csv").read_bytes()).hexdigest()
    assert index.file("kent_assets.nq.gz").form.compressed == "application/gzip"
    with pytest.raises(NotFound, match="no such download"):
        index.file("../snapshot.json")
