"""Publishing 10,000 assets to a live snapshot, again with 1 % changed, beside pyoxigraph's bulk load and the check."""

import math
import os
import shutil
from pathlib import Path

from bench.assets import BASE, write
from bench.check import ours as check
from bench.measure import best, measured
from bench.table import Row
from kb import config

GOAL_FIRST, GOAL_AGAIN, GOAL_MB = 4.0, 0.5, 1024.0


def bulk_load(path: Path, folder: Path) -> int:
    """pyoxigraph alone: the file into a store on disk."""
    import pyoxigraph

    shutil.rmtree(folder, ignore_errors=True)
    store = pyoxigraph.Store(str(folder))
    store.bulk_load(path=str(path), format=pyoxigraph.RdfFormat.TURTLE)
    store.flush()
    return len(store)


def prepare(data: Path) -> str:
    """A data folder with the knowledge that ships and a publisher for the bench; the snapshot's identifier."""
    from kb.store.folder import DataFolder
    from kb.store.snapshots import Snapshots
    from kb.store.state import State

    folder = DataFolder(data)
    bring_up(data)
    State(folder).add_publisher("bench", BASE)
    return Snapshots(folder).current().id


def bring_up(data: Path) -> None:
    """Publishes what ships now; in the data folder of an earlier run a server would do so while it is measured."""
    from kb.store.folder import DataFolder
    from kb.store.shipped import publish_shipped

    publish_shipped(DataFolder(data), config.load({}, data=data))


def publish(path: Path, data: Path) -> str:
    """The whole way of `whatworks publish`; its one-line summary."""
    from kb.store.folder import DataFolder
    from kb.store.publication import PublicationRequest
    from kb.store.publication import publish as publish_requests

    request = PublicationRequest("bench", "buildings", (path,))
    (publication,) = publish_requests(DataFolder(data), [request], config.load({}, data=data))
    return publication.summary()


def published(folder: Path, assets: int, within: float = math.inf) -> Path:
    """A data folder with the knowledge that ships and that many assets, made where it is not there yet.

    How long that took is told by `seconds_of` in the same run. Raises RuntimeError where it fails or takes longer than
    `within` seconds.
    """
    data = folder / f"data-{assets}"
    if not _timed(data).exists():
        shutil.rmtree(data, ignore_errors=True)
        measured(prepare, data)
        register = write(folder / f"assets-{assets}.ttl", assets)
        taken = measured(publish, register, data, within=within)
        register.unlink()
        _timed(data).write_text(f"{taken.seconds} {os.getpid()}\n", encoding="ascii")
    measured(bring_up, data)
    return data


def seconds_of(data: Path) -> float | None:
    """How many seconds the assets of a data folder took to be published; None where another run did it.

    What a peer takes now says nothing beside that.
    """
    seconds, process = _timed(data).read_text(encoding="ascii").split()
    return float(seconds) if int(process) == os.getpid() else None


def _timed(data: Path) -> Path:
    """The file beside a data folder that says how long, and in which process' run, once all of it is there."""
    return data.with_name(f"{data.name}.seconds")


def run(folder: Path, assets: int = 10_000) -> list[Row]:
    """Rows: first publication, its memory, and the publication with 1 % changed."""
    path = write(folder / f"assets-{assets}.ttl", assets)
    changed = write(folder / f"assets-{assets}-changed.ttl", assets, changed_share=0.01)
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    measured(prepare, data)
    load = best(3, bulk_load, path, folder / "bulk")
    checked = best(3, check, path)
    floor = load.seconds + checked.seconds
    first = measured(publish, path, data)
    again = measured(publish, changed, data)
    return [
        Row(
            f"publish {assets:,} assets: by bulk load + check",
            first.seconds / floor,
            f"at most {GOAL_FIRST:g}",
            first.seconds / floor <= GOAL_FIRST,
            f"{first.seconds:.2f} s by {load.seconds:.2f} + {checked.seconds:.2f} s",
        ),
        Row("publish: peak memory, MB", first.peak_mb, f"at most {GOAL_MB:g}", first.peak_mb <= GOAL_MB, ""),
        Row(
            "publish again with 1 % changed: by the first time",
            again.seconds / first.seconds,
            f"at most {GOAL_AGAIN:g}",
            again.seconds / first.seconds <= GOAL_AGAIN,
            f"{again.seconds:.2f} s; {again.value}",
        ),
    ]
