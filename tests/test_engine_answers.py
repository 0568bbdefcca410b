"""What an engine elsewhere answers is what the store in the data folder answers: questions, pages, queries with graphs.

    tests/engine/graphs/*.rq        queries about graphs, each asked of both
    tests/engine/{name}.toml        what the engine of that name cannot do, each with its reason: it has to fail
"""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from engines import Running
from flask.testing import FlaskClient
from test_questions import expected_at

from kb import config
from kb.ask.query import answer, read
from kb.ask.questions import questions
from kb.config import Settings
from kb.errors import QueryError, QueryRefused, StoreMissing
from kb.store.distributions.index import folder_of
from kb.store.folder import DataFolder
from kb.store.layout import begin_layout
from kb.store.rebuild import rebuild
from kb.store.serving import snapshots
from kb.store.snapshots import Snapshot, current_id
from web.site import create_app

HERE = Path(__file__).parent / "engine"
GRAPHS = sorted((HERE / "graphs").glob("*.rq"))
PAGES = (HERE / "pages.txt").read_text(encoding="utf-8").split()
AS_AT = re.compile(r"Data as at <time.*?</time>")


@dataclass(frozen=True)
class Site:
    """The knowledge that ships on an engine, and what the engine answered to every question."""

    name: str
    settings: Settings
    snapshot: Snapshot
    client: FlaskClient
    answers: dict[str, Any]


@pytest.fixture(scope="module")
def here(shipped_folder: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The knowledge that ships, in a data folder; without downloads, which an engine has none of."""
    data = tmp_path_factory.mktemp("here") / "data"
    shutil.copytree(shipped_folder.root, data, symlinks=True)
    shutil.rmtree(folder_of(DataFolder(data), current_id(DataFolder(data)) or ""))
    return config.load({}, data=data)


@pytest.fixture(scope="module")
def there(
    external: Running, here: Settings, invented_folder: DataFolder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The same releases on an engine: those with the invented data first, then those that ship."""
    answers: dict[str, Any] = {}
    left_out = known(external.name).get("not_asked", {})
    for data, fixture in ((invented_folder.root, True), (here.data, False)):
        external.clear()
        settings = filled(external, data, tmp_path_factory.mktemp("there"))
        snapshot = snapshots(settings).current()
        wanted = [each for each in questions() if bool(each.fixture) == fixture and each.id not in left_out]
        answers |= {each.id: asked(snapshot, each.text) for each in wanted}
    yield Site(external.name, settings, snapshot, create_app(settings).test_client(), answers)
    external.clear()


def filled(external: Running, releases: Path, data: Path) -> Settings:
    """A site on the engine with the releases of another."""
    settings = external.on(data)
    begin_layout(DataFolder(data))
    shutil.copytree(releases / "releases", data / "releases")
    rebuild(DataFolder(data), settings)
    return settings


def asked(snapshot: Snapshot, text: str) -> Any:
    """The answer in JSON, or the error."""
    try:
        return json.loads(answer(snapshot, text, "json"))
    except (QueryError, StoreMissing) as error:
        return str(error)


def known(engine: str) -> dict[str, dict[str, str]]:
    """What the engine cannot do: kind of case → case → reason."""
    path = HERE / f"{engine}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def expect_failure(request: pytest.FixtureRequest, engine: str, kind: str, case: str) -> None:
    """Marks a case that the engine is known not to manage; when it does, that is a failure too."""
    if (reason := known(engine).get(kind, {}).get(case)) is not None:
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))


@pytest.mark.parametrize("id", [each.id for each in questions()])
def test_a_question_has_the_answer_that_it_has_here(there: Site, id: str, request: pytest.FixtureRequest) -> None:
    if (reason := known(there.name).get("not_asked", {}).get(id)) is not None:
        pytest.xfail(reason)
    varies = known(there.name).get("varies", {})
    expect_failure(request, there.name, "questions", id)
    (question,) = (each for each in questions() if each.id == id)
    expected = json.loads(expected_at(question).read_text(encoding="utf-8"))
    if id in varies and there.answers[id] != expected:
        pytest.xfail(varies[id])
    assert there.answers[id] == expected


