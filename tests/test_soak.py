"""Half a minute of all at once: every request is answered as it should be, and nothing is left behind.

Latencies and memory are for `python -m bench soak`, which takes longer; here nothing depends on how quick a machine is.
"""

import shutil
import sys
from collections import Counter

import pytest
from soaking import EXPECTED, KEPT, PLACES, WORKERS, Soaked, soak

from kb.store.folder import DataFolder

SECONDS = 15

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture(scope="module")
def soaked(shipped_folder: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Soaked:
    """What came of it; a copy of the data folder is changed."""
    place = tmp_path_factory.mktemp("soak")
    shutil.copytree(shipped_folder.root, place / "data", symlinks=True)
    (place / "temporary").mkdir()
    return soak(place / "data", place / "temporary", SECONDS)


def test_every_kind_of_request_was_made_and_answered_as_it_should_be(soaked: Soaked) -> None:
    assert not soaked.errors(), Counter((each.kind, each.status, each.words) for each in soaked.errors()).most_common(5)
    assert {each.kind for each in soaked.asked} == EXPECTED.keys()
    assert {429, 503} & {each.status for each in soaked.asked if each.kind == "bomb"}


def test_old_snapshots_were_retired(soaked: Soaked) -> None:
    assert soaked.publications >= KEPT + 2, "so that two were retired"
    assert len(soaked.snapshots) == KEPT + 1


def test_no_process_file_or_snapshot_is_left_open(soaked: Soaked) -> None:
    start, end = soaked.start, soaked.end
    assert start is not None
    assert end is not None
    assert end.processes <= start.processes, (start, end)
    # Of those that go when another one becomes current, the last may still be open.
    assert end.retired <= 1, end
    # Each query process has two files without name, and a worker may have those of an answer that is being closed.
    assert end.temporary <= start.temporary + 2 * WORKERS * PLACES, (start, end)


def test_nothing_is_there_when_the_server_has_ended(soaked: Soaked) -> None:
    assert soaked.left == []
