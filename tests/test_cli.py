"""The command as a person runs it: its exit code and its two streams; once as a process of its own."""

import errno
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import Run, Whatworks, with_a_release
from publishing_site import CONFORMING, VIOLATING

from kb.ask.grammar import read as written
from kb.ask.query import GRAPHS, RESULTS
from kb.ask.questions import question
from kb.cli import QUERY_FORMATS, build_parser
from kb.store.primary import Primary
from kb.store.remote import ACCEPT


@pytest.fixture
def published(whatworks: Whatworks) -> Whatworks:
    return with_a_release(whatworks)


def test_the_command_is_a_process_with_an_exit_code_and_two_streams() -> None:
    program = [sys.executable, "-c", "import sys; from web.cli import main; sys.exit(main())", "check"]
    checked = subprocess.run([*program, VIOLATING], capture_output=True, text=True, timeout=120)
    assert (checked.returncode, checked.stderr) == (1, "")
    assert checked.stdout.startswith("Does not conform")
    with open("/dev/full", "w") as full:
        unwritten = subprocess.run([*program, VIOLATING], stdout=full, stderr=subprocess.PIPE, text=True, timeout=120)
    assert (unwritten.returncode, unwritten.stderr) == (2, "whatworks: output: No space left on device\n")


def test_every_verb_has_help_that_states_its_defaults() -> None:
    _, verbs = build_parser()
    assert set(verbs.choices) == {
        "check", "publish", "query", "publisher", "releases", "difference", "rollback", "snapshots",
        "rebuild", "token", "audit", "map", "template", "withdraw", "harvest", "test-site",
        "contributions", "backup", "restore", "migrate", "verify", "replicate", "doctor", "usage",
    }  # fmt: skip
    for name, parser in verbs.choices.items():
        assert parser.description, name
        for action in parser._actions:
            assert action.help or action.choices, f"{name} {action.dest}"
    assert "default: WHATWORKS_DATA, else data" in " ".join(verbs.choices["publish"].format_help().split())


@pytest.mark.parametrize(("path", "code"), [(CONFORMING, 0), (VIOLATING, 1)])
def test_check_says_by_its_exit_code_whether_a_file_conforms(whatworks: Whatworks, path: Path, code: int) -> None:
    checked = whatworks("check", path, "--protocol", "dp-05")
    assert checked.code == code, checked.err
    assert checked.out.startswith("Conforms" if code == 0 else "Does not conform")


def test_check_gives_its_report_as_json_and_as_turtle(whatworks: Whatworks) -> None:
    report = json.loads(whatworks("check", VIOLATING, "--format", "json").out)
    assert report["conforms"] is False
    assert "sh:ValidationReport" in whatworks("check", VIOLATING, "--format", "turtle").out


def test_check_puts_the_records_of_tables_under_the_given_base(whatworks: Whatworks, tmp_path: Path) -> None:
    table = tmp_path / "lesson.csv"
    table.write_text("Identifier,Statement\na,Begin small.\n", encoding="utf-8")
    assert "\n  https://w3id.org/whatworks/id/lesson/a\n" in whatworks("check", table).out
    named = whatworks("check", table, "--base", "https://data.swale.example/").out
    assert "\n  https://data.swale.example/id/lesson/a\n" in named


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "no-such.ttl"), "no-such.ttl"),
        (("check", CONFORMING, "--base", "swale"), "'swale': not a base IRI"),
        (("check", CONFORMING, "--protocol", "dp-99"), "dp-99"),
        (("publish", CONFORMING, "--publisher", "nobody", "--dataset", "money"), "publisher add"),
        (("query", "no-such.rq"), "no-such.rq"),
        (("query", "-", "--endpoint", "http://["), "not a URL"),
        (("query", "/"), "/"),
        (("query", "-"), "holds no snapshot"),
        (("rollback", "--publisher", "nobody", "--dataset", "money", "--to", "1"), "publisher add"),
        (("rebuild",), "no releases"),
        (("publisher", "add", "a b", "--base", "https://a.example"), "'a b'"),
        (("publisher", "add", "a", "--base", "https:///"), "not a base IRI"),
        (("snapshots", "--data", CONFORMING), CONFORMING.name),
        (("publisher", "add", "a", "--base", "https://a.example", "--data", CONFORMING), CONFORMING.name),
    ],
)
def test_bad_input_is_one_line_on_standard_error_and_exit_2(
    whatworks: Whatworks, arguments: tuple[object, ...], words: str
) -> None:
    refused = whatworks(*arguments, stdin="ASK {}")
    assert (refused.code, refused.out) == (2, "")
    assert words in refused.err
    assert refused.err.startswith("whatworks: ")
    assert refused.err.count("\n") == 1


@pytest.mark.parametrize("verb", ["snapshots", "releases", "publisher"])
def test_a_data_folder_with_nothing_in_it_lists_nothing(whatworks: Whatworks, tmp_path: Path, verb: str) -> None:
    assert whatworks(verb) == Run(0, "", "")
    assert not (tmp_path / "data").exists()


