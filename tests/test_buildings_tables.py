"""The tables of buildings: each folder of tests/buildings has assets, the pairs expected of them, and no other."""

import shutil
import tomllib
from itertools import product
from pathlib import Path
from typing import Any

import numpy
import pytest
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store
from store_cases import SETTINGS, new_folder, publish_one

from kb.ask.buildings.merging import because, confidence
from kb.ask.buildings.sharing import Sought, pairs, side
from kb.ask.buildings.wanted import in_place
from kb.ask.resource import exists
from kb.errors import NotFound
from kb.namespaces import HOME, concept
from kb.store.buildings import near, reasons, same
from kb.store.buildings.build import build
from kb.store.buildings.gather import Building, ancestors, gather, solutions
from kb.store.buildings.points import CROWD, projected
from kb.store.buildings.tables import FORM, folder_of, has_tables, read
from kb.store.buildings.uses import codes, compatible_uses
from kb.store.checkpoint import switch
from kb.store.folder import DataFolder
from kb.store.payments.build import has_totals
from kb.store.reconcile import reconcile
from kb.store.snapshots import Snapshots, current_id, record_of
from kb.vocabulary import codes as codes_of_list

CASES = sorted(path for path in (Path(__file__).parent / "buildings").iterdir() if path.is_dir())
DAY = "2026-11-28"
ID = "https://area.example/id/asset/"


def found_in(case: Path) -> tuple[list[Building], near.Near, same.Same, Any]:
    store = Store()
    for graph in (DefaultGraph(), NamedNode("https://area.example/id/graph/buildings")):
        store.load(path=str(case / "assets.ttl"), format=RdfFormat.TURTLE, to_graph=graph)
    for name in ("asset-use", "organisation-type"):
        ontology = Path(__file__).parent.parent / "ontology" / f"concept-{name}.ttl"
        store.load(path=str(ontology), format=RdfFormat.TURTLE)
    buildings = gather(store, DAY)
    above = ancestors(solutions(store, "broader"))
    usual = reasons.medians(buildings)
    bits = numpy.array([reasons.reasons(each, DAY, usual) for each in buildings], dtype=numpy.uint8)
    points = projected(buildings)
    return buildings, near.near(buildings, points, bits, above, 1000), same.same(buildings, points), points


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_pairs_and_duplicates_are_those_expected(case: Path) -> None:
    expected = tomllib.loads((case / "expected.toml").read_text(encoding="utf-8"))
    buildings, pairs_, doubles, points = found_in(case)
    names = [each.iri.removeprefix(ID) for each in buildings]
    found = [
        {"pair": sorted((names[one], names[other])), "metres": round(float(metres)), "level": int(level)}
        for one, other, metres, level in zip(pairs_.one, pairs_.other, pairs_.metres, pairs_.level, strict=True)
    ]
    assert found == [each | {"pair": sorted(each["pair"])} for each in expected["near"]]
    alike = []
    for one, other, by, likeness in zip(doubles.one, doubles.other, doubles.by, doubles.alike, strict=True):
        metres = float(numpy.hypot(*(points[one] - points[other])))
        said = because(int(by), int(likeness), metres if metres == metres else None)
        sure = confidence(int(by), int(likeness))
        alike.append({"pair": sorted((names[one], names[other])), "sure": sure, "because": said})
    wanted = [each | {"pair": sorted(each["pair"])} for each in expected["same"]]
    assert sorted(alike, key=lambda each: each["pair"]) == sorted(wanted, key=lambda each: each["pair"])
    for name, figures in expected.get("figures", {}).items():
        measured = buildings[names.index(name)].measured
        assert {key: getattr(measured, key) for key in figures} == pytest.approx(figures, nan_ok=True)


def test_blocks_side_by_side_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    buildings = [
        Building(iri=f"{ID}{i}", name=str(i), longitude=0.5 + (i % 17) / 500, latitude=51.2 + (i % 13) / 500,
                 reporter=f"{ID}body-{i % 3}", uses=(concept("asset-use", ("library", "office")[i % 2]),))
        for i in range(120)
    ]  # fmt: skip
    bits, points = numpy.arange(120, dtype=numpy.uint8) % 7, projected(buildings)
    whole = near.near(buildings, points, bits, {}, 1000)
    monkeypatch.setattr(near, "AT_A_TIME", 7)
    parts = near.near(buildings, points, bits, {}, 1000)
    assert len(whole.one) > 500
    for name in ("one", "other", "metres", "level", "found"):
        assert numpy.array_equal(getattr(whole, name), getattr(parts, name)), name
    assert whole.left_out == parts.left_out


def test_a_chain_of_places_longer_than_the_stack_is_climbed() -> None:
    steps = 2_000
    chain = [(NamedNode(f"{ID}{step}"), NamedNode(f"{ID}{(step + 1) % steps}")) for step in range(steps)]
    above = ancestors(chain)
    assert {len(found) for found in above.values()} == {steps - 1}, "each has all others above it, and not itself"


def crowd(count: int, step: float, *uses: str) -> list[Building]:
    """Buildings in a row, a body and one of the uses for each in turn."""
    return [
        Building(
            iri=f"{ID}{number}",
            longitude=0.8 + number * step,
            latitude=51.1,
            reporter=f"https://area.example/id/organisation/{number}",
            uses=(concept("asset-use", uses[number % len(uses)]),),
        )
        for number in range(count)
    ]


