"""A check in parts, or on top of an earlier report, gives the same as a check of everything at once."""

import gzip
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from shape_cases import Suite, read_case

from kb import config
from kb.intake.submission import read_submission
from kb.protocols import catalogue, side_by_side
from kb.protocols.check import Earlier, check
from kb.protocols.packing import packed, unpacked
from kb.protocols.parts import Records, object_iri, subject_of
from kb.protocols.report import Report
from kb.protocols.results import Gathered
from kb.store.shipped import fact_files

LINES = [
    b"<a> <p> <b> .",
    b"<b> <p> <c> .",
    b'<c> <p> "<a>" .',
    b"<d> <p> <b> .",
    b"<e> <p> <elsewhere> .",
]
SHIPPED = Suite(config.shipped("shapes"), Path(__file__).parent / "shapes", config.shipped("ontology"))
ALONE = [each for each in catalogue.protocols() if not each.compares_records]


def case_lines(id: str) -> list[bytes]:
    return sorted({line for path in SHIPPED.case_files(id) for line in read_case(path).lines})


def test_what_a_subject_leads_to_and_what_leads_to_it() -> None:
    records = Records(LINES)
    assert records.reached([b"<a>"]) == {b"<a>", b"<b>", b"<c>"}
    assert records.leading_to([b"<b>"]) == {b"<a>", b"<b>", b"<d>"}
    assert records.leading_to([b"<elsewhere>"]) == {b"<e>", b"<elsewhere>"}
    assert list(records.parts([b"<d>", b"<e>"], size=1)) == [LINES[1:4], LINES[4:]]
    assert list(records.parts([b"<a>", b"<d>"], size=100)) == [LINES[:4]]


def test_the_object_of_a_line_is_an_iri_only_where_it_is_one() -> None:
    assert object_iri(b"<a> <p> <b> .") == b"<b>"
    assert object_iri(b'<a> <p> "x <b> ."^^<t> .') is None
    assert object_iri(b'<a> <p> "<b>"^^<t> .') is None
    assert object_iri(b'<a> <p> "b"@en .') is None
    assert subject_of(b"<a> <p> <b> .") == b"<a>"


@pytest.mark.parametrize("protocol", ALONE, ids=lambda each: each.id)
def test_each_thing_alone_gives_what_all_together_give(protocol: catalogue.Protocol) -> None:
    """One thing of each case at a time: no case leads to another."""
    lines = case_lines(protocol.id)
    things = [{subject_of(line) for line in read_case(path).lines} for path in SHIPPED.case_files(protocol.id)]
    alone = {
        result
        for one_of_each in zip_longest(*map(sorted, things))
        for part in Records(lines).parts(filter(None, one_of_each), size=len(lines))
        for result in SHIPPED.validate(protocol.id, part, "rust")
    }
    assert alone == set(SHIPPED.validate(protocol.id, lines, "rust"))


@pytest.mark.parametrize("protocol", ALONE, ids=lambda each: each.id)
def test_a_protocol_that_looks_back_says_so(protocol: catalogue.Protocol) -> None:
    assert "inversePath" not in protocol.path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def knowledge() -> list[bytes]:
    paths = fact_files()["kent"]
    return read_submission(paths, genid="https://example.org/g/", graph=None, seconds=20, megabytes=512).lines


def edited(lines: Sequence[bytes], chance: random.Random) -> list[bytes]:
    """Some lines gone, some pointing elsewhere, some values replaced, one subject gone altogether."""
    after = set(lines) - set(chance.sample(lines, 8))
    iris = [iri for line in lines if (iri := object_iri(line))]
    for line in chance.sample(sorted(after), 8):
        subject, predicate, _ = line.split(b" ", 2)
        after.add(b" ".join((subject, predicate, chance.choice((b'"something else"', chance.choice(iris))), b".")))
    gone = subject_of(chance.choice(lines)) + b" "
    return sorted(line for line in after if not line.startswith(gone))


@pytest.fixture(scope="module")
def report(knowledge: list[bytes]) -> Report:
    return check(knowledge)


@pytest.mark.parametrize("seed", range(12))
def test_on_top_of_an_earlier_report_the_answer_is_the_same(knowledge: list[bytes], report: Report, seed: int) -> None:
    before = unpacked(packed(report))
    after = edited(knowledge, random.Random(seed))
    added, removed = sorted(set(after) - set(knowledge)), sorted(set(knowledge) - set(after))
    fresh = check(after)
    assert check(after, earlier=Earlier(before, added, removed)) == fresh
    assert fresh.results != before.results


