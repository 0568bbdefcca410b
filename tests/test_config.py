"""Settings: one table, read from options, then the environment, then the defaults."""

from dataclasses import fields
from pathlib import Path

import pytest

from kb.config import SETTINGS, Settings, load
from kb.errors import BadSetting


def test_the_table_and_the_settings_agree() -> None:
    assert [setting.name for setting in SETTINGS] == [field.name for field in fields(Settings)]
    assert all(setting.help for setting in SETTINGS)


def test_options_beat_the_environment_and_the_environment_beats_the_defaults() -> None:
    settings = load({"WHATWORKS_PORT": "9000", "WHATWORKS_DATA": "/srv/kb"}, port=9001, host=None)
    assert (settings.port, settings.data, settings.host) == (9001, Path("/srv/kb"), "127.0.0.1")


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load({"WHATWORKS_PORT": ""}).port == 8000


def test_the_environment_of_the_process_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHATWORKS_WORKERS", "3")
    assert load().workers == 3


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"WHATWORKS_PROT": "1"}, "WHATWORKS_PROT: no such setting"),
        ({"WHATWORKS_PORT": "70000"}, "must be from 0 to 65535"),
        ({"WHATWORKS_WORKERS": "0"}, "must be 1 or more"),
        ({"WHATWORKS_PORT": "eighty"}, "WHATWORKS_PORT='eighty': must be a whole number"),
        ({"WHATWORKS_PAGE_CACHE_MB": "-1"}, "must be a whole number"),
        ({"WHATWORKS_SHACL_ENGINE": "java"}, "must be rust or pyshacl"),
    ],
)
def test_a_bad_setting_says_which_and_why(environ: dict[str, str], words: str) -> None:
    with pytest.raises(BadSetting, match="WHATWORKS_") as error:
        load(environ)
    assert words in str(error.value)
    assert "\n" not in str(error.value)
