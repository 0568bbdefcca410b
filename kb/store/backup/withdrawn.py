"""Which withdrawals a data folder knows of: whether a generation was made before one, and may hold what it took.

By number and moment: where a site went back to an older generation, numbers come twice.
"""

from kb.errors import BadInput
from kb.store import tombstones
from kb.store.folder import DataFolder


def withdrawn(folder: DataFolder) -> frozenset[tuple[int, str]]:
    """Number and moment of each withdrawal, of a data folder or of a generation; raises BadInput for damaged ones."""
    try:
        return frozenset((each.number, each.when) for each in tombstones.read(folder))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BadInput(f"{folder.withdrawals}: cannot be read ({error}); restore it from a backup") from error
