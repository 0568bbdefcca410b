"""Files of other sites: one request at a time, bounded in time and size, never to a private address by a trick.

The host's name is resolved once, every address that it has is looked at, and the connection is made to one of these, so
that a name which changes its mind meanwhile leads nowhere. Redirects are answers, not followed.
"""

import ipaddress
import socket
import ssl
import threading
import zlib
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import quote, urlsplit

from kb.errors import BadInput, ServiceFailed

AGENT = "whatworks (https://w3id.org/whatworks)"
"""What this program calls itself, with where to read what it is."""

_CHUNK = 64 * 1024
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SAFE = "%/:=&?~#+!$,;'@()*[]"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Fetched:
    """An answer; names of headers are in small letters, and the last of a name counts."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type without its parameters, in small letters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def fetch(
    url: str,
    *,
    listed: Collection[str],
    seconds: float,
    most: int,
    headers: Mapping[str, str] | None = None,
    method: str = "GET",
) -> Fetched:
    """The answer of the address, whatever its status, within `seconds` from first to last and `most` bytes of body.

    `listed`: what may be asked though its address is private, see `is_listed`. Raises BadInput for what is no http or
    https URL or is refused, ServiceFailed where nothing answers, or too slowly, or with too much.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise BadInput(f"{url}: is asked for by http or https, without a user name")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise BadInput(f"{url}: has no port of that number") from error
    address = _address(url, parts.hostname, port, listed)
    connection = _connection(parts.scheme, parts.hostname, port, address, seconds)
    path = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    late = threading.Event()
    watch = None
    try:
        connection.connect()
        watch = threading.Timer(seconds, _end, (connection.sock, late))  # which the answer takes over from it
        watch.start()
        sent = {"User-Agent": AGENT, "Accept-Encoding": "gzip", "Connection": "close", **(headers or {})}
        connection.request(method, path, headers=sent)
        response = connection.getresponse()
        body = _body(url, response, most)
        if late.is_set():
            raise TimeoutError
        return Fetched(url, response.status, {k.lower(): v for k, v in response.getheaders()}, body)
    except (OSError, HTTPException, ValueError, zlib.error) as error:
        why = f"took longer than {seconds:g} s" if late.is_set() else str(error) or type(error).__name__
        raise ServiceFailed(f"{url}: gave no answer ({why}); try again later") from error
    finally:
        if watch is not None:
            watch.cancel()
        connection.close()


def is_listed(url: str, listed: Collection[str]) -> bool:
    """Whether the exact URL is listed, or stands below one that ends with a slash."""
    return any(url == each or (each.endswith("/") and f"{url}/".startswith(each)) for each in listed)


def is_public(address: Address) -> bool:
    """Whether the address is one of the public Internet, and so are those that it may stand for in IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        within = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if within is not None:
            return is_public(within)
    return address.is_global and not address.is_multicast


def _address(url: str, host: str, port: int, listed: Collection[str]) -> str:
    """An address of the host; raises BadInput where one of them is private and the URL is not listed."""
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise ServiceFailed(f"{url}: its host is not found; look at how it is written") from error
    private = [each for each in found if not is_public(ipaddress.ip_address(each.partition("%")[0]))]
    if private and not is_listed(url, listed):
        raise BadInput(
            f"{url}: is refused, since its host leads to a private address; the operator of this site can list it in "
            "WHATWORKS_PRIVATE_SITES"
        )
    return found[0]


def _connection(scheme: str, host: str, port: int, address: str, seconds: float) -> HTTPConnection:
    connection: HTTPConnection
    if scheme == "https":
        connection = HTTPSConnection(host, port, timeout=seconds, context=ssl.create_default_context())
    else:
        connection = HTTPConnection(host, port, timeout=seconds)
    # The name stays for the Host header and the certificate; what is connected to is the address that was looked at.
    connection._create_connection = lambda _, *rest, **given: socket.create_connection(  # type: ignore[attr-defined]
        (address, port), *rest, **given
    )
    return connection


def _body(url: str, response: HTTPResponse, most: int) -> bytes:
    coding = response.getheader("Content-Encoding", "identity").lower()
    if coding not in ("identity", "gzip", ""):
        raise ServiceFailed(f"{url}: answers in the coding {coding}, which was not asked for")
    unpack = zlib.decompressobj(31) if coding == "gzip" else None
    parts, held = [], 0
    while chunk := response.read1(_CHUNK):
        while chunk:
            part = unpack.decompress(chunk, _CHUNK) if unpack else chunk
            chunk = unpack.unconsumed_tail if unpack else b""
            held += len(part)
            if held > most:
                raise ServiceFailed(f"{url}: answers with more than {most:,} bytes, which is the most that is taken")
            parts.append(part)
    if unpack is not None and not unpack.eof and parts:
        raise ServiceFailed(f"{url}: its answer ends too early")
    return b"".join(parts)


def _end(sock: socket.socket, late: threading.Event) -> None:
    """Ends the request from another thread, wherever it is."""
    late.set()
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # of TLS too, without taking leave
