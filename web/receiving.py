"""What a publisher sends: read to disk within bounds of size, time and number, and kept only if all of it comes."""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from flask import Flask, current_app, request
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    LengthRequired,
    RequestEntityTooLarge,
    RequestTimeout,
    UnsupportedMediaType,
)
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submissions, new_id
from web import turns
from web.asking import client
from web.body import end_unread
from web.reading import reader

AT_ONCE = 4
"""Uploads that are received at a time in each worker."""

PER_CLIENT = 2
"""Of these, those of one client."""

STALLED = 20.0
"""Seconds without a byte after which an upload is given up."""

LONGEST = 1800.0
"""Seconds that an upload may take in all."""

PIECE = 256 * 1024
FIELDS_BYTES = 256 * 1024
"""Bytes of the fields of a form that are not files."""

TYPES = {
    "text/turtle": ".ttl",
    "application/trig": ".trig",
    "application/n-triples": ".nt",
    "application/n-quads": ".nq",
    "application/rdf+xml": ".rdf",
    "application/ld+json": ".jsonld",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/geo+json": ".geojson",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/zip": ".zip",
}
"""Media type of a raw body → the suffix of the file."""

SUFFIXES = frozenset(TYPES.values()) | {".json", ".owl", ".xml"}


@dataclass
class Upload:
    """A request's body that has come whole; `files` are those with a name, in order."""

    id: str
    place: SubmissionFolder
    fields: dict[str, str] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    """Names of files in which nothing is."""

    def unreadable(self) -> str:
        """What is wrong with a file of a kind that is never read, in a sentence; empty where there is none."""
        wrong = next((path.name for path in self.files if path.suffix.lower() not in SUFFIXES), "")
        return f"{wrong}: not a kind of file that is read: {_known()}." if wrong else ""

    def delete(self) -> None:
        """Deletes what has come."""
        self.place.delete()


def receive(publisher: str, *, form_only: bool = False) -> Upload:
    """Reads the body into the folder of a new submission, which the caller registers, or deletes.

    The body is multipart/form-data, or one file by its media type, named by `?name=`. With `form_only` it is a form of
    a page, which may lack the file or hold one that is never read: who sent it is told so there. Raises TooBusy where
    the publisher has sent many or others are being received, UnsupportedMediaType, RequestEntityTooLarge,
    RequestTimeout, BadRequest where the body is cut off or holds no file.
    """
    settings = current_app.config["SETTINGS"]
    limit = settings.upload_mb * 1024 * 1024
    check_rate(publisher)
    if request.mimetype != "multipart/form-data" and (form_only or request.mimetype not in TYPES):
        raise UnsupportedMediaType(f"Send multipart/form-data, or one file as one of {', '.join(sorted(TYPES))}.")
    if request.content_length is None and request.mimetype != "multipart/form-data":
        # Of a chunked body the server does not tell a connection that was cut from the end; a form tells its own.
        raise LengthRequired("Say how long the file is, by Content-Length, so that one cut off can be told.")
    if (request.content_length or 0) > limit:
        raise _too_large(settings.upload_mb)
    id = new_id()
    upload = Upload(id, SubmissionFolder(reader().folder, id))
    try:
        _within_time(_Body(request.input_stream, limit, settings.upload_mb, request.content_length), upload)
        if not upload.files and not form_only:
            raise BadRequest("No file has come; choose one, or send it as `file`.")
        if not form_only and (words := upload.unreadable()):
            raise UnsupportedMediaType(words)
    except BaseException:
        upload.delete()
        raise
    return upload


def install(app: Flask) -> None:
    """Gives the application its count of uploads."""
    turns.install(app, "uploads", "files are being received", AT_ONCE, PER_CLIENT)
    turns.install(app, "publications", "requests wait for their publication", AT_ONCE, AT_ONCE)


