"""Where files that are temporary and have a name lie: those that a process leaves behind when it is killed.

A server has a folder for them which it takes away (web.operations.held_folders); elsewhere, and where that folder has
gone, they lie where all temporary files do. Files without a name, which the kernel frees, need none of this.
"""

from tempfile import TemporaryDirectory

from kb import config


def scratch_folder() -> TemporaryDirectory[str]:
    """A new folder that goes at the end of its `with`. Raises OSError where none can be made."""
    place = config.scratch()
    return TemporaryDirectory(dir=place if place and place.is_dir() else None)
