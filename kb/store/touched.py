"""What a publication changes: which lines of which graphs, and of which things something else may be said then."""

from collections.abc import Mapping

from kb.store import sorted_lines
from kb.store.difference import Difference
from kb.store.snapshots import SnapshotRecord

MOST = 100_000
"""Lines of a change above which it is as well to look at everything again."""


def differences(
    earlier: SnapshotRecord, now: SnapshotRecord, just_accepted: Mapping[str, Difference]
) -> list[Difference] | None:
    """What leads from one snapshot to the next, but for the catalogue; None where that is not known exactly, or where
    it has many lines.

    `just_accepted`: `publisher/dataset` → what its latest release changed. It is exact where each dataset that differs
    is in it, and differs by that one release: after a writer that was killed, or beside a dataset that is gone, not.
    `kb.store.search_index.build.changed_records` tells records, over any number of releases.
    """
    if not earlier.datasets.keys() <= now.datasets.keys():
        return None
    found = []
    for name, number in now.datasets.items():
        before = earlier.datasets.get(name, 0)
        if number == before:
            continue
        if number != before + 1 or name not in just_accepted:
            return None
        found.append(just_accepted[name])
    return found if sum(len(each.removed) + len(each.added) for each in found) <= MOST else None


def touched(
    earlier: SnapshotRecord, now: SnapshotRecord, just_accepted: Mapping[str, Difference]
) -> frozenset[str] | None:
    """The subjects (IRIs) of the lines of `differences`; None where these are not known."""
    known = differences(earlier, now, just_accepted)
    if known is None:
        return None
    lines = (line for change in known for part in (change.removed, change.added) for line in part)
    return frozenset(map(sorted_lines.iri_of, set(map(sorted_lines.subject_of, lines))))
