"""The comparison's rows and tables: what is told of engines that were measured, were given up, or were left out."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench import compared, engines, growth, publish, results  # noqa: E402
from bench.compared import Found, Pair  # noqa: E402
from bench.engines import Served  # noqa: E402
from bench.measure import measured, processor_seconds  # noqa: E402
from bench.peers import PeerAbsent  # noqa: E402
from bench.table import Row  # noqa: E402


def rows(
    monkeypatch: pytest.MonkeyPatch, folder: Path, assets: int, seconds: float, pace: float = 0.1
) -> list[Row]:
    """Of a comparison in which this site takes so long, a peer half of that, and one is left out.

    In the second of three rounds the machine is slow.
    """
    ours = Found({"loading": [8.0], "words": [seconds, 9 * seconds, seconds], "path": [2.0]}, {"words": 3, "path": 1})
    theirs = [seconds / 2, 9 * seconds / 2, seconds / 2]
    peer = Found({"loading": [4.0], "words": theirs}, {"words": 2}, {"path": "no answer within 30 s"})
    pair = Pair(ours, peer, {"words": pace, "path": pace})
    monkeypatch.setattr(compared, "compare", lambda *_: ({"Peer": pair}, {"Other": "it did not load"}))
    return compared.run(folder, assets)


def test_rows_of_what_was_measured_given_up_and_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = {row.name: row for row in rows(monkeypatch, tmp_path, 1000, 0.1)}
    assert found["1,000 assets, words: by Peer"].ratio == 2
    assert "3 rows by 2: not the same answer" in found["1,000 assets, words: by Peer"].detail
    given_up = found["1,000 assets, path: by Peer"]
    assert (given_up.ratio, given_up.detail) == (None, "Peer: no answer within 30 s")
    assert found["1,000 assets: Other was left out"].detail == "it did not load"


def test_how_it_grows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(results, "KEPT", tmp_path / "results")
    for assets, seconds, pace in ((1000, 0.1, 0.1), (10_000, 1.0, 0.2)):  # the machine is half as quick
        results.keep("compared", assets, rows(monkeypatch, tmp_path, assets, seconds, pace))
    text = results.document()
    assert text.index("## compared, 1,000 assets") < text.index("## compared, 10,000 assets")
    assert "| 1,000 assets, path: by Peer | – |" in text
    assert "**10,000 assets**: 10 times the data" in text
    assert "| what | this site | Peer |" in text
    assert "| words | 5.00 | 5.00 |" in text
    assert "| path | 0.50 | – |" in text


def test_of_one_size_nothing_is_told_of_growth(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = [{"part": "compared", "assets": 10, "rows": [asdict(row) for row in rows(monkeypatch, tmp_path, 10, 1.0)]}]
    assert list(growth.lines(kept)) == []


def test_a_disk_without_room_is_a_row(tmp_path: Path) -> None:
    [row] = compared.run(tmp_path, 10**12)
    assert row.ratio is None
    assert "GB of disk" in row.detail
    assert not list(tmp_path.iterdir())


def test_an_engine_that_does_not_fit_in_memory_is_not_started(tmp_path: Path) -> None:
    triples = tmp_path / "large.nt"
    triples.touch()
    with triples.open("ab") as file:
        file.truncate(10**12)  # takes no room
    with pytest.raises(PeerAbsent, match="GB of memory"), engines.rdflib(triples, tmp_path):
        pass


def test_loading_has_its_time(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="not done within 0 s"):
        measured(_sleeps, within=0.2)


def _sleeps() -> None:
    time.sleep(60)


def test_the_time_of_a_process_counts() -> None:
    before = processor_seconds(os.getpid())
    assert before > 0
    end = before + 0.05
    while processor_seconds(os.getpid()) < end:
        sum(range(10_000))


def test_peer_and_site_take_turns_and_who_did_not_answer_is_asked_no_more() -> None:
    here, peer = (Served(f"http://{name}.example/sparql", 1.0, ()) for name in ("here", "peer"))
    asked: list[tuple[str, int]] = []

    def seconds(served: Served, turn: int) -> float:
        asked.append((served.endpoint, turn))
        if served is peer and turn == 1:
            raise TimeoutError
        return 1.0

    pair = Pair(Found(), Found())
    assert not compared._in_turn(pair, "words", (here, peer), seconds)
    assert asked == [(here.endpoint, 0), (peer.endpoint, 0), (here.endpoint, 1), (peer.endpoint, 1)]
    assert (pair.ours.seconds, pair.peer.seconds) == ({"words": [1.0, 1.0]}, {})
    assert pair.peer.reasons == {"words": "no answer within 30 s"}
    assert pair.pace["words"] > 0


def test_a_comparison_that_was_broken_off_goes_on_with_the_next_peer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begun: list[str] = []

    @contextmanager
    def start(triples: Path, folder: Path) -> Iterator[Served]:
        begun.append(triples.read_text(encoding="ascii"))
        if len(begun) == 2:
            raise KeyboardInterrupt
        yield Served("http://peer.example/sparql", 1.0, ())

    monkeypatch.setattr(compared, "ENGINES", {"first": start, "second": start})
    monkeypatch.setattr(compared, "_here", lambda _: nullcontext(Served("http://here.example/sparql", 1.0, ())))
    monkeypatch.setattr(compared, "published", lambda folder, *_: folder / "data")
    monkeypatch.setattr(compared, "measured", lambda _, data, path: path.write_text("triples", encoding="ascii"))
    monkeypatch.setattr(compared, "measure", lambda *_: Pair(Found(), Found(), {"words": float(len(begun))}))
    with pytest.raises(KeyboardInterrupt):
        compared.compare(tmp_path, 10)
    found, left_out = compared.compare(tmp_path, 10)
    assert (begun, left_out) == (["triples"] * 3, {})
    assert {name: pair.pace["words"] for name, pair in found.items()} == {"first": 1.0, "second": 3.0}
    assert list(tmp_path.iterdir()) == []


def test_how_long_another_run_took_to_publish_is_not_compared(tmp_path: Path) -> None:
    data, timed = tmp_path / "data-10", tmp_path / "data-10.seconds"
    for process, expected in ((os.getpid(), 12.5), (os.getpid() + 1, None)):
        timed.write_text(f"12.5 {process}\n", encoding="ascii")
        assert publish.seconds_of(data) == expected
