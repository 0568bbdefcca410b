"""Tokens: shown once, kept as a hash, of one publisher, and no use once expired or revoked."""

from datetime import timedelta
from pathlib import Path

import pytest

from kb.errors import BadInput, NotFound, NotSignedIn, StoreUnwritable, TooBusy, UnknownPublisher
from kb.store.attempts import LONGEST, Attempts
from kb.store.audit import Audit
from kb.store.folder import DataFolder
from kb.store.sessions import Sessions
from kb.store.state import State
from kb.store.tokens import SCOPES, Tokens
from web import contributing, form_keys, sign_in, site_test
from web.cli import main


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path)
    State(folder).add_publisher("kent", "https://kent.example")
    return folder


def expire(folder: DataFolder, id: str) -> None:
    with Tokens(folder).transaction() as connection:
        connection.execute("UPDATE tokens SET expires = '2001-01-01T00:00:00Z' WHERE id = ?", (id,))


def test_a_token_lets_in_until_it_is_revoked(folder: DataFolder) -> None:
    tokens = Tokens(folder)
    token, written = tokens.create("kent", "estates team", "publish", 30)
    assert tokens.verify(f" {written}\n") == token
    assert (token.publisher, token.status) == ("kent", "in force")
    assert [token.may(scope) for scope in SCOPES] == [True, True]
    lesser, _ = tokens.create("kent", "office", "submit", 30)
    assert [lesser.may(scope) for scope in SCOPES] == [True, False]
    tokens.revoke(token.id)
    with pytest.raises(NotSignedIn, match="revoked"):
        tokens.verify(written)


def test_an_expired_token_lets_nobody_in(folder: DataFolder) -> None:
    token, written = Tokens(folder).create("kent", "old", "submit", 1)
    cookie = Sessions(folder).begin(token, 8)
    expire(folder, token.id)
    with pytest.raises(NotSignedIn, match="expired"):
        Tokens(folder).verify(written)
    with pytest.raises(NotSignedIn, match="expired"):
        Sessions(folder).token(cookie)


def test_the_secret_is_kept_nowhere(folder: DataFolder) -> None:
    token, written = Tokens(folder).create("kent", "estates team", "publish", None)
    cookie = Sessions(folder).begin(token, 8)
    kept = b"".join(path.read_bytes() for path in folder.root.iterdir())
    assert token.id.encode() in kept
    assert written.split("_", 2)[2].encode() not in kept
    assert cookie.encode() not in kept


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t[:-2] + "AA", lambda t: "", lambda t: t[:16]])
def test_what_is_nearly_a_token_is_none(folder: DataFolder, change: object) -> None:
    _, written = Tokens(folder).create("kent", "estates team", "publish", None)
    with pytest.raises(NotSignedIn, match="not known here"):
        Tokens(folder).verify(change(written))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("name", "scope", "days"), [("", "publish", 1), ("a\nb", "publish", 1), ("x", "all", 1), ("x", "submit", -1)]
)
def test_what_makes_no_token(folder: DataFolder, name: str, scope: str, days: int) -> None:
    with pytest.raises(BadInput):
        Tokens(folder).create("kent", name, scope, days)
    with pytest.raises(UnknownPublisher):
        Tokens(folder).create("surrey", "x", "publish", 1)
    assert Tokens(folder).all() == []


def test_a_name_is_given_once(folder: DataFolder) -> None:
    token, _ = Tokens(folder).create("kent", "estates team", "publish", 1)
    Tokens(folder).revoke(token.id)
    with pytest.raises(BadInput, match="had a token named"):
        Tokens(folder).create("kent", "estates team", "publish", 1)
    with pytest.raises(NotFound):
        Tokens(folder).revoke("nothing")


def test_a_session_ends_with_its_token_with_its_time_and_by_signing_out(folder: DataFolder) -> None:
    tokens, sessions = Tokens(folder), Sessions(folder)
    token, _ = tokens.create("kent", "estates team", "publish", 1)
    first, second, third = (sessions.begin(token, hours) for hours in (8, 8, 0))
    assert sessions.token(first) == sessions.token(second) == token
    with pytest.raises(NotSignedIn):
        sessions.token(third)
    sessions.end(first)
    with pytest.raises(NotSignedIn):
        sessions.token(first)
    tokens.revoke(token.id)
    with pytest.raises(NotSignedIn):
        sessions.token(second)


def test_the_audit_log_is_only_added_to(folder: DataFolder) -> None:
    audit = Audit(folder)
    audit.add("kent", "estates team", "published", "kent/places", "release 1")
    (entry,) = audit.entries("kent")
    assert (entry.publisher, entry.token, entry.about) == ("kent", "estates team", "kent/places")
    for change in ("UPDATE audit SET action = 'x'", "DELETE FROM audit"):
        with pytest.raises(StoreUnwritable, match="only added to"), audit.transaction() as connection:
            connection.execute(change)
    assert audit.entries("surrey") == []
    assert audit.entries() == [entry]


def test_attempts_are_counted_by_client(folder: DataFolder) -> None:
    attempts, hour = Attempts(folder), timedelta(hours=1)
    for _ in range(3):
        attempts.check("sign-in", "192.0.2.1", 3, hour)
        attempts.count("sign-in", "192.0.2.1", hour)
    with pytest.raises(TooBusy) as caught:
        attempts.check("sign-in", "192.0.2.1", 3, hour)
    assert caught.value.seconds == 3600
    attempts.check("sign-in", "192.0.2.2", 3, hour)
    attempts.check("upload", "192.0.2.1", 3, hour)


def test_addresses_are_forgotten_also_where_nobody_tries_again(folder: DataFolder) -> None:
    from kb import config
    from kb.store.forgetting import forget

    attempts = Attempts(folder)
    attempts.count("sign-in", "192.0.2.1", timedelta(minutes=15))
    with attempts.transaction() as connection:
        connection.execute("UPDATE attempts SET made = '2020-01-01T00:00:00Z'")
    attempts.count("upload", "192.0.2.2", LONGEST)
    forget(folder, config.load({}, data=folder.root))
    assert attempts.rows("SELECT client FROM attempts") == [("192.0.2.2",)]


def test_nothing_counts_for_longer_than_it_is_kept() -> None:
    day = timedelta(seconds=form_keys.OLDEST)
    assert max(day, contributing.HOUR, sign_in.WITHIN, site_test.WITHIN) <= LONGEST


def test_the_command(folder: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--data", str(folder.root)]
    assert main(["token", "create", "kent", "--name", "estates team", "--scope", "submit", *where]) == 0
    written = capsys.readouterr().out.strip()
    token = Tokens(folder).verify(written)
    assert token.scope == "submit"
    assert main(["token", "list", *where]) == 0
    listed = capsys.readouterr().out
    assert listed.startswith(f"{token.id}\tkent\testates team\tsubmit\t")
    assert written not in listed
    assert main(["token", "revoke", token.id, *where]) == 0
    assert main(["token", "create", "surrey", "--name", "x", *where]) == 2
    capsys.readouterr()
    assert main(["audit", "--publisher", "kent", *where]) == 0
    lines = [line.split("\t")[2:6] for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["kent", "command line", "revoked token", "estates team"],
        ["kent", "command line", "created token", "estates team"],
    ]
