"""What protocols keep from the public: refused whoever sends it, and out by no way where what was sent has it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from publishing_site import Site as Publishing
from publishing_site import publishing_site
from store_cases import SETTINGS, new_folder
from ways_out import Site, holding, not_covered, walk
from withdrawal_cases import traces

from kb.errors import NotConforming
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish, register_unchecked
from kb.store.state import State

CASES = Path(__file__).parent / "shapes" / "dp-01"
CONFORMING, VIOLATING = CASES / "pass-full-vacant.ttl", CASES / "fail-vacant-with-street.ttl"
HOME = "https://example.org/dp-01/pass-full-vacant"
SECRET = "7 Marrowby Lane"
MARKS = ("marrowby",)
VACANT = "https://w3id.org/whatworks/concept/asset-status/vacant"
CLINIC = "https://kent.example/id/asset/old-clinic"


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = new_folder(tmp_path)
    for name in ("open", "status", "places"):
        register_unchecked(folder, "kent", name)
    return folder


@pytest.fixture
def send(folder: DataFolder, tmp_path: Path) -> Callable[[str, str], None]:
    """Publishes Turtle about the clinic as a dataset that nobody checks."""

    def publish_text(dataset: str, text: str) -> None:
        path = tmp_path / f"{dataset}.ttl"
        path.write_text(
            "@prefix locn: <http://www.w3.org/ns/locn#> . @prefix ww: <https://w3id.org/whatworks/def#> .\n"
            f"<{CLINIC}> {text} .\n",
            encoding="utf-8",
        )
        settings = replace(SETTINGS, data=folder.root)
        publish(folder, [PublicationRequest("kent", dataset, (path,))], settings)

    return publish_text


STATUS = f"a ww:Asset ; ww:assetStatus <{VACANT}>"
ADDRESS = f'locn:address <{CLINIC}#address> . <{CLINIC}#address> locn:thoroughfare "{SECRET}"'


def test_nobody_checks_it_and_it_is_refused_all_the_same(send: Callable[[str, str], None]) -> None:
    send("open", STATUS)
    with pytest.raises(NotConforming, match="keeps from the public") as refused:
        send("open", f"{STATUS} ; {ADDRESS}")
    assert {each.path for each in refused.value.report.results} == {"http://www.w3.org/ns/locn#address"}


@pytest.mark.parametrize(("first", "second"), [(STATUS, ADDRESS), (f"a ww:Asset ; {ADDRESS}", STATUS)])
def test_two_datasets_do_not_say_it_together(send: Callable[[str, str], None], first: str, second: str) -> None:
    send("status", first)
    with pytest.raises(NotConforming, match="another dataset says the rest of it"):
        send("places", second)


def test_what_is_open_may_stand_in_several_datasets(send: Callable[[str, str], None]) -> None:
    send("status", "a ww:Asset ; ww:assetStatus <https://w3id.org/whatworks/concept/asset-status/in-use>")
    send("places", ADDRESS)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Publishing, tuple[str, ...]]:
    """A release whose file as received has the address in a comment, and a draft that has it in a record."""
    found = publishing_site(tmp_path_factory.mktemp("site"))
    path = tmp_path_factory.mktemp("sent") / "register.ttl"
    path.write_text(f"# Kept back: {SECRET}\n" + CONFORMING.read_text(encoding="utf-8"), encoding="utf-8")
    publish(found.folder, [PublicationRequest("kent", "assets", (path,))], found.settings)
    street = VIOLATING.read_text(encoding="utf-8").replace("Harbour Row", SECRET)
    answer = found.client().post(
        "/api/datasets/kent/assets/submissions",
        data=street,
        headers={**found.by("kent"), "Content-Type": "text/turtle"},
    )
    assert answer.status_code in (201, 202), answer.get_data(as_text=True)
    found.work()
    # Whose base it is; once registered, only this publisher names what lies under it.
    State(found.folder).add_publisher("clinic", HOME)
    own = f"/api/submissions/{answer.json['id']}"
    return found, (own, f"{own}/report", f"{own}/report?format=json")


def test_the_publisher_sees_it(site: tuple[Publishing, tuple[str, ...]]) -> None:
    """Else the tests below would look for something that is nowhere."""
    found, own = site
    assert traces(found.folder.root) == {"marrowby"}
    answers = [found.client().get(address, headers=found.by("kent")).get_data(as_text=True) for address in own]
    assert any("checked" in answer for answer in answers)


@pytest.mark.parametrize("who", ["", "surrey"])
def test_it_comes_out_by_no_way(site: tuple[Publishing, tuple[str, ...]], who: str) -> None:
    found, own = site
    asked = Site(
        found.app,
        (f"{HOME}/old-clinic", f"{HOME}/thanet"),
        ("https://kent.example/id/graph/assets",),
        drafts=(own[0].rpartition("/")[2],),
        headers=found.by(who) if who else {},
    )
    seen = walk(asked)
    assert any("Former clinic" in said for said in seen.values())
    assert holding(seen, MARKS, lambda said: said) == {}
    assert not_covered(asked) == set(), "say in tests/ways_out.py which addresses stand for these routes"
