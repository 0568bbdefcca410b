"""Mappings and protocols that changed since: a case is a file of tests/mapping/migrations."""

import shutil
import tomllib
from pathlib import Path

import pytest

from kb.config import shipped
from kb.mapping.mapping import Mapping
from kb.mapping.migration import migrate
from kb.protocols.columns import record_columns

CASES = sorted((Path(__file__).parent / "mapping" / "migrations").glob("*.toml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_what_is_carried_over_and_what_is_to_decide(case: Path, tmp_path: Path) -> None:
    expected = tomllib.loads(case.read_text(encoding="utf-8"))
    shapes = Path(shutil.copytree(shipped("shapes"), tmp_path / "shapes"))
    text = (shapes / "dp-01.ttl").read_text(encoding="utf-8")
    for old, new in expected["changes"]:
        assert old in text
        text = text.replace(old, new)
    (shapes / "dp-01.ttl").write_text(text, encoding="utf-8")
    mapping = Mapping(**expected["mapping"])
    found = migrate(mapping, record_columns("dp-01", shapes=shapes), "0.2.0")
    assert list(found.to_decide) == expected["to_decide"]
    if "columns" in expected:
        assert found.mapping is not None
        assert found.mapping.version == "0.2.0"
        assert found.mapping.columns == expected["columns"]
        assert set(found.mapping.values) <= {column.id for column in found.record.columns} if found.record else False
    else:
        assert found.mapping is None


def test_the_same_version_leaves_all_as_it_is() -> None:
    mapping = Mapping("dp-01", "0.1.0", "AssetShape", {"Name": "AssetShape-prefLabel"})
    found = migrate(mapping, record_columns("dp-01"), "0.1.0")
    assert found.mapping == mapping
    assert found.to_decide == ()
