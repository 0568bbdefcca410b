"""Files of other sites: one request at a time, bounded in time and size, never to a private address by a trick.

The host's name is resolved once, every address that it has is looked at, and the connection is made to one of these, so
that a name which changes its mind meanwhile leads nowhere. Redirects are answers, not followed.
"""

import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import quote, unquote, urlsplit

from kb.errors import BadInput, ServiceFailed
from kb.intake.seen import printable

AGENT = "whatworks (https://w3id.org/whatworks)"
"""What this program calls itself, with where to read what it is."""

_CHUNK = 64 * 1024
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SAFE = "%/:=&?~#+!$,;'@()*[]"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Fetched:
    """An answer; names of headers are in small letters, and the last of a name counts; of a value what can be shown."""

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
    """The answer of the address, whatever its status, within `seconds` in all and `most` bytes of body.

    The time is counted from before its name is looked up to the last byte. `listed`: what may be asked though its
    address is private, see `is_listed`. Raises BadInput for what is no http or https URL or is refused, ServiceFailed
    where nothing answers, or too slowly, or with too much.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise BadInput(f"{url}: is asked for by http or https, without a user name")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise BadInput(f"{url}: has no port of that number") from error
    until = time.monotonic() + seconds
    address = _address(url, parts.hostname, port, listed, seconds)
    connection = _connection(parts.scheme, parts.hostname, port)
    path = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    late = threading.Event()
    watch = None
    try:
        # The name stays for the Host header and the certificate; what is connected to is the address looked at.
        connection.sock = sock = _connected(connection, address, max(until - time.monotonic(), 0.001))
        watch = threading.Timer(until - time.monotonic(), _end, (sock, late))
        watch.start()
        if isinstance(sock, ssl.SSLSocket):
            sock.do_handshake()
        sent = {"User-Agent": AGENT, "Accept-Encoding": "gzip", "Connection": "close", **(headers or {})}
        connection.request(method, path, headers=sent)
        response = connection.getresponse()
        body = _body(url, response, most)
        if late.is_set():
            raise TimeoutError
        return Fetched(url, response.status, {k.lower(): printable(v) for k, v in response.getheaders()}, body)
    except (OSError, HTTPException, ValueError, zlib.error) as error:
        why = f"took longer than {seconds:g} s" if late.is_set() else printable(str(error), 200) or type(error).__name__
        raise ServiceFailed(f"{url}: gave no answer ({why}); try again later") from error
    finally:
        if watch is not None:
            watch.cancel()
        connection.close()


def is_listed(url: str, listed: Collection[str]) -> bool:
    """Whether the exact URL is listed, or stands below one that ends with a slash and does not climb out again."""
    if url in listed:
        return True
    return not _climbs(url) and any(each.endswith("/") and f"{url}/".startswith(each) for each in listed)


def is_public(address: Address) -> bool:
    """Whether the address is one of the public Internet, and so are those that it may stand for in IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        within = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if within is not None:
            return is_public(within)
    return address.is_global and not address.is_multicast


def _climbs(url: str) -> bool:
    """Whether a server may read a dot segment in it (RFC 3986 §3.3), however often that is encoded."""
    path = urlsplit(url).path
    while (decoded := unquote(path)) != path:
        path = decoded
    return any(each.partition(";")[0].strip() in (".", "..") for each in path.replace("\\", "/").split("/"))


def _address(url: str, host: str, port: int, listed: Collection[str], seconds: float) -> str:
    """An address of the host; raises BadInput where one of them is private and the URL is not listed."""
    try:
        found = _looked_up(host, port, seconds)
    except (OSError, UnicodeError) as error:
        raise ServiceFailed(f"{url}: its host is not found ({error}); look at how it is written") from error
    private = [each for each in found if not is_public(ipaddress.ip_address(each.partition("%")[0]))]
    if private and not is_listed(url, listed):
        raise BadInput(
            f"{url}: is refused, since its host leads to a private address; the operator of this site can list it in "
            "WHATWORKS_PRIVATE_SITES"
        )
    return found[0]


def _looked_up(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a name. Raises OSError, UnicodeError, and TimeoutError after so many seconds."""
    found: list[list[str] | OSError | UnicodeError] = []

    def look() -> None:
        try:
            found.append([str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)])
        except (OSError, UnicodeError) as error:
            found.append(error)

    # The system's resolver has a time of its own, which nobody can shorten: it is left to itself.
    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(seconds)
    if not found:
        raise TimeoutError(f"looking it up took longer than {seconds:g} s")
    if isinstance(found[0], list):
        return found[0]
    raise found[0]


def _connection(scheme: str, host: str, port: int) -> HTTPConnection:
    connection = HTTPSConnection(host, port) if scheme == "https" else HTTPConnection(host, port)
    connection.auto_open = 0  # it would look the name up once more
    return connection


def _connected(connection: HTTPConnection, address: str, seconds: float) -> socket.socket:
    """A socket to the address; the handshake of a secure one is still to be done."""
    sock = socket.create_connection((address, connection.port), timeout=seconds)
    if not isinstance(connection, HTTPSConnection):
        return sock
    context = ssl.create_default_context()
    try:
        return context.wrap_socket(sock, server_hostname=connection.host, do_handshake_on_connect=False)
    except BaseException:
        sock.close()
        raise


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
