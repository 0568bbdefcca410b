"""Effects in words and marks: every pair of codes has one, and no two look or read alike."""

import pytest
from page_reading import read
from pyoxigraph import RdfFormat, parse

from kb.config import shipped
from kb.namespaces import HOME, expand
from web.effects import EFFECTS, effect_of

TOLD = {
    ("increase", "desirable"): "better",
    ("decrease", "desirable"): "better",
    ("increase", "undesirable"): "worse",
    ("none", "neutral"): "none",
    ("none", "undesirable"): "none",
    ("mixed", "undesirable"): "mixed",
    ("increase", "mixed"): "mixed",
    ("decrease", "neutral"): "moved",
    ("increase", None): "moved",
    ("unmeasured", "desirable"): "unmeasured",
    (None, "desirable"): "better",
    (None, "neutral"): "none",
    (None, None): "unmeasured",
}


@pytest.mark.parametrize("codes", TOLD, ids=str)
def test_an_effect_is_told_by_its_two_codes(codes: tuple[str | None, str | None]) -> None:
    direction, desirability = (
        code and f"{HOME}/concept/{scheme}/{code}"
        for scheme, code in zip(("effect-direction", "desirability"), codes, strict=True)
    )
    assert effect_of(direction, desirability).key == TOLD[codes]


def test_the_codes_are_those_of_the_lists() -> None:
    for place, scheme in enumerate(("effect-direction", "desirability")):
        triples = parse(path=shipped("ontology") / f"concept-{scheme}.ttl", format=RdfFormat.TURTLE)
        notation = expand("skos:notation")
        known = {each.object.value for each in triples if each.predicate.value == notation}
        assert {codes[place] for codes in TOLD} - {None} <= known


def test_marks_are_told_apart_without_colour() -> None:
    for part in ("words", "symbol", "path", "meaning"):
        assert len({getattr(each, part) for each in EFFECTS.values()}) == len(EFFECTS)


def test_pips_stand_beside_a_grade(reader) -> None:
    page = read(reader, "/class/MonetaryStatement")
    pips = [each for each in page.all("span") if each.get("class") == "pips"]
    assert pips
    assert all(each.get("aria-hidden") == "true" for each in pips)