def test_in_dense_places_the_best_of_each_use_are_kept_and_the_rest_is_counted() -> None:
    buildings = crowd(120, 0.00001, "library", "fire-station", "community-hall", "gateway")
    found = near.near(buildings, projected(buildings), numpy.zeros(120, dtype=numpy.uint8), {}, 1000)
    every = int(found.found.sum()) // 2
    assert every == len(found.one) + found.left_out
    assert found.left_out > every / 2
    assert {int(row) for row in (*found.one, *found.other)} == set(range(120)), "each building keeps some"
    best = [float(found.metres[(found.one == row) | (found.other == row)].min()) for row in range(120)]
    assert max(best) < 2, "and the nearest of them"


def test_a_point_that_stands_for_a_whole_area_makes_no_pairs() -> None:
    buildings = crowd(CROWD + 1, 0.0, "library", "gateway")
    points = projected(buildings)
    assert not len(near.near(buildings, points, numpy.zeros(CROWD + 1, dtype=numpy.uint8), {}, 1000).one)
    assert not len(same.same(buildings, points).one)


def test_distances_are_those_of_the_ground() -> None:
    # The geodesic between the two points on WGS84 by Karney's method: 699.746 m.
    at = (("a", 0.872), ("b", 0.882))
    ashford = [Building(iri=name, longitude=longitude, latitude=51.1477) for name, longitude in at]
    one, other = projected(ashford)
    assert abs(numpy.hypot(*(one - other)) / 699.746 - 1) < 0.002


def test_every_use_that_goes_with_another_is_a_code_and_has_a_reason(shipped_folder: DataFolder) -> None:
    known = {concept("asset-use", code) for code in codes_of_list("asset-use")}
    assert set(codes(compatible_uses())) <= known
    store = Snapshots(shipped_folder).current().store
    told = set()
    for row in compatible_uses():
        assert row.reason, row
        assert not row.source or exists(store, f"{HOME}/id/{row.source}"), row.source
        assert frozenset((row.one, row.other)) not in told, f"{row.one} with {row.other} stands twice"
        told.add(frozenset((row.one, row.other)))


def test_the_tables_are_made_with_a_snapshot_and_again_where_they_are_missing(tmp_path: Path) -> None:
    folder = new_folder(tmp_path)
    publish_one(folder, "assets", "assets-1.ttl")
    id = current_id(folder)
    assert id is not None
    first = read(folder, id)
    assert len(first.buildings) > 0
    shutil.rmtree(folder_of(folder, id))
    with pytest.raises(NotFound):
        read(folder, id)
    reconcile(folder, SETTINGS, lambda step: None)
    assert has_tables(folder, id)
    names = [table.buildings.texts("name", range(len(table.buildings))) for table in (first, read(folder, id))]
    assert names[0] == names[1]


def test_no_reader_finds_a_snapshot_before_its_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, switched = new_folder(tmp_path), []

    def watched(folder: DataFolder, id: str) -> None:
        switched.append((has_tables(folder, id), has_totals(folder, id)))
        switch(folder, id)

    monkeypatch.setattr("kb.store.reconcile.switch", watched)
    publish_one(folder, "assets", "assets-1.ttl")
    assert switched == [(True, True)]


def test_a_snapshot_of_another_form_is_made_anew(tmp_path: Path) -> None:
    folder = new_folder(tmp_path)
    publish_one(folder, "assets", "assets-1.ttl")
    id = current_id(folder)
    assert id is not None
    index = folder_of(folder, id) / "index.json"
    index.write_text(index.read_text(encoding="utf-8").replace(f'"form": {FORM}', '"form": 0'), encoding="utf-8")
    assert not has_tables(folder, id)
    build(folder.snapshots / id, record_of(folder.snapshots / id), 1000)
    assert has_tables(folder, id)
    assert [path.name for path in (folder.snapshots / id).iterdir() if path.name.startswith(".")] == []


SIDES = ("", "kind:local-government", "kind:police", "use:office", "body:organisation/nobody")


@pytest.mark.parametrize("fit", ["", "possibly"])
@pytest.mark.parametrize("near_place", [False, True])
@pytest.mark.parametrize(("one", "other"), [*product(SIDES, SIDES)])
def test_pairs_are_those_that_fit_both_sides_and_the_place(
    invented_folder: DataFolder, one: str, other: str, near_place: bool, fit: str
) -> None:
    id = current_id(invented_folder)
    assert id is not None
    tables = read(invented_folder, id)
    every = pairs(tables, Sought(within=1000))
    assert every is not None
    whole = every.part(0, len(every))
    place = tables.index.places[tables.buildings.texts("places", [whole[0][0]])[0][0]] if near_place else ""
    found = pairs(tables, Sought(one=one, other=other, place=place, within=1000, fit=fit))
    assert found is not None
    ones, others = side(tables, one), side(tables, other)
    there = in_place(tables, place)
    expected = [
        pair
        for pair in whole
        if any(ones[a] and others[b] for a, b in (pair[:2], pair[1::-1]))
        and (not near_place or there[pair[0]] or there[pair[1]])
        and (not fit or pair[3] >= 1)
    ]
    assert found.part(0, len(found)) == expected


def test_one_building_has_all_of_its_pairs(invented_folder: DataFolder) -> None:
    id = current_id(invented_folder)
    assert id is not None
    tables = read(invented_folder, id)
    among_all = pairs(tables, Sought(within=1000))
    assert among_all is not None
    assert len(among_all) > 0
    every = [(one, other) for one, other, *_ in among_all.part(0, len(among_all))]
    for row in {row for pair in every for row in pair}:
        [iri] = tables.buildings.texts("iri", [row])
        own = pairs(tables, Sought(within=1000, near=iri))
        assert own is not None
        expected = {sum(pair) - row for pair in every if row in pair}
        assert {other for _, other, *_ in own.part(0, len(own))} == expected
        assert tables.buildings.numbers("near")[row] == len(expected)
