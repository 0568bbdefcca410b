"""Secrets come from settings or files alone, and stand in no message, log, page or list of processes."""

import argparse
import ast
import hmac
import logging
import stat
from pathlib import Path

import pytest
from publishing_site import CONFORMING, Site, publishing_site

from kb import config
from kb.cli import build_parser
from kb.errors import BadSetting
from kb.store import tokens
from kb.store.backup.restore import restore, restore_state
from kb.store.backup.take import backup
from kb.store.folder import DataFolder
from kb.store.submissions import Submissions

ROOT = Path(__file__).parent.parent
PASSWORD = "s3cret-7f2a"
FILE = "WHATWORKS_STORE_PASSWORD_FILE"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return publishing_site(tmp_path_factory.mktemp("site"))


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\n", encoding="utf-8")
    settings = config.load({FILE: str(path)})
    assert settings.store_password == PASSWORD
    assert PASSWORD not in repr(settings)


@pytest.mark.parametrize(
    ("content", "more", "words"),
    [
        (None, {}, "No such file"),
        ("", {}, "first line is empty"),
        ("\nx", {}, "first line is empty"),
        (b"\xff\xfe", {}, "not text in UTF-8"),
        (PASSWORD, {"WHATWORKS_STORE_PASSWORD": PASSWORD}, "both set"),
    ],
)
def test_what_is_wrong_with_it_is_said_without_it(
    tmp_path: Path, content: str | bytes | None, more: dict[str, str], words: str
) -> None:
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadSetting, match=words) as error:
        config.load({FILE: str(path)} | more)
    assert PASSWORD not in str(error.value)
    assert "\n" not in str(error.value)


def test_only_secrets_have_a_file() -> None:
    assert [setting.name for setting in config.SETTINGS if setting.secret] == ["store_password"]
    with pytest.raises(BadSetting, match="no such setting"):
        config.load({"WHATWORKS_CONTACT_FILE": "x"})


def options(parser: argparse.ArgumentParser) -> set[str]:
    """All options of a command and of the verbs within it."""
    found = set()
    for action in parser._actions:
        found |= set(action.option_strings)
        if isinstance(action, argparse._SubParsersAction):
            found |= {option for verb in action.choices.values() for option in options(verb)}
    return found


def test_no_secret_is_taken_from_a_command_line() -> None:
    parser, _ = build_parser()
    found = options(parser)
    assert "--publisher" in found
    assert [each for each in found if any(word in each for word in ("password", "token", "secret", "cookie"))] == []


def test_what_is_secret_is_compared_in_constant_time() -> None:
    compared = []
    for path in (ROOT / "kb" / "store" / "tokens.py", *(ROOT / "web").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "hmac.compare_digest":
                compared.append(path.stem)
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
                names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
                assert not {"hash", "signature", "secret", "form_key"} & names, path
    assert sorted(compared) == ["authority", "form_keys", "sign_in", "tokens"]


def test_an_unknown_token_is_compared_as_a_known_one_is(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []
    real = hmac.compare_digest
    monkeypatch.setattr(tokens.hmac, "compare_digest", lambda a, b: compared.append(len(a) + len(b)) or real(a, b))
    for written in (f"ww_{'0' * 12}_{'x' * 43}", site.tokens["kent"][:-2] + "AA", "nothing like it"):
        headers = {"Authorization": f"Bearer {written}"}
        assert site.client().get("/api/submissions/x", headers=headers).status_code == 401
    assert compared == [128] * 3


def test_a_token_stands_in_no_answer_and_no_log(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    written = site.tokens["kent"]
    client = site.client()
    said = [client.get(f"/api/submissions/{'0' * 32}", headers=site.by("kent")).text]
    said.append(client.post("/sign-in", data={"token": written}).text)
    client.set_cookie("whatworks-session", written)
    said.append(client.get("/publish", follow_redirects=True).text)

    def failing(*_: object) -> None:
        raise RuntimeError("no such luck")

    monkeypatch.setattr(Submissions, "submission", failing)
    failed = client.get(f"/api/submissions/{'0' * 32}", headers=site.by("kent"))
    assert failed.status_code == 500
    assert "no such luck" not in failed.text
    assert "no such luck" in caplog.text, "it is logged, with the path alone"
    for text in (*said, failed.text, str(failed.headers), caplog.text):
        assert written not in text
        assert written.split("_", 2)[2] not in text


def test_a_password_of_the_engine_stands_in_no_page_and_no_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    nobody = "http://127.0.0.1:9/query"
    site = publishing_site(tmp_path, store=nobody, store_user="reader", store_password=PASSWORD)
    for path in ("/", "/sparql?query=ASK{}", "/search?q=x"):
        answer = site.client().get(path, headers={"Accept": "text/html"})
        assert answer.status_code >= 500 or answer.status_code == 200
        assert PASSWORD not in answer.text
    assert PASSWORD not in caplog.text


def modes(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): oct(stat.S_IMODE(path.stat().st_mode)) for path in root.rglob("*")}


def test_what_is_private_is_for_the_own_user_alone(tmp_path: Path) -> None:
    site = publishing_site(tmp_path / "data")
    headers = site.by("kent") | {"Content-Type": "text/turtle"}
    sent = site.client().post("/api/datasets/kent/money/submissions", data=CONFORMING.read_bytes(), headers=headers)
    site.work()
    assert site.client().post(f"{sent.headers['Location']}/publish", headers=site.by("kent")).status_code == 202
    site.work()
    found = modes(site.folder.root)
    assert_private(found)
    made = backup(site.folder, tmp_path / "backups").path
    assert_private(modes(made))
    for path in (made, *made.rglob("*")):  # as plain tools have copied it
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    again = DataFolder(tmp_path / "again")
    restore(made, again)
    assert_private(modes(again.root))
    restore_state(made, again)
    assert_private(modes(again.root))


def assert_private(found: dict[str, str]) -> None:
    assert {mode for name, mode in found.items() if name.startswith("state.sqlite")} == {"0o600"}
    assert found["submissions"] == "0o700"
    assert found["releases/kent/money/1/received"] == "0o700"


def test_nothing_that_a_client_sends_in_secret_is_logged() -> None:
    for path in (ROOT / "web").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("_log."):
                assert not {"headers", "form", "cookies", "token"} & {
                    each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)
                }, path
