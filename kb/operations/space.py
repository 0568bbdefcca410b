"""Room on disks: what files take, hard links counted once, and how much is free."""

import os
from pathlib import Path


def taken(*folders: Path) -> int:
    """Bytes that the files below these folders take on disk; a file that goes meanwhile counts nothing."""
    seen: set[tuple[int, int]] = set()
    total = 0
    for folder in folders:
        for parent, _, names in os.walk(folder):
            for name in names:
                try:
                    found = os.lstat(os.path.join(parent, name))
                except FileNotFoundError:
                    continue
                if (found.st_dev, found.st_ino) not in seen:
                    seen.add((found.st_dev, found.st_ino))
                    total += found.st_blocks * 512
    return total


def free(folder: Path) -> int:
    """Bytes that this account may still write on the disk of the folder, or of the nearest one above that is there."""
    found = os.statvfs(_there(folder))
    return found.f_bavail * found.f_frsize


def kind_of_disk(folder: Path) -> str:
    """The kind of file system that the folder lies on, as the kernel names it (`ext4`, `tmpfs`); empty if unknown."""
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    place = str(_there(folder).resolve())
    for line in lines:  # proc(5): fields up to " - ", the fifth of which is where it is mounted; then the kind
        fields, _, rest = line.partition(" - ")
        mounted = fields.split()[4].replace("\\040", " ")
        inside = place == mounted or place.startswith(mounted.rstrip("/") + "/")
        if inside and len(mounted) >= len(best):
            best, kind = mounted, rest.split()[0]
    return kind


def _there(folder: Path) -> Path:
    folder = folder.absolute()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder
