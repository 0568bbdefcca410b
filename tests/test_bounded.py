"""Bounds of a query in its own process: time, memory, size, stack; nothing is left behind, and the next one answers."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from io import BytesIO
from pathlib import Path

import pytest
from bombs import BOMBS, product

from kb import config
from kb.ask import ordering
from kb.ask import worker as worker_module
from kb.ask.bounded import Answer, Asker
from kb.ask.evaluation import IN_MEMORY, Job, Rows, run
from kb.ask.ordering import TOLD
from kb.ask.query import read
from kb.ask.worker import Worker
from kb.errors import AnswerTooLarge, QueryError, QueryStopped, TooBusy
from kb.store.folder import DataFolder
from kb.store.snapshots import Snapshots


def settings(folder: DataFolder, **given: int) -> config.Settings:
    return config.load({}, data=folder.root, **given)


@pytest.fixture(scope="module")
def location(data_folder: DataFolder) -> str:
    return Snapshots(data_folder).current().location


@pytest.fixture(scope="module")
def asker(data_folder: DataFolder) -> Asker:
    return Asker(settings(data_folder, query_seconds=2, query_result_mb=4))


def job(location: str, text: str, format: str = "json", rows: Rows | None = None) -> Job:
    return Job(location, read(text), format, 4, rows)


def ask(asker: Asker, location: str, text: str, **more: object) -> Answer:
    return asker.ask(job(location, text, **more), "somebody")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_ends_and_the_next_query_answers(asker: Asker, location: str, kind: str) -> None:
    with pytest.raises(QueryStopped, match=r"time limit|memory|nests"):
        ask(asker, location, BOMBS[kind])
    assert ask(asker, location, "ASK {}").body == b'{"head":{},"boolean":true}'


def test_a_lower_limit_can_be_asked_for_and_no_higher_one(asker: Asker, location: str) -> None:
    with pytest.raises(QueryStopped, match=r"stopped after 0\.5 s"):
        asker.ask(job(location, BOMBS["cartesian"]), "somebody", 0.5)
    with pytest.raises(QueryStopped, match="stopped after 2 s"):
        asker.ask(job(location, BOMBS["cartesian"]), "somebody", 600)


def test_an_answer_beyond_the_size_limit_is_an_error_and_no_part_of_it(asker: Asker, location: str) -> None:
    with pytest.raises(AnswerTooLarge, match="larger than 4 MB.*max-rows="):
        ask(asker, location, f"SELECT * {{ {product(6)} }}")


def test_a_large_answer_is_whole_and_comes_from_a_file(asker: Asker, location: str) -> None:
    answer = ask(asker, location, f"SELECT * {{ {product(5)} BIND (STR(?a) AS ?x) }}", format="csv")
    assert answer.is_large
    assert answer.outcome.size > IN_MEMORY
    body = answer.body
    assert len(body) == answer.outcome.size
    assert body.count(b"\n") == 100_001
    small = ask(asker, location, "SELECT (1 AS ?x) {}", format="csv")
    assert (small.is_large, small.body) == (False, b"x\r\n1\r\n")


UNORDERED = f"""PREFIX x: <http://www.w3.org/2001/XMLSchema#> SELECT ?y {{ {{ SELECT ?y {{
  {product(3)} BIND (STR(100 * ?a + 10 * ?b + ?c) AS ?n) VALUES ?kind {{ x:string x:decimal x:boolean UNDEF }}
  BIND (IF(?kind = x:boolean, ?a < 5, IF(BOUND(?kind), STRDT(?n, ?kind), STRLANG(?n, "en"))) AS ?z)
  BIND (COALESCE(?z, STRLANG(?n, "en")) AS ?y)
}} ORDER BY MD5(CONCAT(?n, STR(?y))) }} }}"""
"""Texts, numbers and truth values, which Oxigraph orders by no total order; a sort that notices ends the process."""


def test_values_without_an_order_are_put_by_kind(asker: Asker, location: str) -> None:
    answer = ask(asker, location, f"{UNORDERED} ORDER BY DESC(?y)", format="csv")
    assert answer.outcome.warnings == (TOLD,)
    rows = answer.body.decode().split()[1:]
    assert len(rows) == 4000
    numbers = rows[3000:]
    assert numbers == [str(n) for n in range(999, -1, -1)], "within its kind each is by its value, and numbers last"
    in_parts: list[str] = []
    for skip in (0, 2000):
        part = ask(asker, location, f"{UNORDERED} ORDER BY DESC(?y)", format="csv", rows=Rows(skip, 2000))
        in_parts += part.body.decode().split()[1:]
    assert in_parts == rows
    assert ask(asker, location, f"{UNORDERED} ORDER BY STR(?y)", format="csv").outcome.warnings == ()


def test_values_without_an_order_even_by_kind_are_told_of(
    asker: Asker, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "KIND", "1")
    with pytest.raises(QueryStopped, match=r"order by STR\(\?x\)"):
        ask(asker, location, f"{UNORDERED} ORDER BY ?y")


def test_rows_page_by_page_are_the_whole(asker: Asker, location: str) -> None:
    text = f"SELECT ?a ?b ?x ?p {{ {product(2)} ?x ?p 'Kent'@en }}"
    whole = ask(asker, location, text, format="csv").body.splitlines()
    assert len(whole) == 101
    pages = []
    for skip in range(0, 100, 30):
        page = ask(asker, location, text, format="csv", rows=Rows(skip, 30))
        assert page.outcome.returned == min(30, 100 - skip)
        assert page.outcome.more is (skip < 90)
        pages += page.body.splitlines()[1:]
    assert pages == whole[1:]
    counted = ask(asker, location, text, rows=Rows(0, 10, 1000)).outcome
    assert (counted.returned, counted.counted, counted.more) == (10, 100, True)
    assert ask(asker, location, text, rows=Rows(0, 10, 50)).outcome.counted == 51
    assert ask(asker, location, text, rows=Rows(200, 10)).outcome.returned == 0


@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
def test_rows_keep_every_kind_of_term(asker: Asker, location: str, format: str) -> None:
    year = '"2010"^^<http://www.w3.org/2001/XMLSchema#gYear>'
    text = f'SELECT * {{ VALUES ?x {{ <x:i> "plain" "cy"@cy 7 {year} "a\\"b,\\n" UNDEF <<(<x:s> <x:p> 1)>> }} }}'
    whole = ask(asker, location, text, format=format).body
    assert ask(asker, location, text, format=format, rows=Rows(0, 99)).body == whole


def test_triples_page_by_page_are_the_whole(asker: Asker, location: str) -> None:
    text = f"CONSTRUCT {{ <x:s> <x:q> ?b . <x:s> <x:p> 1 }} {{ {product(2)} }}"

    def lines(rows: Rows | None = None) -> list[bytes]:
        return ask(asker, location, text, format="nt", rows=rows).body.splitlines()

    assert sorted(line for skip in (0, 5, 10) for line in lines(Rows(skip, 5))) == sorted(lines())
    assert len(lines()) == 11


def test_errors_of_a_query_cross_the_pipe_with_their_place(asker: Asker, location: str) -> None:
    with pytest.raises(QueryError, match="not closed") as error:
        ask(asker, location, "SELECT * {\n ?s ?p ")
    assert (error.value.line, error.value.column) == (2, 8)


def test_a_process_that_died_while_it_was_idle_is_replaced(asker: Asker, location: str) -> None:
    for _ in range(2):
        assert ask(asker, location, "ASK {}").body
        process = asker._idle[-1]._process
        assert process is not None
        process.kill()
        process.join()
    assert ask(asker, location, "ASK {}").body


def test_what_a_process_takes_to_begin_counts_for_nobody(location: str) -> None:
    worker, told = Worker(512), list[tuple[float, float]]()
    try:
        worker.start(location)
        assert worker._process is not None
        assert worker._process.pid is not None
        os.kill(worker._process.pid, signal.SIGSTOP)  # as where others take the processor
        on = threading.Timer(0.5, os.kill, (worker._process.pid, signal.SIGCONT))
        on.start()
        worker.run(job(location, "ASK {}"), 60, lambda taken, held: not told.append((taken, held)))
        on.join()
        took = worker._processor_seconds()
    finally:
        worker.kill()
    assert (0.0, 0.0) in told, "asked while it began"
    assert took > 10 * max(taken for taken, _ in told), "seconds of processor time, which no other load lengthens much"


def test_a_place_is_held_from_when_the_process_began(location: str) -> None:
    worker, told = Worker(512), list[tuple[float, float]]()
    try:
        worker.start(location)
        assert worker._process is not None
        assert worker._process.pid is not None
        os.kill(worker._process.pid, signal.SIGSTOP)
        on = threading.Timer(0.5, os.kill, (worker._process.pid, signal.SIGCONT))
        on.start()
        bomb = job(location, BOMBS["cartesian"])
        with pytest.raises(QueryStopped):
            worker.run(bomb, 1, lambda _, held: not told.append((held, time.monotonic() - worker.began)))
        on.join()
    finally:
        worker.kill()
    holding = [(held, gone) for held, gone in told if held]
    assert holding
    assert all(held <= gone for held, gone in holding)


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="no /proc/<pid>/schedstat")
def test_a_query_does_not_hold_its_place_while_others_have_the_processor(location: str) -> None:
    worker, told = Worker(512), list[tuple[float, float, float]]()
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
    try:
        worker.run(job(location, "ASK {}"), 60, lambda taken, held: True)
        assert worker._process is not None
        assert worker._process.pid is not None
        core = min(os.sched_getaffinity(0))
        for pid in (worker._process.pid, *(other.pid for other in others)):
            os.sched_setaffinity(pid, {core})
        bomb = job(location, BOMBS["cartesian"])
        with pytest.raises(QueryStopped):
            worker.run(bomb, 3, lambda *of: not told.append((*of, time.monotonic() - worker.began)))
    finally:
        for other in others:
            other.kill()
            other.wait()
        worker.kill()
    taken, held, gone = told[-1]
    assert held < gone / 2, "of three others each has as much of the processor"
    assert taken < gone / 2


def test_the_time_of_a_query_begins_with_its_process(location: str) -> None:
    worker = Worker(512)
    try:
        worker.start(location)
        assert worker._process is not None
        assert worker._process.pid is not None
        os.kill(worker._process.pid, signal.SIGSTOP)  # as where others take the processor
        on = threading.Timer(1.5, os.kill, (worker._process.pid, signal.SIGCONT))
        on.start()
        outcome, _ = worker.run(job(location, "ASK {}"), 1, lambda taken, held: True)
        on.join()
        assert outcome.body == b'{"head":{},"boolean":true}'
    finally:
        worker.kill()


def test_a_process_that_never_begins_is_ended(location: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "BEGINS", 0.5)
    worker = Worker(512)
    try:
        worker.start(location)
        assert worker._process is not None
        assert worker._process.pid is not None
        os.kill(worker._process.pid, signal.SIGSTOP)
        with pytest.raises(TooBusy, match=r"no process for queries began within 0\.5 s"):
            worker.run(job(location, "ASK {}"), 0.1, lambda taken, held: True)
        assert not worker.runs
    finally:
        worker.kill()


def test_a_failure_of_ours_is_no_fault_of_the_query(asker: Asker, caplog: pytest.LogCaptureFixture) -> None:
    broken = Job(None, read("ASK {}"), "json", 4)  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="traceback is in the log"):
        asker.ask(broken, "somebody")
    assert "Traceback" in caplog.text


def test_no_room_for_an_answer_is_no_fault_of_the_query(asker: Asker, location: str) -> None:
    class Full(BytesIO):
        def writelines(self, lines: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(QueryStopped, match="no room to keep the answer.*No space left"):
        run(job(location, f"SELECT * {{ {product(5)} BIND (STR(?a) AS ?x) }}", "csv"), Full())


def test_an_answer_counts_for_its_client_until_it_is_closed(data_folder: DataFolder, location: str) -> None:
    asker = Asker(settings(data_folder, query_per_client=1))
    answer = asker.ask(job(location, "ASK {}"), "one")
    with pytest.raises(TooBusy):
        asker.ask(job(location, "ASK {}"), "one")
    asker.ask(job(location, "ASK {}"), "two").close()
    answer.close()
    answer.close()
    asker.ask(job(location, "ASK {}"), "one")
    asker.ask(job(location, "ASK {}"), "one").close()


def test_a_refused_query_frees_its_place(data_folder: DataFolder, location: str) -> None:
    asker = Asker(settings(data_folder, query_per_client=1, query_places=1))
    for _ in range(3):
        with pytest.raises(QueryError):
            asker.ask(job(location, "SELECT * {"), "one")
    asker.ask(job(location, "ASK {}"), "one").close()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_bombs_leave_nothing_behind(data_folder: DataFolder, location: str) -> None:
    asker = Asker(settings(data_folder, query_seconds=1))
    asker.ask(job(location, "ASK {}"), "one").close()

    def left() -> tuple[int, set[str]]:
        return len(os.listdir("/proc/self/fd")), {path.name for path in Path("/tmp").glob("tmp*")}

    files, names = left()
    for _ in range(3):
        for text in (BOMBS["cartesian"], BOMBS["order"], f"SELECT * {{ {product(7)} }}"):
            with pytest.raises((QueryStopped, AnswerTooLarge)):
                asker.ask(job(location, text), "one", 0.3)
        asker.ask(job(location, "ASK {}"), "one").close()
    assert left()[0] <= files + 2
    assert left()[1] <= names
    assert len(asker._idle) == 1


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT DISTINCT ?p { ?s ?p ?o }",
        "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
        "SELECT ?a ?b { ?a ?p ?x . ?b ?p ?x }",
        "SELECT ?s (GROUP_CONCAT(?o) AS ?all) { ?s ?p ?o } GROUP BY ?s",
    ],
)
def test_the_order_of_rows_is_the_same_in_every_process(data_folder: DataFolder, location: str, text: str) -> None:
    first, second = (ask(Asker(settings(data_folder)), location, text).body for _ in range(2))
    assert first == second
