"""docs/operating.md is followed to the letter, as root, on a copy of this machine: TLS, a backup, an upgrade, a drill.

What needs the package registries or is installed already is left out, visibly in the guide (its blocks `machine` and
`network`); `python tests/clean_machine.py` follows those as well, on a Debian made from nothing.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from absent import absent
from clean_machine import CHECKS, GIVEN, GUIDE, blocks, follow, trusting

from kb.cli import build_parser
from kb.store.folder import DataFolder
from web.cli import main

TEXT = GUIDE.read_text(encoding="utf-8")

INSTALLED = """
printf '%s\\n' /source /tested > $(echo /opt/whatworks/lib/python3*/site-packages)/tested.pth
sed '1s|.*|#!/opt/whatworks/bin/python|' {command} > /tmp/command
install --mode 755 /tmp/command /opt/whatworks/bin/whatworks
"""
"""In place of the wheel and what it needs: what the tests run with."""


def can_be_followed() -> None:
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("only root may make a machine of its own (namespaces)")
    for tool, package in (("caddy", "caddy"), ("ip", "iproute2"), ("curl", "curl"), ("setpriv", "util-linux")):
        if not shutil.which(tool):
            absent(f"{tool} (Debian: {package})")
    if subprocess.run(["unshare", "--mount", "--pid", "--net", "--fork", "true"], capture_output=True).returncode:
        pytest.skip("no right to make namespaces here")


@pytest.fixture(scope="module")
def answer(shipped_folder: DataFolder) -> dict[str, str]:
    """What each block said, by its number, and the checks; the knowledge that ships is published already."""
    can_be_followed()
    ways = {str(above) for above in Path(sys.executable).resolve().parents}

    def change(mark: str, text: str) -> str:
        if mark == "machine":
            return ""
        if mark == "network":
            return INSTALLED.format(command=Path(sys.executable).with_name("whatworks"))
        if "python3 -m venv" in text:  # the Python of the tests, which another user may not reach
            return f"chmod a+x {' '.join(sorted(ways))}\n" + text.replace("python3", sys.executable)
        if "daemon-reload" in text:
            published = f"cp --recursive --no-dereference {shipped_folder.root}/. /var/lib/whatworks\n"
            return published + "chown --recursive --no-dereference whatworks: /var/lib/whatworks\n" + text
        return trusting(text)

    code, said = follow(Path("/"), GIVEN, change, CHECKS, network=False, within=150)
    assert code == 0, said[-6000:]
    parts = re.split(r"^== (\w+).*\n", said, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_site_answers_by_tls_and_plain_http_leads_there(answer: dict[str, str]) -> None:
    checks = answer["checks"]
    assert "http 308 https://localhost/places" in checks
    assert re.search(r"^HTTP/2 200", checks, re.MULTILINE)
    assert re.search(r"^strict-transport-security: max-age=\d+", checks, re.MULTILINE)


def test_it_knows_by_what_address_it_is_reached_whatever_a_client_claims(answer: dict[str, str]) -> None:
    assert "Sitemap: https://localhost/sitemap.xml" in answer["checks"]
    assert "lying 303 https://localhost/doc/pilot/kent" in answer["checks"]


def test_figures_for_the_operator_are_read_on_the_machine_only(answer: dict[str, str]) -> None:
    assert "metrics 404" in answer["checks"]
    assert "inside 200" in answer["checks"]


def test_it_runs_as_a_user_of_its_own_and_only_who_must_can_read_it(answer: dict[str, str]) -> None:
    lines = answer["checks"].splitlines()
    assert "root 640" in lines
    assert "whatworks 750" in lines
    assert "whatworks 700" in lines
    assert "TMPDIR=/var/tmp" in lines
    assert "runs as whatworks" in lines
    assert re.search(r" / ro\b", answer["checks"])


def number_of(part: str) -> str:
    [number] = [str(number) for number, (_, text) in enumerate(blocks(TEXT)) if part in text]
    return number


def test_there_is_a_backup_and_it_comes_back(answer: dict[str, str]) -> None:
    assert re.search(r"\d+ files\tsnapshot \d{6}-", answer[number_of("--list")])
    assert re.search(r"restored /var/lib/whatworks/drill .* snapshot \d{6}-", answer[number_of("/drill\nrm")])


def test_it_takes_the_place_of_what_is_there(answer: dict[str, str]) -> None:
    said = answer[number_of("--replace\nsystemctl")]
    assert "restored /var/lib/whatworks as of" in said
    assert "what was there is in /var/lib/whatworks/whatworks-before-" in said
    assert "ready: snapshot" in said


def test_an_upgrade_finds_nothing_to_migrate_and_the_site_is_there_again(answer: dict[str, str]) -> None:
    assert "nothing to do" in answer[number_of("migrate")]
    assert "ready: snapshot" in answer[number_of("migrate")]


def test_the_verbs_and_options_that_it_names_exist(capsys: pytest.CaptureFixture[str]) -> None:
    _, verbs = build_parser()
    named = re.findall(r"(?:^|[`']|site )whatworks ([a-z][a-z-]+)([^`'\n]*)", TEXT, re.MULTILINE)
    assert len(named) > 8
    for verb, rest in named:
        assert verb in verbs.choices, verb
        within = re.match(r" ([a-z]+)", rest)
        with pytest.raises(SystemExit):
            main([verb, "--help"])
        told = capsys.readouterr().out
        if within and re.search(rf"^ +{within[1]}\b", told, re.MULTILINE):
            with pytest.raises(SystemExit):
                main([verb, within[1], "--help"])
            told = capsys.readouterr().out
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in told, f"{verb} {option}"


def test_its_links_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in TEXT.splitlines()
        if line.startswith("#")
    }
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        path, _, fragment = target.partition("#")
        assert not path or (GUIDE.parent / path).exists(), target
        assert path or fragment in headings, target
