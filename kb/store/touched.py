"""Of which things a publication may say something else than was said before."""

from collections.abc import Mapping

from kb.store import sorted_lines
from kb.store.difference import Difference
from kb.store.snapshots import SnapshotRecord

MOST = 100_000
"""Lines of a change above which it is as well to look at everything again."""


def touched(
    earlier: SnapshotRecord, now: SnapshotRecord, just_accepted: Mapping[str, Difference]
) -> frozenset[str] | None:
    """The subjects (IRIs) of the lines that lead from one snapshot to the next; None where that is not known exactly,
    or where these are many.

    `just_accepted`: `publisher/dataset` → what its latest release changed. It is exact where each dataset that differs
    is in it, and differs by that one release: after a writer that was killed, or beside a dataset that is gone, not.
    `kb.store.search_index.build.changed_records` tells records, over any number of releases.
    """
    if not earlier.datasets.keys() <= now.datasets.keys():
        return None
    changes = []
    for name, number in now.datasets.items():
        before = earlier.datasets.get(name, 0)
        if number == before:
            continue
        if number != before + 1 or name not in just_accepted:
            return None
        changes.append(just_accepted[name])
    if sum(len(change.removed) + len(change.added) for change in changes) > MOST:
        return None
    lines = (line for change in changes for part in (change.removed, change.added) for line in part)
    return frozenset(map(sorted_lines.iri_of, set(map(sorted_lines.subject_of, lines))))
