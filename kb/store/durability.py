"""Writing so that it outlives a power cut: every file and every changed folder is fsynced."""

import os
import shutil
from pathlib import Path

HALF_MADE = ".tmp-"
"""Start of the name of a folder that is being written or deleted; no reader looks at it."""

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
"""Modes of what is nobody's but the site's own: hashes of tokens, addresses of readers, files as they were sent."""


def make_folder(path: Path) -> None:
    """Creates `path` with its parents; each folder that gained an entry is fsynced."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync(path.parent)


def make_private_folder(path: Path) -> None:
    """The same, for what nobody but the site's own user may look into; one that is there keeps its mode."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    sync(path.parent)


def sync(path: Path) -> None:
    """Fsyncs one file or folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(path: Path) -> None:
    """Fsyncs every file and folder below `path`, and `path`."""
    for folder, _, files in os.walk(path):
        for name in files:
            sync(Path(folder, name))
        sync(Path(folder))


def link(source: Path, target: Path) -> None:
    """Gives the file a second name, which takes no room; where the file system has none to give, copies it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
        sync(target)


def move(source: Path, target: Path) -> None:
    """Renames within one folder, atomically and durably; a file or link at `target` is replaced."""
    source.replace(target)
    sync(target.parent)


def move_folder(draft: Path, target: Path) -> None:
    """Renames a folder that was made durably to `target`; one that is there, such as of an earlier form, goes.

    Between the two renames there is none, so whoever reads it must be able to do without.
    """
    if target.exists():
        target.rename(old := target.with_name(f"{HALF_MADE}old-{target.name}"))
        move(draft, target)
        shutil.rmtree(old)
    else:
        move(draft, target)


def replace_file(path: Path, text: str) -> None:
    """Puts a text into a file, durably and at once."""
    draft = path.with_name(HALF_MADE + path.name)
    draft.write_text(text, encoding="utf-8")
    sync(draft)
    move(draft, path)


def remove_half_made(parent: Path) -> None:
    """Deletes what a dead writer left half written or half deleted in `parent`."""
    for path in parent.glob(f"{HALF_MADE}*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