@dataclass
class _Body:
    """The bytes of a body as they come."""

    stream: IO[bytes]
    limit: int
    megabytes: int
    expected: int | None
    """By Content-Length."""
    came: int = 0
    at: float = field(default_factory=time.monotonic)
    given_up: bool = False

    def read(self, size: int = -1) -> bytes:
        """Up to so many bytes; raises RequestEntityTooLarge, and BadRequest where fewer come than were announced."""
        wanted = PIECE if size < 0 else min(size, PIECE)
        if self.expected is not None:
            wanted = min(wanted, self.expected - self.came)
        data = self.stream.read(wanted) if wanted else b""
        self.at = time.monotonic()
        self.came += len(data)
        if self.came > self.limit:
            raise _too_large(self.megabytes)
        if not data and self.expected is not None and self.came < self.expected:
            raise BadRequest(f"The body was cut off after {self.came} of {self.expected} bytes; nothing of it is kept.")
        return data


def _within_time(body: _Body, upload: Upload) -> None:
    taken = turns.of("uploads")
    who, kind = client(), (request.mimetype, dict(request.mimetype_params))
    name = request.args.get("name") or _disposed_name() or f"upload{TYPES.get(request.mimetype, '')}"
    taken.take(who)
    failed: list[BaseException] = []
    ended = threading.Event()

    def read() -> None:
        try:
            _parse(body, upload, *kind, name)
        except Exception as error:
            failed.append(error)
        finally:
            taken.give_back(who)
            if body.given_up:
                upload.delete()
            ended.set()

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    begun = time.monotonic()
    while thread.is_alive():
        thread.join(0.5)
        if thread.is_alive() and (time.monotonic() - body.at > STALLED or time.monotonic() - begun > LONGEST):
            body.given_up = True
            end_unread(thread, ended, STALLED)
            raise RequestTimeout(f"Nothing more of the body came within {STALLED:g} s; nothing of it is kept.")
    if failed:
        error = failed[0]
        if isinstance(error, (HTTPException, OSError)):
            raise error
        if isinstance(error, ValueError):
            raise BadRequest(f"The form cannot be read ({error}); was it cut off?") from error
        raise error


def _parse(body: _Body, upload: Upload, mimetype: str, options: dict[str, str], name: str) -> None:
    if mimetype != "multipart/form-data":
        path = upload.place.place(1, name)
        with path.open("wb") as written:
            while data := body.read():
                written.write(data)
        if path.stat().st_size:
            upload.files.append(path)
        return
    opened: list[IO[bytes]] = []
    named: list[str] = []

    def store(filename: str | None, **_: Any) -> IO[bytes]:
        path = upload.place.place(len(opened) + 1, filename or "file")
        opened.append(path.open("w+b"))
        named.append(filename or "")
        return opened[-1]

    parser = FormDataParser(store, FIELDS_BYTES, silent=False, max_form_parts=50)  # type: ignore[arg-type]
    try:
        _, form, _ = parser.parse(body, mimetype, None, options)  # type: ignore[arg-type]
        while body.read():  # what stands after the last boundary
            pass
    finally:
        for file in opened:
            file.close()
    upload.fields = {key: value.replace("\x00", "") for key, value in form.items()}
    for file, called in zip(opened, named, strict=True):
        path = Path(file.name)
        if path.stat().st_size:
            upload.files.append(path)
        else:  # a field for files that was left empty, or an empty file
            upload.empty += [path.name] if called else []
            path.unlink()
            path.parent.rmdir()


def _disposed_name() -> str:
    """The name that the header Content-Disposition gives the body (RFC 6266)."""
    _, options = parse_options_header(request.headers.get("Content-Disposition", ""))
    return options.get("filename", "")


def check_rate(publisher: str) -> None:
    """Raises TooBusy where the publisher has sent as much as it may within the hour, before anything more is read."""
    Submissions(reader().folder).check_rate(publisher, most_an_hour())


def most_an_hour() -> int:
    """How many submissions a publisher may send within an hour."""
    most: int = current_app.config["SETTINGS"].uploads_per_hour
    return most


def _too_large(megabytes: int) -> RequestEntityTooLarge:
    return RequestEntityTooLarge(f"What is sent may have up to {megabytes} MB; this has more.")


def _known() -> str:
    return ", ".join(sorted(SUFFIXES))
