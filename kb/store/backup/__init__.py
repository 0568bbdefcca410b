"""Backups: generations of a data folder, each of them complete, of which unchanged files are one file with many names.

    TARGET/whatworks-backup              says that the folder is one of backups, and the id of the data folder
    TARGET/{when}/                       a generation: laid out as a data folder is, so that plain tools restore it too
    TARGET/{when}/manifest.json          its files with checksums, and what it is a copy of
    TARGET/{when}/SHA256SUMS             the same checksums, as `sha256sum --check` reads them

In it: releases, state.sqlite, withdrawals, submissions, and the current and the pinned snapshots with all that was
derived from them, since citations rest on these. Left out, since the next writer makes it again from the releases: the
primary store, the index of changes, previews; snapshots that neither are current nor pinned, which retention would
remove anyway; and the access log (`usage/`), whose reports are kept elsewhere.
"""
