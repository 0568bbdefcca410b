"""What stands around a thing: a large section leaves the others their room, and what is left out is told."""

from importlib.resources import files

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from kb.ask.surroundings import MOST, TABLES, surroundings
from kb.namespaces import expand
from web.class_pages.around import parts

PLACE = NamedNode("https://area.example/id/place/town")


def town(works: int, class_: str = "ww:Implementation") -> Store:
    """A place in which so much was done, of this class, and one body."""
    store = Store()

    def say(thing: str, class_: str, property: str) -> None:
        node = NamedNode(f"https://area.example/id/{thing}")
        for predicate, value in (("rdf:type", NamedNode(expand(class_))), ("skos:prefLabel", Literal(thing))):
            store.add(Quad(node, NamedNode(expand(predicate)), value, DefaultGraph()))
        store.add(Quad(node, NamedNode(expand(property)), PLACE, DefaultGraph()))

    for number in range(works):
        say(f"implementation/{number}", class_, "ww:inPlace")
    say("organisation/council", "org:FormalOrganization", "dcterms:spatial")
    return store


def test_a_large_section_leaves_the_others_their_room() -> None:
    found = surroundings(town(MOST + 60), "place", PLACE.value)
    assert found.tables["work"].count == MOST
    assert [thing.first("skos:prefLabel") for thing in found.things("bodies")] == ["organisation/council"]
    assert "work" in found.cut
    assert "bodies" not in found.cut


def test_as_many_as_are_told_are_not_too_many() -> None:
    assert surroundings(town(MOST), "place", PLACE.value).cut == frozenset()


def test_of_a_section_that_was_cut_nothing_is_called_absent() -> None:
    found = surroundings(town(MOST + 1, "ww:Claim"), "place", PLACE.value)
    headings = {key: (key, (key,), f"No {key}.", False) for key in ("work", "money")}
    work, money = parts(found, headings).values()
    assert f"More than {MOST} records" in work.words
    assert not work.empty
    assert (money.words, money.empty) == ("", True)


def test_each_section_gives_one_more_than_is_told() -> None:
    for kind in TABLES:
        text = files("kb.ask").joinpath(f"{kind}-surroundings.rq").read_text(encoding="utf-8")
        assert text.count(f"LIMIT {MOST + 1} ") == text.count("SELECT DISTINCT ?item") > 0
        assert {section for section, *_ in TABLES[kind].values()} <= {*text.split('"'), "services"}
