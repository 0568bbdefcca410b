"""Harvesting between two running sites: what is new, unchanged, refused or skipped, and which addresses are asked."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bad_site import bad_site
from conftest import served
from flask import Flask, Response
from test_serve import START, started

from kb import config
from kb.config import Settings
from kb.elsewhere.harvest import harvest
from kb.errors import BadInput, ServiceFailed
from kb.store import releases
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish, register_unchecked
from kb.store.state import State
from web.cli import main

AREA = "eastmoor"
BASE = f"https://data.{AREA}.example"
REGISTER = Path(__file__).parent / "several-sites" / f"{AREA}.ttl"


class Source:
    """The other area's site, which runs in processes of its own."""

    def __init__(self, root: Path, address: str) -> None:
        self.folder, self.address = DataFolder(root), address
        self.settings = config.load({}, data=root)

    def publish(self, text: str, name: str = "buildings") -> None:
        path = self.folder.root.parent / f"{name}.ttl"
        path.write_text(text, encoding="utf-8")
        publish(self.folder, [PublicationRequest(AREA, name, (path,))], self.settings)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    root = tmp_path_factory.mktemp("source") / "data"
    State(DataFolder(root)).add_publisher(AREA, BASE)
    Source(root, "").publish(REGISTER.read_text(encoding="utf-8"))
    with started([sys.executable, "-c", START, str(root)]) as (_, address):
        yield Source(root, address)


@pytest.fixture
def here(tmp_path: Path, source: Source) -> Settings:
    """This site, with nothing in it, which may ask the other one."""
    State(DataFolder(tmp_path / "here")).add_publisher(AREA, BASE)
    return config.load({}, data=tmp_path / "here", private_sites=f"{source.address}/")


def outcomes(settings: Settings, source: Source) -> dict[str, str]:
    found = harvest(DataFolder(settings.data), f"{source.address}/datasets", AREA, settings)
    return {each.dataset: each.outcome for each in found if each.dataset.startswith(BASE)}


def content(settings: Settings) -> list[bytes]:
    latest = releases.latest(DataFolder(settings.data), AREA, "buildings")
    return releases.accepted(DataFolder(settings.data), latest) if latest else []


def test_what_is_new_and_what_has_changed_is_published(here: Settings, source: Source) -> None:
    text = REGISTER.read_text(encoding="utf-8")
    assert outcomes(here, source) == {f"{BASE}/id/dataset/buildings": "published"}
    theirs = releases.latest(source.folder, AREA, "buildings")
    assert theirs is not None
    assert content(here) == releases.accepted(source.folder, theirs)
    ours = releases.latest(DataFolder(here.data), AREA, "buildings")
    assert ours is not None
    assert (ours.checked_by, ours.protocols.keys() >= {"dp-01"}) == ("protocols", True)

    assert outcomes(here, source) == {f"{BASE}/id/dataset/buildings": "unchanged"}
    found = harvest(DataFolder(here.data), f"{source.address}/datasets", AREA, here, only=["buildings"])
    assert [each.said for each in found] == ["not changed since the last harvest"]  # by 304: nothing was sent

    source.publish(text.replace("Training room", "Training hall"))
    assert outcomes(here, source) == {f"{BASE}/id/dataset/buildings": "published"}
    assert b"Training hall" in b"\n".join(content(here))
    source.publish(text)


