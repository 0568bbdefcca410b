"""The fields of the small protocols, as a page about them would list them."""

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from kb.errors import NotFound
from kb.protocols import catalogue
from kb.protocols.fields import CodeList, Field, Record, Rule, field_names, fields

SMALL = Path(__file__).parent / "protocols"
DEF, SHAPES = "https://w3id.org/whatworks/def#", "https://w3id.org/whatworks/shapes#"


def small(id: str) -> list[Record]:
    return fields(id, shapes=SMALL / "shapes", ontology=SMALL / "ontology")


@pytest.fixture
def sheds() -> dict[str, Field]:
    return {field.name: field for field in small("dp-01")[0].fields}


def test_a_record_says_what_it_describes() -> None:
    (record,) = small("DP-1")
    assert (record.shape, record.name, record.target_classes) == (f"{SHAPES}ShedShape", "shed", (f"{DEF}Shed",))


def test_fields_stand_in_the_order_of_their_groups(sheds: dict[str, Field]) -> None:
    assert list(sheds) == ["Name", "Code", "Use", "Area", "Opened", "Holding"]
    assert [field.group.label for field in sheds.values() if field.group] == ["Identity"] * 5 + ["Tenure"]
    assert [field.name for field in sheds["Holding"].fields] == ["Holder", "Tenure"]


def test_obligation_is_severity_where_a_value_is_asked_for(sheds: dict[str, Field]) -> None:
    assert {name: field.obligation for name, field in sheds.items()} == {
        "Name": "Must", "Code": "Should", "Use": "May", "Area": "May", "Opened": "May", "Holding": "Must",
    }  # fmt: skip


def test_a_rule_makes_a_field_an_obligation() -> None:
    amount, billed = small("dp-02")[0].fields
    choice = Rule(f"{SHAPES}BillShape-amount", "Amount", "Must", "Give an amount, or both low and high.")
    assert (amount.obligation, amount.rules) == ("Must", (choice,))
    assert (billed.obligation, billed.path) == ("Should", f"^<{DEF}bill>")


def test_a_shape_of_nothing_but_rules_joins_the_field_with_its_path(tmp_path: Path) -> None:
    shapes = shutil.copytree(SMALL / "shapes", tmp_path / "shapes")
    with (shapes / "dp-02.ttl").open("a", encoding="utf-8") as file:
        file.write("""
            wws:BillShape sh:property wws:BillShape-round, wws:BillShape-low .
            wws:BillShape-round sh:path ww:amount ; sh:name "Round amount"@en ; sh:severity sh:Warning ; sh:sparql _:r .
            _:r sh:message "Give whole pounds."@en .
            wws:BillShape-low sh:path ww:low ; sh:name "Low"@en ; sh:sparql _:l .
            _:l sh:message "Give high too."@en .
        """)
    (bill,) = fields("dp-02", shapes=shapes, ontology=SMALL / "ontology")
    found = {field.name: field for field in bill.fields}
    assert list(found) == ["Low", "Amount", "Billed thing"]
    assert found["Amount"].obligation == "Must"
    assert found["Amount"].rules[1:] == (
        Rule(f"{SHAPES}BillShape-round", "Round amount", "Should", "Give whole pounds."),
    )
    assert [rule.message for rule in found["Low"].rules] == ["Give high too."]
    assert field_names(shapes)[f"{SHAPES}BillShape-round"] == "Round amount"


@pytest.mark.parametrize("protocol", catalogue.protocols(), ids=lambda each: each.id)
def test_each_path_is_one_field_of_a_record(protocol: catalogue.Protocol) -> None:
    def repeated(found: Sequence[Field]) -> list[str]:
        paths = Counter(field.path for field in found)
        return [path for path, count in paths.items() if count > 1] + [p for f in found for p in repeated(f.fields)]

    assert [path for record in fields(protocol.id) for path in repeated(record.fields)] == []


def test_kinds_are_in_plain_words(sheds: dict[str, Field]) -> None:
    kinds = {name: field.kind for name, field in sheds.items()}
    kinds |= {field.name: field.kind for field in sheds["Holding"].fields}
    assert kinds == {
        "Name": "text or number",
        "Code": "text",
        "Use": "code of the list “Uses of sheds”",
        "Area": "number",
        "Opened": "text, number or link to a thing",
        "Holding": "thing with fields of its own",
        "Holder": "link to: body",
        "Tenure": "one of: owned, rented",
    }


def test_what_a_template_needs(sheds: dict[str, Field]) -> None:
    code, use, area = sheds["Code"], sheds["Use"], sheds["Area"]
    assert (code.path, code.pattern, code.min_count, code.max_count) == (f"{DEF}code", "^[A-Z]{2}[0-9]+$", 1, 1)
    assert (code.datatype, code.messages) == (
        "http://www.w3.org/2001/XMLSchema#string",
        ("A code is two letters and a number.",),
    )
    assert use.code_list == CodeList("https://w3id.org/whatworks/concept/shed-use", "Uses of sheds")
    assert use.class_ == "http://www.w3.org/2004/02/skos/core#Concept"
    assert use.examples == ("https://w3id.org/whatworks/concept/shed-use/tools",)
    assert (area.examples, area.bounds) == (("12.50",), ("at least 1", "less than 500"))
    assert sheds["Name"].bounds == ("at most 40 characters",)
    assert sheds["Holding"].fields[1].allowed == ("owned", "rented")


def test_field_names_cover_every_protocol_and_nested_fields() -> None:
    names = field_names(SMALL / "shapes")
    assert names[f"{SHAPES}ShedShape-holding-holder"] == "Holder"
    assert names[f"{SHAPES}BillShape-amount"] == "Amount"


def test_an_unknown_protocol() -> None:
    with pytest.raises(NotFound, match="no protocol 'dp-77'; the protocols are dp-01, dp-02"):
        small("dp-77")