@pytest.fixture
def in_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is checked is checked in small parts by two processes."""
    monkeypatch.setattr("kb.protocols.check.PART_LINES", 4_000)
    monkeypatch.setattr(side_by_side, "places", lambda lines: 2)


@pytest.mark.usefixtures("in_processes")
def test_several_processes_give_the_same_report(
    knowledge: list[bytes], report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    by: list[int] = []
    check_part = side_by_side._PartProcess.check

    def told(process: side_by_side._PartProcess, part: Sequence[bytes]) -> Gathered | None:
        found = check_part(process, part)
        by.append(process._process.pid if found else 0)
        return found

    monkeypatch.setattr(side_by_side._PartProcess, "check", told)
    again = check(knowledge)
    assert packed(again) == packed(report)
    assert again.labels == report.labels
    assert len(set(by)) == 2
    assert 0 not in by


@pytest.mark.usefixtures("in_processes")
def test_what_a_killed_process_would_have_checked_is_checked_all_the_same(
    knowledge: list[bytes], report: Report, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begin = side_by_side._PartProcess.__init__

    def killed(process: side_by_side._PartProcess, *given: Any) -> None:
        begin(process, *given)
        process._process.kill()

    monkeypatch.setattr(side_by_side._PartProcess, "__init__", killed)
    assert packed(check(knowledge)) == packed(report)
    assert caplog.text.count("has ended: it said nothing") == 2


def test_one_core_or_few_lines_need_no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert (side_by_side.places(side_by_side.FROM - 1), side_by_side.places(side_by_side.FROM)) == (0, 2)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert side_by_side.places(side_by_side.FROM) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is not bounded")
def test_processes_share_the_memory_that_one_may_take() -> None:
    """As the process that publishes has it (kb.store.publisher_process)."""
    done = subprocess.run([sys.executable, "-c", SHARING], stdout=subprocess.PIPE, text=True, check=True)
    reserved, own, before, after, few = map(int, done.stdout.split())
    assert reserved == 2
    assert 0 < own < before == after
    assert few == 0


SHARING = """
import resource
from kb.protocols import catalogue, side_by_side
from kb.protocols.part_process import Asked
asked = Asked(catalogue.shapes_files([catalogue.protocol("dp-01")]), None, "rust")
AS, many = resource.RLIMIT_AS, side_by_side.FROM
resource.setrlimit(AS, (4 << 30, resource.RLIM_INFINITY))
with side_by_side.PartProcesses(asked, 2) as processes:
    own = resource.getrlimit(AS)[0]
    both = [processes._ready.get() for _ in range(2)]
    assert all(each.check([b"<x:a> <x:b> <x:c> ."]) for each in both)
    each = [resource.prlimit(one._process.pid, AS)[0] for one in both]
print(sum(own + 2 * one <= 4 << 30 for one in each), own, 4 << 30, resource.getrlimit(AS)[0])
resource.setrlimit(AS, (1 << 30, resource.RLIM_INFINITY))
print(side_by_side.places(many))
"""

BEGINNING = """
import time
from kb.protocols.part_process import Asked
from kb.protocols.side_by_side import PartProcesses
with PartProcesses(Asked((), None, "rust"), 1) as processes:
    print(processes._ready.get()._process.pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it ends with the input that it reads")
def test_a_process_ends_with_the_one_that_began_it() -> None:
    with subprocess.Popen([sys.executable, "-c", BEGINNING], stdout=subprocess.PIPE, text=True) as begun:
        assert begun.stdout is not None
        status = Path(f"/proc/{int(begun.stdout.readline())}/status")
        assert status.exists()
        begun.kill()
    for _ in range(200):
        if not status.exists() or "(zombie)" in status.read_text():
            return
        time.sleep(0.05)
    pytest.fail("it goes on")


def test_an_earlier_report_by_other_rules_is_not_used(knowledge: list[bytes], report: Report) -> None:
    other = check(knowledge, protocols=["dp-14"])
    assert other != report
    assert check(knowledge, earlier=Earlier(other, [], [])) == report


def test_a_report_is_the_same_after_it_was_packed(report: Report) -> None:
    assert unpacked(packed(report)) == report
    assert packed(unpacked(packed(report))) == packed(report)


@pytest.mark.parametrize("content", [b"no report", gzip.compress(b"{"), gzip.compress(b"{}"), gzip.compress(b"[1]")])
def test_what_is_no_packed_report_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a packed report"):
        unpacked(content)