def test_publish_query_roll_back_and_rebuild(published: Whatworks, tmp_path: Path) -> None:
    again = published("publish", CONFORMING, "--publisher", "swale", "--dataset", "money")
    assert "nothing was released" in again.out

    changed = tmp_path / "changed.ttl"
    changed.write_text(CONFORMING.read_text(encoding="utf-8").replace('"@en', ' (revised)"@en', 1), encoding="utf-8")
    tried = published("publish", changed, "--publisher", "swale", "--dataset", "money", "--dry-run").out.splitlines()
    assert tried[1] == "Changes 1 statement of money."
    assert published("publish", changed, "--publisher", "swale", "--dataset", "money").code == 0
    told = published("difference", "--publisher", "swale", "--dataset", "money", "--from", "1", "--to", "2").out
    assert told.splitlines() == tried[1:]
    rolled = published("rollback", "--publisher", "swale", "--dataset", "money", "--to", "1")
    assert rolled.code == 0, rolled.err
    listed = published("releases").out.splitlines()
    assert [line.split("\t")[2] for line in listed] == ["1", "2", "3"]
    assert listed[2].endswith("rollback")
    same = published("difference", "--publisher", "swale", "--dataset", "money", "--from", "1", "--format", "json")
    assert json.loads(same.out)["sentence"] == "changes nothing"

    count = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH <https://data.swale.example/id/graph/money> { ?s ?p ?o } }"
    before = published("query", "-", "--format", "json", stdin=count).out
    assert '"n"' in before
    assert published("rebuild").code == 0
    assert published("query", "-", "--format", "json", stdin=count).out == before
    assert "*" in published("snapshots").out
    assert published("publisher").out == "swale\thttps://data.swale.example\n"


def test_a_violating_publication_prints_its_report_and_changes_nothing(published: Whatworks) -> None:
    refused = published("publish", VIOLATING, "--publisher", "swale", "--dataset", "money")
    assert refused.code == 1
    assert "Does not conform" in refused.out
    assert refused.err.count("\n") == 1
    assert len(published("releases").out.splitlines()) == 1


def test_a_dry_run_changes_nothing(published: Whatworks) -> None:
    done = published("publish", CONFORMING, "--publisher", "swale", "--dataset", "other", "--dry-run")
    assert "dry run, nothing was changed" in done.out
    assert len(published("releases").out.splitlines()) == 1


def test_a_full_disk_is_one_line(published: Whatworks, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Primary, "flush", full)
    refused = published("publish", CONFORMING, "--publisher", "swale", "--dataset", "other")
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert "No space left on device; what was accepted before is kept" in refused.err


def test_every_format_of_an_answer_is_one_that_is_given() -> None:
    assert set(QUERY_FORMATS) == {*RESULTS, *GRAPHS} == set(ACCEPT)


def test_a_data_folder_named_before_the_action_holds(whatworks: Whatworks, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    assert whatworks("publisher", "--data", elsewhere, "add", "a", "--base", "https://a.example").code == 0
    assert whatworks("publisher", "--data", elsewhere).out == "a\thttps://a.example\n"


def test_a_query_that_is_malformed_says_where(published: Whatworks) -> None:
    refused = published("query", "-", stdin="SELECT ?s\nWHERE { ?s ?p }")
    assert refused.code == 2
    assert "line 2" in refused.err


def test_a_question_is_asked_by_its_name_with_what_is_chosen(published: Whatworks, tmp_path: Path) -> None:
    text = (
        "# Which amounts?\n# keywords: money\n# parameter kind: skos:Concept in money-kind - The kind\n"
        "# parameter least: xsd:decimal - The least amount\nPREFIX ww: <https://w3id.org/whatworks/def#>\n"
        "SELECT ?kind ?least WHERE { VALUES (?kind ?least) { (UNDEF 0.5) } }\n"
    )
    path = tmp_path / "amounts.rq"
    path.write_text(text, encoding="utf-8")
    assert published("query", path).out.split() == ["kind,least", ",0.5"]
    chosen = published("query", path, "--set", "kind=capital-receipt", "--set", "least=2", "--set", "least=3")
    kind = "https://w3id.org/whatworks/concept/money-kind/capital-receipt"
    assert chosen.out.split() == ["kind,least", f"{kind},2", f"{kind},3"], chosen.err
    assert published("query", "questions-about", "--set", "keyword=money").out.startswith("number,question")


def test_an_answer_without_rows_says_why_on_standard_error(published: Whatworks) -> None:
    waiting = published("query", "adoptions")
    assert waiting.out.count("\n") == 1
    assert waiting.err == f"{question('adoptions').waits}\n"
    ww = "PREFIX ww: <https://w3id.org/whatworks/def#>"
    misspelt = published("query", "-", "--format", "json", stdin=f"{ww} SELECT * {{ ?f a ww:MonetaryStatements }}")
    assert "ww:MonetaryStatements is not in the vocabulary. Nearest: ww:MonetaryStatement." in misspelt.err
    if written("ASK {}") is not None:
        assert "Nothing matches ?f a ww:MonetaryStatements." in misspelt.err
    for query in ("SELECT * { ?s ?p ?o } LIMIT 1", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1", "ASK { <x:a> ?p ?o }"):
        assert published("query", "-", stdin=query).err == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no-such-question",), "nor is there a file"),
        (("lessons-by-stage", "--set", "theme=no-such"), "not a code of the list theme"),
        (("lessons-by-stage", "--set", "stage=x"), "has no parameter stage"),
        (("lessons-by-stage", "--set", "theme"), "write NAME=VALUE"),
        (("-", "--set", "theme=x"), "standard input"),
        (("no-such.rq", "--set", "theme=x"), "no such file"),
    ],
)
def test_what_cannot_be_chosen_is_said(published: Whatworks, arguments: tuple[str, ...], words: str) -> None:
    refused = published("query", *arguments, stdin="ASK {}")
    assert (refused.code, refused.out) == (2, "")
    assert words in refused.err
    assert refused.err.count("\n") == 1