@pytest.fixture(scope="module")
def client(here: Settings) -> FlaskClient:
    return create_app(here).test_client()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_what_it_is_here(
    client: FlaskClient, there: Site, here: Settings, path: str, request: pytest.FixtureRequest
) -> None:
    expect_failure(request, there.name, "pages", path)
    shown = []
    for asks, snapshot in ((client, snapshots(here).current()), (there.client, there.snapshot)):
        found = asks.get(path, headers={"Accept": "text/html"})
        text = found.get_data(as_text=True).replace(snapshot.id, "ID").replace(found.headers["X-Request-Id"], "REQUEST")
        shown.append((found.status_code, found.headers["Content-Type"], AS_AT.sub("", text)))
    assert shown[1] == shown[0]


@pytest.mark.parametrize("path", GRAPHS, ids=lambda path: path.stem)
def test_a_query_sees_the_graphs_that_it_sees_here(
    there: Site, here: Settings, path: Path, request: pytest.FixtureRequest
) -> None:
    expect_failure(request, there.name, "graphs", path.stem)
    text = path.read_text(encoding="utf-8")
    format = "nt" if "CONSTRUCT" in text else "json"
    expected, found = (answer(each, text, format) for each in (snapshots(here).current(), there.snapshot))
    if format == "nt":
        assert sorted(found.splitlines()) == sorted(expected.splitlines())
    else:
        assert json.loads(found) == json.loads(expected)


@pytest.mark.parametrize("engine", ["virtuoso"])
def test_what_an_engine_cannot_do_is_a_case_that_there_is(engine: str) -> None:
    cases = {
        "questions": {each.id for each in questions()},
        "not_asked": {each.id for each in questions()},
        "varies": {each.id for each in questions()},
        "pages": set(PAGES),
        "graphs": {path.stem for path in GRAPHS},
    }
    for kind, found in known(engine).items():
        assert set(found) <= cases[kind]


def test_the_graphs_of_a_request_replace_those_of_the_query(there: Site, here: Settings) -> None:
    name = "https://w3id.org/whatworks/id/graph/concept-theme"
    count = "SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/whatworks/id/graph/ontology> { ?s ?p ?o }"
    names = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    for query in (read(count, default_graphs=[name]), read(names, named_graphs=[name])):
        expected, found = (answer(each, query, "json") for each in (snapshots(here).current(), there.snapshot))
        assert json.loads(found) == json.loads(expected)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("SELECT ?s WHERE { ?s ?p }", QueryError, "line 1, column 25: a value is missing"),
        ("SELECT ?s WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", QueryRefused, "SERVICE"),
        ("PREFIX ex: <http://e/> SELECT ?s { GRAPHex:g { ?s ?p ?o } }", QueryRefused, "line 1, column 36: .*GRAPHex"),
        ("SELECT ?s { ?s ?p 5GRAPH ?g { ?s ?p ?o } }", QueryRefused, "line 1, column 19: .*5GRAPH"),
        ("DROP ALL", QueryRefused, "update"),
    ],
)
def test_what_is_refused_here_is_refused_there(there: Site, text: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        answer(there.snapshot, text)


def test_an_answer_that_the_engine_cuts_off_is_no_answer(there: Site) -> None:
    """Virtuoso gives the first 100,000 rows, as tests/engine/virtuoso.ini has it, and says so in a header."""
    text = "SELECT ?a ?b { { SELECT ?a { ?a ?p ?o } LIMIT 330 } { SELECT ?b { ?b ?q ?x } LIMIT 330 } }"
    if there.name == "oxigraph":
        assert len(json.loads(answer(there.snapshot, text, "json"))["results"]["bindings"]) == 108_900
    else:
        with pytest.raises(StoreMissing, match="answered in part only.*raise its limit"):
            answer(there.snapshot, text)


def test_a_site_that_only_reads_needs_one_address(there: Site) -> None:
    """`whatworks query` on another machine: no releases, no credentials."""
    command = [sys.executable, "-c", "import sys; from web.cli import main; sys.exit(main())"]
    command += ["query", "claimed-savings"]
    environ = {"WHATWORKS_STORE": there.settings.store, "WHATWORKS_DATA": "/nonexistent"}
    ran = subprocess.run(command, env=environ, cwd=HERE.parent.parent, capture_output=True, text=True, check=True)
    assert "Kent could save" in ran.stdout
