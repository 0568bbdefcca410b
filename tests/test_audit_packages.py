"""What the databases of holes answer is told whole: what could not be looked up is not called sound."""

import json

import pytest
from audit_packages import of_npm, of_python, pinned_for_browsers, told

HOLE = {"name": "wall", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
SOUND = {"name": "roof", "version": "2.0", "vulns": []}
SKIPPED = {"name": "door", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("listed", "code", "words"),
    [
        ([SOUND], 0, "no pinned version has a known hole"),
        ([SOUND, HOLE], 1, "wall 1.0: PYSEC-1, mended in 1.1"),
        ([SOUND, SKIPPED], 2, "not looked up: door"),
        ([HOLE, SKIPPED], 1, "not looked up: door"),
    ],
)
def test_what_pip_audit_says(
    listed: list[object], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(*of_python(json.dumps({"dependencies": listed}))) == code
    captured = capsys.readouterr()
    assert words in captured.out + captured.err


@pytest.mark.parametrize("said", ["", "Traceback", "{}"])
def test_without_an_answer_nothing_is_sound(said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(*of_python(said)) == 2
    assert "is there a network" in capsys.readouterr().err
    assert of_npm(said, {"leaflet": "1.9.4"}) == ([], ["leaflet"])


def test_what_npm_says() -> None:
    hole = {"leaflet": {"severity": "high", "via": [{"title": "Script in a popup"}]}}
    found = of_npm(json.dumps({"vulnerabilities": hole}), {"leaflet": "1.9.4"})
    assert found == (["leaflet 1.9.4: high, Script in a popup"], [])
    assert of_npm('{"vulnerabilities": {}}', {"leaflet": "1.9.4"}) == ([], [])


def test_the_packages_of_the_pages_are_asked_for() -> None:
    assert {"leaflet", "govuk-frontend", "@zazuko/yasgui"} == set(pinned_for_browsers())