def test_what_does_not_conform_leaves_the_release_before(
    here: Settings, source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes(here, source)
    before = content(here)
    text = REGISTER.read_text(encoding="utf-8")
    register_unchecked(source.folder, AREA, "buildings")  # there nobody checks it any more
    try:
        source.publish(text.replace('skos:prefLabel "Station 9"@en ;', ""))
        arguments = ["harvest", f"{source.address}/datasets", "--publisher", AREA, "--once", "--data", str(here.data)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("WHATWORKS_PRIVATE_SITES", f"{source.address}/")
            assert main(arguments) == 1
    finally:
        source.publish(text)
    said = capsys.readouterr().out
    assert f"{BASE}/id/dataset/buildings\trefused" in said
    assert "Does not conform" in said
    assert "station-9" in said
    assert content(here) == before


def test_what_is_unchecked_here_or_anothers_is_skipped(here: Settings, source: Source) -> None:
    register_unchecked(DataFolder(here.data), AREA, "buildings")
    assert outcomes(here, source) == {f"{BASE}/id/dataset/buildings": "skipped"}
    State(DataFolder(here.data)).add_publisher("others", "https://others.example")
    found = harvest(DataFolder(here.data), f"{source.address}/datasets", "others", here)
    assert {each.outcome for each in found} == {"skipped"}
    assert any("is not under the base of others" in each.said for each in found)
    assert releases.datasets(DataFolder(here.data)) == []


def test_many_that_are_skipped_are_told_together(here: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Of 140 without a protocol and two with another's, the former have one line, or one each where that is asked."""
    others, base = Flask("others"), "https://others.example/id/dataset"
    unfit = "".join(f"<{base}/d{number:03}> a dcat:Dataset .\n" for number in range(140))
    foreign = "".join(
        f"<{base}/{name}> a dcat:Dataset ; dcterms:conformsTo <https://w3id.org/whatworks/protocols/{name}> .\n"
        for name in ("dp-98", "dp-99")
    )
    prefixes = "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dcterms: <http://purl.org/dc/terms/> .\n"
    others.get("/datasets")(lambda: Response(prefixes + unfit + foreign, content_type="text/turtle"))

    def lines(*options: str) -> list[list[str]]:
        assert main([*arguments, *options]) == 0
        return [line.split("\t") for line in capsys.readouterr().out.splitlines()]

    with served(others) as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("WHATWORKS_PRIVATE_SITES", f"{address}/")
        url = f"{address}/datasets"
        arguments = ["harvest", url, "--publisher", AREA, "--once", "--data", str(here.data)]
        one, other, many = lines()
        assert [one[:2], other[:2]] == [[f"{base}/dp-98", "skipped"], [f"{base}/dp-99", "skipped"]]
        assert one[2] == "conforms to no protocol of this site: dp-98"
        why = "says of no protocol that it conforms to it"
        such = ", ".join(f"{base}/d{number:03}" for number in range(3))
        assert many == [url, "skipped", f"140 datasets, each of which {why}; such as {such}; all: --skipped"]
        every = lines("--skipped")
        assert [each for each in every if each[2] == why] == [[f"{base}/d{n:03}", "skipped", why] for n in range(140)]
        named = [option for number in range(4) for option in ("--dataset", f"d{number:03}")]
        assert lines(*named) == every[:4]


def test_a_private_address_is_refused_unless_it_is_listed(here: Settings, source: Source) -> None:
    for listed in ("", f"{source.address}/other", source.address.replace("127.0.0.1", "localhost") + "/"):
        with pytest.raises(BadInput, match="private address"):
            harvest(DataFolder(here.data), f"{source.address}/datasets", AREA, replace(here, private_sites=listed))


def test_a_catalogue_leads_to_no_private_address(here: Settings, source: Source) -> None:
    """The catalogue alone is listed, and its files are not."""
    only = replace(here, private_sites=f"{source.address}/datasets")
    (found,) = harvest(DataFolder(here.data), f"{source.address}/datasets", AREA, only, only=["buildings"])
    assert (found.outcome, "private address" in found.said) == ("failed", True)


@pytest.mark.parametrize(
    ("path", "error", "said"),
    [
        ("/redirect", ServiceFailed, "169.254.169.254.* is not followed"),
        ("/large", ServiceFailed, "more than 20,000,000 bytes"),
        ("/broken", BadInput, "catalogue.ttl"),
        ("/error", ServiceFailed, "answers 500"),
        ("/", BadInput, "text/html"),
    ],
)
def test_catalogues_that_are_none(here: Settings, path: str, error: type[Exception], said: str) -> None:
    with bad_site() as (address, seen):
        with pytest.raises(error, match=said):
            harvest(DataFolder(here.data), f"{address}{path}", AREA, replace(here, private_sites=f"{address}/"))
        assert [each for each, _ in seen] == [path]


def test_a_page_about_maintenance_does_not_end_the_rounds(
    here: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other, waits = Flask("other"), iter(range(2))
    answers = iter([("", 503), *[("<!doctype html><title>Back at noon</title>", 200)] * 2])
    other.get("/datasets")(lambda: next(answers))

    def wait(seconds: float) -> None:
        if next(waits, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr("kb.cli.harvest_verb.time.sleep", wait)
    with served(other) as address:
        monkeypatch.setenv("WHATWORKS_PRIVATE_SITES", f"{address}/")
        arguments = ["harvest", f"{address}/datasets", "--publisher", AREA, "--data", str(here.data)]
        assert main(arguments) == 130
    rounds = [line.split("\t")[1] for line in capsys.readouterr().out.splitlines()]
    assert rounds == ["failed", "failed", "failed"]
