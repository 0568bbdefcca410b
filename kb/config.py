"""All settings in one table, and where the files that ship are; the only reader of the environment."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kb.errors import BadSetting

PREFIX = "WHATWORKS_"


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("must be a whole number")
    return int(text)


def _positive(text: str) -> int:
    number = _whole(text)
    if number < 1:
        raise ValueError("must be 1 or more")
    return number


def _mebibytes(text: str) -> int:
    number = _whole(text)
    if number < 384:
        raise ValueError("must be 384 or more: with less no store opens")
    return number


def _port(text: str) -> int:
    number = _whole(text)
    if not 0 <= number <= 65535:
        raise ValueError("must be from 0 to 65535")
    return number


def _metres(text: str) -> int:
    number = _positive(text)
    if number > 2000:
        raise ValueError("must be 2000 or less")
    return number


def _tiles(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or ";" in text or " " in text:
        raise ValueError("must be an http or https URL without user name, semicolon or space")
    if not all(name in text for name in ("{z}", "{x}", "{y}")):
        raise ValueError("must hold {z}, {x} and {y}")
    return text


def _endpoint(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an http or https URL")
    if "@" in parts.netloc:
        raise ValueError("must hold no user and no password; they have settings of their own")
    return text


def _authentication(text: str) -> str:
    if text not in ("basic", "digest"):
        raise ValueError("must be basic or digest")
    return text


def _engine(text: str) -> str:
    if text not in ("rust", "pyshacl"):
        raise ValueError("must be rust or pyshacl")
    return text


def _endpoints(text: str) -> str:
    for url in text.split():
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
            raise ValueError("must be http or https URLs with spaces between, without user name and fragment")
    return text


def _networks(text: str) -> str:
    try:
        for each in text.split():
            ip_network(each)
    except ValueError:
        raise ValueError("must be IP addresses or networks, as 10.0.0.0/8, with spaces between") from None
    return text


def _yes_or_no(text: str) -> str:
    if text not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return text


@dataclass(frozen=True)
class Setting:
    """One row of the table: the environment variable is `WHATWORKS_` and the name in capitals."""

    name: str
    default: Any
    read: Callable[[str], Any]
    help: str
    secret: bool = False
    """Whether it may also come from a file, so that it stands in no environment that others may list."""

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return PREFIX + self.name.upper()


SETTINGS: tuple[Setting, ...] = (
    Setting("data", Path("data"), Path, "folder that holds releases, store and snapshots"),
    Setting("host", "127.0.0.1", str, "address that the server listens on"),
    Setting("port", 8000, _port, "port that the server listens on; 0 takes a free one"),
    Setting("workers", 2, _positive, "processes that answer requests"),
    Setting("public_url", "", str, "URL under which strangers reach this site; empty: taken from the request"),
    Setting("contact", "", str, "how to reach whoever runs this site: an e-mail address or a URL; empty: not told"),
    Setting("keep_snapshots", 10, _positive, "snapshots kept besides the current and the pinned ones"),
    Setting("shacl_engine", "rust", _engine, "engine of the protocol checks: rust (fast) or pyshacl (reference)"),
    Setting("canonicalise_seconds", 60, _positive, "time allowed for naming the blank nodes of one submission, in s"),
    Setting("canonicalise_mb", 1024, _positive, "memory allowed for naming the blank nodes of one submission, in MB"),
    Setting("upload_mb", 100, _positive, "size of what a publisher sends at a time, in MB"),
    Setting("upload_unpacked_mb", 500, _positive, "size of a file in it once unpacked (.zip, .xlsx, .ods), in MB"),
    Setting("upload_rows", 1_000_000, _positive, "rows of all sheets of such a file"),
    Setting("upload_cells", 8_000_000, _positive, "cells of all sheets of such a file"),
    Setting("reading_seconds", 60, _positive, "time that reading such a file may take, in s"),
    Setting("reading_mb", 1024, _positive, "memory that reading such a file may take, in MB"),
    Setting("store", "", _endpoint, "URL of an external engine's SPARQL queries; empty: the store is a folder"),
    Setting("store_update", "", _endpoint, "URL of that engine's SPARQL updates, for publishing"),
    Setting("store_graphs", "", _endpoint, "URL of that engine's Graph Store Protocol, for publishing"),
    Setting("store_user", "", str, "user name at that engine; empty: no credentials are sent"),
    Setting("store_password", "", str, "password at that engine; _FILE at the end: the file that holds it", True),
    Setting("store_auth", "basic", _authentication, "how credentials are sent to that engine: basic or digest"),
    Setting("query_seconds", 30, _positive, "time that a query may take, in s; timeout= asks for less"),
    Setting("query_mb", 768, _mebibytes, "memory that a query may take, in MB, its process (some 220) included"),
    Setting("query_result_mb", 200, _positive, "size of an answer, in MB"),
    Setting("query_places", 3, _positive, "queries that run at a time in each worker, each in a process of its own"),
    Setting("query_waiting", 8, _whole, "queries that may wait for a place in each worker"),
    Setting("query_per_client", 4, _positive, "queries that one client may have in each worker, waiting ones included"),
    Setting("requests_per_minute", 600, _whole, "requests of a client a minute, in each worker; 0: any number"),
    Setting("searches_per_minute", 360, _whole, "searches and comparisons of a client, besides; 0: any number"),
    Setting("replica_of", "", _endpoint, "of a replica: URL of the site where one publishes instead; empty: not told"),
    Setting("proxies", 0, _whole, "proxies in front whose X-Forwarded-For and X-Forwarded-Proto are believed"),
    Setting("short_links", 20_000, _whole, "short links to queries that are kept, at most; 0 keeps no new one"),
    Setting("federation", "", _endpoints, "exact URLs, with spaces between, that SERVICE may name; empty: none"),
    Setting("postcodes", "", str, "folder of Code-Point Open files, by which places are put on the map; empty: none"),
    Setting("near_metres", 1000, _metres, "metres up to which buildings of different bodies are paired; 2000 at most"),
    Setting("outlines", "", str, "GeoJSON file of outlines, as of districts, drawn behind the buildings; empty: none"),
    Setting("tiles", "", _tiles, "URL of map tiles with {z}, {x}, {y}, which browsers then ask for; empty: none"),
    Setting("tiles_attribution", "", str, "whose the map tiles are, as their licence wants it said on the map"),
    Setting("uploads_per_hour", 60, _positive, "submissions that a publisher may send within an hour"),
    Setting("submission_mb", 3072, _mebibytes, "memory that reading and checking a submission may reserve, in MB"),
    Setting("submission_seconds", 900, _positive, "processor time that reading a submission's cells may take, in s"),
    Setting("submission_days", 30, _positive, "days for which a submission is kept that nothing happens to"),
    Setting("contribution_days", 90, _positive, "days that readers' e-mail addresses, and what was dealt with, stay"),
    Setting("previews", 8, _positive, "submissions that can be browsed as they would look, at a time"),
    Setting("session_hours", 8, _positive, "hours after which whoever signed in has to do so again"),
    Setting("private_sites", "", _endpoints, "URLs at private addresses that may be asked; / at the end: all below"),
    Setting("harvest_mb", 200, _positive, "size of a file that is harvested, in MB"),
    Setting("harvest_seconds", 120, _positive, "time in which a file that is harvested must have come, in s"),
    Setting("page_cache_mb", 64, _positive, "memory for repeated answers in each worker, in MB"),
    Setting("metrics_from", "127.0.0.0/8 ::1", _networks, "who may read /metrics: addresses, networks, spaces between"),
    Setting("access_log", "yes", _yes_or_no, "whether an access log without personal data is kept: yes or no"),
    Setting("access_log_months", 13, _positive, "months for which it is kept, this one included"),
)


@dataclass(frozen=True)
class Settings:
    """The values in force; field by field the rows of SETTINGS."""

    data: Path
    host: str
    port: int
    workers: int
    public_url: str
    contact: str
    keep_snapshots: int
    shacl_engine: str
    canonicalise_seconds: int
    canonicalise_mb: int
    upload_mb: int
    upload_unpacked_mb: int
    upload_rows: int
    upload_cells: int
    reading_seconds: int
    reading_mb: int
    store: str
    store_update: str
    store_graphs: str
    store_user: str
    store_password: str = field(repr=False)
    store_auth: str
    query_seconds: int
    query_mb: int
    query_result_mb: int
    query_places: int
    query_waiting: int
    query_per_client: int
    requests_per_minute: int
    searches_per_minute: int
    replica_of: str
    proxies: int
    short_links: int
    federation: str
    postcodes: str
    near_metres: int
    outlines: str
    tiles: str
    tiles_attribution: str
    uploads_per_hour: int
    submission_mb: int
    submission_seconds: int
    submission_days: int
    contribution_days: int
    previews: int
    session_hours: int
    private_sites: str
    harvest_mb: int
    harvest_seconds: int
    page_cache_mb: int
    metrics_from: str
    access_log: str
    access_log_months: int


def load(environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Settings from what was `given` (None counts as not given), else the environment, else the defaults.

    `environ` stands in for the process's environment.

    Raises BadSetting for an unknown `WHATWORKS_…` variable (the message lists the known ones) or a bad value.
    """
    environ = os.environ if environ is None else environ
    known = {setting.variable for setting in SETTINGS} | {_file(setting) for setting in SETTINGS if setting.secret}
    for variable in environ:
        if variable.startswith(PREFIX) and variable not in known:
            names = ", ".join(sorted(known))
            raise BadSetting(f"{variable}: no such setting; the settings are {names}")
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        if given.get(setting.name) is not None:
            values[setting.name] = given[setting.name]
        elif setting.secret and environ.get(_file(setting), "") != "":
            values[setting.name] = _secret(setting, environ)
        elif environ.get(setting.variable, "") != "":
            values[setting.name] = _read(setting, environ[setting.variable])
        else:
            values[setting.name] = setting.default
    return Settings(**values)