def test_a_snapshot_is_pinned_listed_and_unpinned(published: Whatworks) -> None:
    id = published("snapshots").out.split("\t")[1]
    assert published("snapshots", "pin", id) == Run(0, f"pinned {id}: only a withdrawal retires it\n", "")
    assert published("snapshots").out.startswith(f"* pinned\t{id}\t")
    assert published("snapshots", "unpin", id).out.startswith(f"unpinned {id}")
    assert published("snapshots").out.startswith(f"*\t{id}\t")
    for verb in ("pin", "unpin"):
        refused = published("snapshots", verb, "000099-00000000")
        assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
        assert "000099-00000000: no such snapshot" in refused.err


def test_templates_are_written_under_the_names_that_the_site_gives_them(
    whatworks: Whatworks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert whatworks("template", "dp-1") == Run(0, "dp-01.xlsx\n", "")
    assert (tmp_path / "dp-01.xlsx").read_bytes().startswith(b"PK")
    assert whatworks("template", "dp-03", "--format", "csv").out.split() == [
        "dp-03-claim.csv", "dp-03-lesson-learned.csv", "dp-03-barrier.csv",
    ]  # fmt: skip
    one = ["template", "dp-03", "--format", "csv", "--record", "barrier"]
    assert whatworks(*one, "--output", "b.csv").code == 0
    assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "dp-03-barrier.csv").read_bytes()
    assert whatworks("template", "dp-03", "--format", "csvw", "--output", "m.json").code == 0
    assert len(json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))["tables"]) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["dp-77"], "no protocol 'dp-77'"),
        (["dp-03", "--format", "csv", "--record", "x"], "dp-03 has no record type 'x'"),
        (["dp-03", "--format", "csv", "--output", "x.csv"], "--output names one file and there are 3"),
    ],
)
def test_a_template_that_cannot_be_written_says_why(whatworks: Whatworks, arguments: list[str], words: str) -> None:
    run = whatworks("template", *arguments)
    assert (run.code, run.out) == (2, "")
    assert words in run.err


def test_a_data_folder_is_backed_up_and_restored(published: Whatworks, tmp_path: Path) -> None:
    target = tmp_path / "backups"
    made = published("backup", target)
    assert (made.code, made.err) == (0, "")
    assert " files, " in made.out
    assert len(published("backup", target, "--list").out.splitlines()) == 1
    current = published("snapshots").out
    shutil.rmtree(tmp_path / "data")
    done = published("restore", target)
    assert done.code == 0
    assert "sign in again" in done.out
    assert published("snapshots").out == current
    again = published("restore", target)
    assert (again.code, "--replace" in again.err) == (2, True)
    assert published("backup", target, "--keep", "1").out.count("removed ") == 1
    (tmp_path / "data" / "state.sqlite").write_bytes(b"nonsense")
    assert published("restore", target, "--state").code == 0
    assert published("token", "list").code == 0


def test_another_layout_is_refused_and_an_older_one_migrated(published: Whatworks, tmp_path: Path) -> None:
    version, target = tmp_path / "data" / "version", tmp_path / "backups"
    version.write_text("99\n")
    for verb in (("snapshots",), ("migrate",), ("backup", target), ("serve",), ("rebuild",)):
        refused = published(*verb)
        assert (refused.code, refused.err.count("\n")) == (2, 1), verb
        assert "has layout 99" in refused.err
    version.unlink()
    assert "run `whatworks migrate --backup FOLDER`" in published("serve").err
    refused = published("migrate")
    assert (refused.code, "no other way back" in refused.err) == (2, True)
    assert not version.exists()
    done = published("migrate", "--backup", target)
    assert (done.code, version.read_text()) == (0, "1\n"), done.err
    assert published("snapshots").code == 0
    assert "nothing to do" in published("migrate").out
    assert published("restore", target, "--replace").code == 0
    assert not version.exists()  # the way back
