"""Settings that contradict each other, or that are not safe where strangers read."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from kb.config import Settings
from kb.operations.doctor.finding import Finding


def examine(settings: Settings) -> Iterator[Finding]:
    """What is wrong with the settings, or one line that says that nothing is."""
    found = [*_address(settings), *_proxies(settings), *_engine(settings), *_files(settings), *_sizes(settings)]
    yield from found or [_ok("nothing in them contradicts itself")]


def _address(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.public_url)
    if not settings.public_url:
        yield _warning(
            "the site does not know its public address, so links in downloads and citations name the host of each "
            "request",
            "Set WHATWORKS_PUBLIC_URL, as https://whatworks.example.gov.uk",
        )
    elif url.scheme not in ("http", "https") or not url.hostname:
        yield _fault(f"WHATWORKS_PUBLIC_URL={settings.public_url} is no web address", "Begin it with https://")
    elif url.path.strip("/") or url.query or url.fragment:
        yield _fault(
            f"WHATWORKS_PUBLIC_URL={settings.public_url} has a path, and the site answers at the root of a host only",
            "Give it a host name of its own",
        )
    elif url.scheme == "http" and not _is_loopback(url.hostname):
        yield _warning(
            "WHATWORKS_PUBLIC_URL is http, so tokens and sessions cross the network for anybody to read",
            "Put a proxy with TLS in front, and set the address that begins with https://",
        )
    if not settings.contact:
        yield _warning("nobody is named to whom readers can turn", "Set WHATWORKS_CONTACT to an e-mail address or URL")


def _proxies(settings: Settings) -> Iterator[Finding]:
    alone = _is_loopback(settings.host)
    strangers = bool(settings.public_url) and not _is_loopback(urlsplit(settings.public_url).hostname)
    if settings.public_url.startswith("https://") and not settings.proxies:
        yield _warning(
            "the public address is https, which this server does not speak, so a proxy stands in front, and "
            "WHATWORKS_PROXIES is 0: all readers look like one client, and share the limits of one",
            "Set WHATWORKS_PROXIES to the number of proxies that a request passes",
        )
    elif alone and not settings.proxies and strangers:
        yield _warning(
            "only this machine can reach the server (WHATWORKS_HOST), and WHATWORKS_PROXIES is 0",
            "If a proxy passes requests on, set WHATWORKS_PROXIES to 1; from here that cannot be seen",
        )
    if settings.proxies and not alone:
        yield _warning(
            f"the server listens on {settings.host} and believes what {settings.proxies} proxies tell of a client",
            "See to it that nobody but the proxy can reach the port, or a reader can pretend to be anybody",
        )
    if any(ip_network(each).prefixlen == 0 for each in settings.metrics_from.split()):
        yield _warning("everybody may read /metrics", "Name the monitor's address in WHATWORKS_METRICS_FROM")


def _engine(settings: Settings) -> Iterator[Finding]:
    if not settings.store:
        if given := [name for name in ("store_update", "store_graphs", "store_user") if getattr(settings, name)]:
            names = ", ".join(f"WHATWORKS_{name.upper()}" for name in given)
            yield _fault(f"{names} is set without WHATWORKS_STORE", "Set all addresses of the engine, or none")
        return
    if bool(settings.store_update) != bool(settings.store_graphs):
        yield _fault(
            "one of WHATWORKS_STORE_UPDATE and WHATWORKS_STORE_GRAPHS is set, and publishing needs both",
            "Set both, or neither where this machine only reads",
        )
    if bool(settings.store_user) != bool(settings.store_password):
        yield _fault("the engine's user or its password is set without the other", "Set both, or neither")
    url = urlsplit(settings.store)
    if settings.store_password and url.scheme == "http" and not _is_loopback(url.hostname):
        yield _warning("the engine's password crosses the network unencrypted", "Reach the engine over https")


def _files(settings: Settings) -> Iterator[Finding]:
    for name, path, there in (
        ("WHATWORKS_OUTLINES", settings.outlines, Path.is_file),
        ("WHATWORKS_POSTCODES", settings.postcodes, Path.is_dir),
    ):
        if path and not there(Path(path)):
            yield _fault(f"{name}={path} is not there", "Correct the path, or leave the setting empty")
    if bool(settings.tiles) != bool(settings.tiles_attribution):
        yield _warning(
            "map tiles and their attribution are set one without the other",
            "Set WHATWORKS_TILES_ATTRIBUTION as the licence of the tiles in WHATWORKS_TILES wants it",
        )


def _sizes(settings: Settings) -> Iterator[Finding]:
    if settings.upload_unpacked_mb < settings.upload_mb:
        yield _fault(
            "WHATWORKS_UPLOAD_UNPACKED_MB is less than WHATWORKS_UPLOAD_MB: a file may be sent that is then refused",
            "Raise the first to the second or more",
        )
    if settings.submission_mb < settings.reading_mb:
        yield _fault(
            "WHATWORKS_SUBMISSION_MB is less than WHATWORKS_READING_MB, which is a part of it", "Raise the first"
        )
    if settings.query_per_client >= settings.query_places + settings.query_waiting:
        yield _warning(
            "one client may take every place for queries",
            "Set WHATWORKS_QUERY_PER_CLIENT below WHATWORKS_QUERY_PLACES and WHATWORKS_QUERY_WAITING together",
        )


def _is_loopback(host: str | None) -> bool:
    if host is None or host == "localhost" or host.endswith(".localhost"):
        return host is not None
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _ok(said: str) -> Finding:
    return Finding("settings", "ok", said)


def _warning(said: str, do: str) -> Finding:
    return Finding("settings", "warning", said, do)


def _fault(said: str, do: str) -> Finding:
    return Finding("settings", "fault", said, do)