def _file(setting: Setting) -> str:
    return f"{setting.variable}_FILE"


def _secret(setting: Setting, environ: Mapping[str, str]) -> Any:
    """What the first line of the file says that the environment names, as container engines hand secrets over."""
    name = environ[_file(setting)]
    if environ.get(setting.variable, "") != "":
        raise BadSetting(f"{setting.variable} and {_file(setting)} are both set; leave one out")
    try:
        text = Path(name).read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is not text in UTF-8"
        raise BadSetting(f"{_file(setting)}={name}: cannot be read ({why})") from None
    if not text:
        raise BadSetting(f"{_file(setting)}={name}: its first line is empty; write the secret there")
    return _read(setting, text)


def _read(setting: Setting, text: str) -> Any:
    try:
        return setting.read(text)
    except ValueError as error:
        # Where a URL has a password in it, the message has not.
        shown = "…" if "@" in text or setting.secret else repr(text)
        raise BadSetting(f"{setting.variable}={shown}: {error} ({setting.help})") from error


SCRATCH = "SCRATCH_OF_WHATWORKS"
"""By which a server tells the processes that it starts of a folder; no setting, for nobody else gives it."""


def scratch() -> Path | None:
    """The folder of the server that started this process, for what is temporary and has a name."""
    folder = os.environ.get(SCRATCH, "")
    return Path(folder) if folder else None


def shipped(folder: str) -> Path:
    """The folder `ontology`, `shapes`, `graphs` or `queries` as it ships: in the wheel, or in a checkout."""
    here = Path(__file__).parent
    inside = here / folder
    return inside if inside.is_dir() else here.parent / folder
