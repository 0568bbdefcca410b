"""The search index of a snapshot: what a publication touches is made again, the rest taken over."""

import json
import shutil
from pathlib import Path

import pytest
import tantivy
from store_cases import new_folder, passing, publish_one

from kb import config
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish
from kb.store.search_index import build, schema
from kb.store.snapshots import Snapshots, ids
from kb.store.state import State

BASE = "https://area.example"


def entries(path: Path) -> dict[str, tuple[str, ...]]:
    """IRI → what a line of results shows, and every value that the entry can be narrowed to."""
    searcher = schema.searcher(path)
    everything = searcher.search(tantivy.Query.all_query(), 100_000).hits
    found: dict[str, list[str]] = {}
    for _, address in everything:
        document = searcher.doc(address)
        [iri] = document["iri"]
        assert iri not in found, f"{iri} is there twice"
        found[iri] = [document["name"][0], document["shown"][0]]
    for facet in schema.FACETS:
        for value, _ in searcher.terms_with_prefix(facet, ""):
            query = tantivy.Query.term_query(schema.schema(), facet, value)
            for _, address in searcher.search(query, 100_000).hits:
                found[searcher.doc(address)["iri"][0]].append(f"{facet} {value}")
    return {iri: tuple(said) for iri, said in found.items()}


def words_of(path: Path) -> dict[str, int]:
    """Field and term → in how many entries it stands."""
    searcher = schema.searcher(path)
    fields = (*schema.TEXTS, schema.WORDS, schema.HEADING)
    # What a deleted entry had goes with its segment, so each is counted by a search.
    return {
        f"{field} {term}": count
        for field in fields
        for term, _ in searcher.terms_with_prefix(field, "")
        if (count := len(searcher.search(tantivy.Query.term_query(schema.schema(), field, term), 100_000).hits))
    }


def search_of(folder: DataFolder, id: str | None = None) -> Path:
    return folder.snapshots / (id or ids(folder)[-1]) / schema.FOLDER


def register(*rows: tuple[str, str, str]) -> str:
    """A small register in Turtle: slug, name and the slug of the place of each asset."""
    head = (
        "@prefix ww: <https://w3id.org/whatworks/def#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "@prefix geo: <http://www.opengis.net/ont/geosparql#> .\n"
    )
    return head + "".join(
        f'<{BASE}/id/asset/{slug}> a ww:Asset ; skos:prefLabel "{name}"@en ; ww:locatedIn <{BASE}/id/place/{place}> .\n'
        for slug, name, place in rows
    )


PLACES = (
    "<{b}/id/place/{p}> a ww:Place ; skos:prefLabel '{name}'@en ; geo:sfWithin <{b}/id/place/shire> ;"
    " ww:placeType <https://w3id.org/whatworks/concept/place-type/town-or-city> .\n"
    "<{b}/id/place/shire> a ww:Place ; skos:prefLabel '{shire}'@en ;"
    " ww:placeType <https://w3id.org/whatworks/concept/place-type/two-tier-county> .\n"
)


def published(folder: DataFolder, tmp_path: Path, dataset: str, text: str) -> str:
    file = tmp_path / f"{dataset}.ttl"
    file.write_text(text, encoding="utf-8")
    found = config.load({}, data=folder.root)
    [made] = publish(folder, [PublicationRequest("area", dataset, (file,))], found, checker=passing)
    assert made.snapshot
    return made.snapshot


def towns(name: str, shire: str = "Oldshire") -> str:
    return register() + PLACES.format(b=BASE, p="town", name=name, shire=shire)


