"""Many results in one sequence are those that went in, in the order of a report."""

from kb.protocols.packing import packed, unpacked
from kb.protocols.report import Report, Result, Severity, ordered
from kb.protocols.results import Gathering

EVERY = [
    Result(f"https://x.example/{thing}", path, value, severity, f"https://x.example/c{kind}", shape, message)
    for thing in range(12)
    for kind, (path, value, severity, shape, message) in enumerate(
        [
            ("https://x.example/p", None, Severity.WARNING, "https://x.example/s1", "Say it."),
            ("https://x.example/p", '"b"', Severity.WARNING, "https://x.example/s1", "Say it."),
            ("https://x.example/p", '"b"', Severity.WARNING, "https://x.example/s1", "And this."),
            (None, f"https://x.example/{thing}", Severity.VIOLATION, "https://x.example/s2", ""),
            ("https://x.example/q", None, Severity.INFO, "https://x.example/s0", "One day."),
        ]
    )
]


def test_results_come_out_in_order_each_once() -> None:
    gathering = Gathering(reversed(EVERY))
    gathering.add(EVERY[3:7])
    results = gathering.results()
    assert results == ordered(EVERY)
    assert ordered(EVERY) == results
    assert list(results) == list(ordered(EVERY))
    assert results[0] == ordered(EVERY)[0]
    assert results[-3:] == list(ordered(EVERY)[-3:])
    assert results != ordered(EVERY[1:])
    assert Report(results).counts == Report(ordered(EVERY)).counts == {"Violation": 12, "Warning": 36, "Info": 12}


def test_none_at_all() -> None:
    assert Gathering().results() == ()
    assert Report(Gathering().results()).conforms


def test_a_report_is_packed_alike_however_it_holds_its_results() -> None:
    one, other = Report(ordered(EVERY), {"dp-01": 12}, "r"), Report(Gathering(EVERY).results(), {"dp-01": 12}, "r")
    assert packed(one) == packed(other)
    assert unpacked(packed(one)) == one == other


def test_runs_are_the_results_of_one_thing_and_severity_in_order() -> None:
    results = Gathering(EVERY).results()
    runs = [*results.runs()]
    assert [results.kind(each)._replace(focus=focus) for focus, kinds in runs for each in kinds] == [*results]
    assert len(runs) == 36
    assert len({kinds for _, kinds in runs}) == 14  # one value differs from thing to thing
    assert [*Gathering().results().runs()] == []
