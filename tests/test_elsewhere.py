"""Asking other sites: what is refused, what is bounded, and that an address looked at is the one connected to."""

import ipaddress
import socket
import threading
from contextlib import suppress
from typing import Any

import pytest
from bad_site import bad_site

from kb.errors import BadInput, ServiceFailed
from kb.intake import elsewhere
from kb.intake.elsewhere import fetch, is_listed, is_public

PRIVATE = (
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "::1",
    "fe80::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "224.0.0.1",
)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_public_addresses(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "user:secret@127.0.0.1"]
)
def test_private_addresses_are_refused_though_somebody_listens_there(host: str) -> None:
    with bad_site() as (address, seen):
        with pytest.raises(BadInput):
            fetch(f"http://{host}:{address.rpartition(':')[2]}/", listed=(), seconds=5, most=1000)
        assert seen == []


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.org/", "http://user:secret@example.org/", "http://example.org:99999/", "x"],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(BadInput):
        fetch(url, listed=(), seconds=2, most=10)


def test_a_name_that_leads_to_public_and_private_addresses_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolved(*asked: Any, **given: Any) -> list[Any]:
        return [(2, 1, 6, "", (address, 80)) for address in ("93.184.216.34", "127.0.0.1")]

    monkeypatch.setattr(elsewhere.socket, "getaddrinfo", resolved)
    with pytest.raises(BadInput, match="private address"):
        fetch("http://rebinding.example/", listed=(), seconds=2, most=10)


def test_the_address_that_was_looked_at_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is resolved once more for the connection may lead elsewhere by then."""
    with bad_site() as (address, seen):
        port = int(address.rpartition(":")[2])
        asked: list[str] = []

        def resolved(host: str, *rest: Any, **given: Any) -> list[Any]:
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        monkeypatch.setattr(elsewhere.socket, "getaddrinfo", resolved)
        url = f"http://other.example:{port}/"
        assert fetch(url, listed=[url], seconds=5, most=1000).status == 200
        assert asked.count("other.example") == 1
        assert len(seen) == 1


def test_what_is_listed() -> None:
    assert is_listed("http://127.0.0.1:80/a", ["http://127.0.0.1:80/a"])
    assert not is_listed("http://127.0.0.1:80/ab", ["http://127.0.0.1:80/a"])
    assert is_listed("http://127.0.0.1:80/a/b", ["http://127.0.0.1:80/"])
    assert not is_listed("http://127.0.0.1:8080/a", ["http://127.0.0.1:80/"])
    assert is_listed("http://127.0.0.1:80/ok/..", ["http://127.0.0.1:80/ok/.."])


@pytest.mark.parametrize(
    "path",
    ["../secret", "./../secret", "%2e%2E/secret", "%252e%252e/secret", "..%2fsecret", "..\\secret", "%2e%2e%5Csecret",
     "..;a=b/secret", ".\t./secret", "a/../../secret", ".."],
)  # fmt: skip
def test_what_climbs_out_of_what_is_listed_is_not(path: str) -> None:
    with bad_site() as (address, seen):
        listed = [f"{address}/ok/"]
        with pytest.raises(BadInput, match="private address"):
            fetch(f"{address}/ok/{path}", listed=listed, seconds=5, most=1000)
        assert seen == []
        assert fetch(f"{address}/ok/a..b/.c?d=../e", listed=listed, seconds=5, most=1000).status == 200


def test_bounds() -> None:
    with bad_site() as (address, seen):
        listed = [f"{address}/"]
        with pytest.raises(ServiceFailed, match="more than 1,000 bytes"):
            fetch(f"{address}/large", listed=listed, seconds=20, most=1000)
        with pytest.raises(ServiceFailed, match="took longer than 0.5 s"):
            fetch(f"{address}/slow", listed=listed, seconds=0.5, most=10_000)
        answer = fetch(f"{address}/redirect", listed=listed, seconds=20, most=1000)
        assert (answer.status, answer.headers["location"]) == (302, "http://169.254.169.254/")
        assert [path for path, _ in seen] == ["/large", "/slow", "/redirect"]
        assert {agent for _, agent in seen} == {elsewhere.AGENT}


def test_what_it_says_is_told_so_that_no_terminal_obeys_it() -> None:
    with bad_site() as (address, _), pytest.raises(ServiceFailed) as error:
        fetch(f"{address}/obeyed", listed=[f"{address}/"], seconds=20, most=1000)
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 400


def test_a_handshake_that_does_not_end_is_ended() -> None:
    """A byte now and then keeps every timeout of a single read from passing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/"
        enough = threading.Event()

        def drip() -> None:
            sock, _ = listening.accept()
            with sock, suppress(OSError):
                sock.sendall(b"\x16\x03\x03\x3f\xff")  # a record of the handshake, of 16 KiB
                for _ in range(100):
                    sock.sendall(b"x")
                    if enough.wait(0.05):
                        break

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(ServiceFailed, match="took longer than 0.5 s"):
            fetch(url, listed=[url], seconds=0.5, most=1000)
        enough.set()
        thread.join()


def test_a_name_that_takes_for_ever_to_look_up_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    enough = threading.Event()

    def resolved(*asked: Any, **given: Any) -> list[Any]:
        enough.wait(10)
        return [(2, 1, 6, "", ("127.0.0.1", 80))]

    monkeypatch.setattr(elsewhere.socket, "getaddrinfo", resolved)
    with pytest.raises(ServiceFailed, match="took longer than 0.3 s"):
        fetch("http://slow.example/", listed=(), seconds=0.3, most=10)
    enough.set()