@pytest.fixture
def area(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    State(folder).add_publisher("area", BASE)
    published(folder, tmp_path, "places", towns("Oldtown"))
    rows = [(f"b{n}", f"Depot {n}", "town" if n < 3 else "elsewhere") for n in range(60)]
    published(folder, tmp_path, "assets", register(*rows))
    return folder


def afresh(folder: DataFolder, tmp_path: Path) -> Path:
    path = tmp_path / "afresh"
    build.make(Snapshots(folder).current().store, path)
    return path


@pytest.mark.parametrize("case", ["renamed asset", "removed asset", "added asset", "renamed place", "renamed county"])
def test_taken_over_entries_are_as_if_made_afresh(area: DataFolder, tmp_path: Path, case: str) -> None:
    before = search_of(area)
    rows = [(f"b{n}", f"Depot {n}", "town" if n < 3 else "elsewhere") for n in range(60)]
    if case == "renamed asset":
        rows[5] = ("b5", "Library 5", "town")
    if case == "removed asset":
        del rows[7]
    if case == "added asset":
        rows.append(("b99", "Museum", "town"))
    if case == "renamed place":
        published(area, tmp_path, "places", towns("Newtown"))
    elif case == "renamed county":
        published(area, tmp_path, "places", towns("Oldtown", "Newshire"))
    else:
        published(area, tmp_path, "assets", register(*rows))
    now, fresh = search_of(area), afresh(area, tmp_path)
    assert now != before
    assert entries(now) == entries(fresh)
    assert words_of(now) == words_of(fresh)
    shared = {file.name for file in now.iterdir()} & {file.name for file in before.iterdir()}
    assert any(name.endswith(".store") for name in shared), "the larger part was taken over"
    assert entries(before) != entries(now), "the index of the snapshot before is as it was"


def test_findings_that_come_and_go_are_counted_with_their_intervention(
    shipped_folder: DataFolder, tmp_path: Path
) -> None:
    folder = DataFolder(Path(shutil.copytree(shipped_folder.root, tmp_path / "data", symlinks=True)))
    State(folder).add_publisher("area", BASE)
    drug_courts = "https://w3id.org/whatworks/id/intervention/adult-drug-courts"

    def counted() -> dict[str, int]:
        shown = json.loads(entries(search_of(folder))[drug_courts][1])
        return dict(shown["findings"])

    def finding(slug: str) -> str:
        return (
            f"<{BASE}/id/finding/{slug}> a ww:Finding ; skos:prefLabel 'Finding {slug}'@en ; ww:ofIntervention"
            f" <{drug_courts}> ; ww:desirability <https://w3id.org/whatworks/concept/desirability/undesirable> ;"
            " ww:effectDirection <https://w3id.org/whatworks/concept/effect-direction/increase> .\n"
        )

    first = counted()
    published(folder, tmp_path, "findings", register() + finding("one") + finding("two"))
    assert counted() == {**first, "worse": first.get("worse", 0) + 2}
    published(folder, tmp_path, "findings", register() + finding("one"))
    assert counted() == {**first, "worse": first.get("worse", 0) + 1}


@pytest.mark.parametrize("before", ["none", "another form"])
def test_an_index_that_is_missing_or_of_another_form_is_made_by_the_next_writer(tmp_path: Path, before: str) -> None:
    from kb.store.publication import catch_up

    folder = new_folder(tmp_path)
    publish_one(folder, "places", "places-1.ttl")
    if before == "none":
        shutil.rmtree(search_of(folder))
    else:
        (search_of(folder) / schema.FORM).write_text("0\n")
    catch_up(folder, config.load({}, data=folder.root))
    assert build.is_built(folder, ids(folder)[-1])
    assert entries(search_of(folder))
    assert not list(search_of(folder).parent.glob(".tmp-*"))


def test_what_was_made_in_another_form_is_not_read(area: DataFolder) -> None:
    (search_of(area) / schema.FORM).write_text("0\n")
    assert not build.is_built(area, ids(area)[-1])


def test_reading_leaves_the_folder_as_it_is(area: DataFolder) -> None:
    path = search_of(area)
    before = sorted(file.name for file in path.iterdir())
    searcher = schema.searcher(path)
    hits = searcher.search(tantivy.Query.term_query(schema.schema(), "title", "depot"), 5).hits
    assert [searcher.doc(address)["name"][0][:5] for _, address in hits] == ["Depot"] * 5
    assert sorted(file.name for file in path.iterdir()) == before
    assert [name for name in before if name.endswith(".lock")] == []
