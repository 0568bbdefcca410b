"""Zip archives, workbooks among them: checked before anything of them is unpacked."""

import lzma
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from kb.errors import BadInput
from kb.intake.spreadsheet.limits import Limits

MOST_MEMBERS = 2_000
"""Files within an archive; a workbook of a hundred sheets has some four hundred."""

HIGHEST_RATIO = 250
"""Size unpacked to size packed, from SMALL bytes on: sheets reach 100, ten million equal characters reach 1,000."""

SMALL = 1 << 20
_PIECE = 1 << 16
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What reading a member of a damaged archive raises, besides OSError."""

_TABLES = (".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".geojson", ".json", ".zip")
_UNREAD = ("__MACOSX/", ".")
_ENTITIES = (b"<!DOCTYPE", b"<!ENTITY", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
_AGAIN = "open it in a spreadsheet program and save it anew"
_KINDS = (
    ("xl/workbook.xml", "workbook"),
    ("xl/workbook.bin", "workbook"),
    ("content.xml", "workbook"),
    ("word/document.xml", "a Word document: copy its table into a spreadsheet"),
    ("ppt/presentation.xml", "a presentation"),
)


def open_archive(path: Path, file: str, limits: Limits) -> tuple[zipfile.ZipFile, str]:
    """The archive, which the caller closes, and what it is: `workbook` or `files`.

    Raises BadInput for what is damaged, encrypted, too large or suspiciously small for what it unpacks to; for member
    names that lead out of a folder, for XML with a document type (entities), and for documents that are no table.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, *DAMAGE) as error:
        raise BadInput(f"{file}: is damaged, its table of contents can't be read: send it again") from error
    try:
        _check(archive, file, limits)
        names = set(archive.namelist())
        kind = next((kind for name, kind in _KINDS if name in names), "files")
        if kind not in ("workbook", "files"):
            raise BadInput(f"{file}: is {kind}")
        if kind == "workbook":
            _refuse_entities(archive, file)
    except BaseException:
        archive.close()
        raise
    return archive, kind


def members(archive: zipfile.ZipFile) -> tuple[list[zipfile.ZipInfo], list[str]]:
    """The files of an archive that are named as tables are, and the names of others, such as a licence beside them.

    Where none is so named, all are to be read. Folders, and what a file manager puts beside files, are neither.
    """
    files = [
        member
        for member in archive.infolist()
        if not member.is_dir()
        and not member.filename.startswith(_UNREAD)
        and not PurePosixPath(member.filename).name.startswith((".", "~$"))
    ]
    tables = [member for member in files if member.filename.lower().endswith(_TABLES)] or files
    return tables, [PurePosixPath(member.filename).name for member in files if member not in tables]


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, file: str) -> None:
    """Writes one member to `target`, never more than the archive states; raises BadInput where it is damaged."""
    try:
        with archive.open(member) as opened, target.open("wb") as written:
            while piece := opened.read(_PIECE):
                written.write(piece)
    except DAMAGE as error:
        raise BadInput(f"{file}: is damaged or packed in a way that is not read: send it again") from error


def _check(archive: zipfile.ZipFile, file: str, limits: Limits) -> None:
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise BadInput(f"{file}: holds {len(infos):,} files, and {MOST_MEMBERS:,} are taken: send fewer")
    total = sum(member.file_size for member in infos)
    if total > limits.unpacked_mb * 1_000_000:
        raise BadInput(
            f"{file}: unpacks to {total / 1_000_000:,.1f} MB, and up to {limits.unpacked_mb:,} are taken: "
            "send it in parts"
        )
    for member in infos:
        name = member.filename
        parts = PurePosixPath(name.replace("\\", "/")).parts
        if name.startswith(("/", "\\")) or ".." in parts or ":" in name or "\0" in member.orig_filename:
            raise BadInput(f"{file}: a file in it is named {name!r}, which leads out of its folder: pack it anew")
        if member.flag_bits & 1:
            raise BadInput(f"{file}: is encrypted with a password: pack it without one")
        if member.file_size > SMALL and member.file_size > HIGHEST_RATIO * max(1, member.compress_size):
            ratio = f"{HIGHEST_RATIO} times its size, as no table does"
            raise BadInput(f"{file}: {name} unpacks to more than {ratio}: send it unpacked")


def _refuse_entities(archive: zipfile.ZipFile, file: str) -> None:
    for member in archive.infolist():
        if member.filename.endswith((".xml", ".rels", ".vml")):
            try:
                with archive.open(member) as opened:
                    head = opened.read(_PIECE)
            except DAMAGE as error:
                raise BadInput(f"{file}: is damaged at {member.filename}: save it again") from error
            if any(sign in head for sign in _ENTITIES):
                raise BadInput(f"{file}: {member.filename} declares entities, as no spreadsheet does: {_AGAIN}")
