"""The code on the page of a question runs as it stands there, against a real server, and gets the answer."""

import csv
import io
import json
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from absent import absent
from conftest import served

from kb.config import Settings
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish
from web.code_samples import LANGUAGES, _in_python
from web.site import create_app

QUESTIONS = {
    "as it stands": ("pilots-compared", []),
    "several values": ("questions-about", [("keyword", "money"), ("keyword", "pilots")]),
    "one graph": ("pilots-compared", [("default-graph-uri", "https://area.example/id/graph/kent")]),
    "marks of every language": ("questions-about", [("keyword", '"""\') } # $x `y` \\'), ("keyword", "money")]),
}


def samples(site_address: str, name: str) -> dict[str, str]:
    """Language → the code that the page shows."""
    id, arguments = QUESTIONS[name]
    asked = Request(f"{site_address}/questions/{id}?{urlencode(arguments)}", headers={"Accept": "text/html"})
    with urlopen(asked) as response:
        page = response.read().decode()
    shown = (part.split('<pre class="mono" data-name="', 1)[-1] for part in page.split("</pre>") if "<pre" in part)
    code = {each.partition('"')[0]: unescape(each.partition(">")[2]) for each in shown}
    return {language: text for language, text in code.items() if language in LANGUAGES.values()}


def expected(site_address: str, name: str) -> list[list[str]]:
    """The answer, head first; it has rows."""
    id, arguments = QUESTIONS[name]
    with urlopen(f"{site_address}/questions/{id}.csv?{urlencode(arguments)}") as response:
        rows = list(csv.reader(io.TextIOWrapper(response, "utf-8", newline="")))
    assert len(rows) > 1
    return rows


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def run(command: list[str], folder: Path, given: str | None = None) -> str:
    done = subprocess.run(command, cwd=folder, input=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", QUESTIONS)
def test_curl(site_address: str, name: str, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        absent("curl")
    run(["sh", "-euc", samples(site_address, name)["curl"]], tmp_path)
    [saved] = tmp_path.iterdir()
    assert saved.name == f"{QUESTIONS[name][0]}.csv"
    assert table(saved) == expected(site_address, name)


@pytest.mark.parametrize("name", QUESTIONS)
def test_python(site_address: str, name: str, tmp_path: Path) -> None:
    code = samples(site_address, name)["Python"] + "\nanswer.to_csv('saved.csv', index=False)\n"
    run([sys.executable, "-W", "error", "-c", code], tmp_path)
    found = table(tmp_path / "saved.csv")
    rows = expected(site_address, name)
    assert (found[0], len(found)) == (rows[0], len(rows))
    assert [row[-1] for row in found] == [row[-1] for row in rows], "the records, which pandas leaves as they are"


@pytest.mark.parametrize("name", QUESTIONS)
def test_javascript(site_address: str, name: str, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        absent("node")
    code = samples(site_address, name)["JavaScript"] + "\nconsole.log(JSON.stringify(rows));\n"
    printed = run([node, "--input-type=module"], tmp_path, code)
    found = json.loads(printed.splitlines()[-1])
    head, *rows = expected(site_address, name)
    assert [[row.get(name, "") for name in head] for row in found] == rows


def publish_pilots(found: Settings, folder: Path, *names: str) -> None:
    change = folder / "pilot.ttl"
    pilots = (
        f"<https://area.example/id/pilot/new-{number}> a <https://w3id.org/whatworks/def#Pilot> ;"
        f' <http://purl.org/dc/terms/title> "{name}"@en ;'
        f' <http://www.w3.org/2004/02/skos/core#prefLabel> "{name}"@en .'
        for number, name in enumerate(names)
    )
    change.write_text("\n".join(pilots), encoding="utf-8")
    publish(DataFolder(found.data), [PublicationRequest("area", "kent", (change,))], found)


def test_a_word_for_nothing_is_not_lost(own_site: Settings, tmp_path: Path) -> None:
    found, words = own_site, ("None", "NA")
    with served(create_app(found)) as address:
        publish_pilots(found, tmp_path, *words)
        assert {cell for row in expected(address, "as it stands") for cell in row} >= set(words)
        code = samples(address, "as it stands")
        kept = "\nanswer.to_csv('saved.csv', index=False)\n"
        run([sys.executable, "-W", "error", "-c", code["Python"] + kept], tmp_path)
        assert {cell for row in table(tmp_path / "saved.csv") for cell in row} >= set(words)
        assert 'na.strings = ""' in code["R"]


def test_the_same_code_gets_the_same_answer_after_a_publication(own_site: Settings, tmp_path: Path) -> None:
    found = own_site
    with served(create_app(found)) as address:
        before = expected(address, "as it stands")
        code = samples(address, "as it stands")
        publish_pilots(found, tmp_path, "New")
        assert expected(address, "as it stands") != before
        for language in ("curl", "Python"):
            saved = tmp_path / language
            saved.mkdir()
            if language == "curl":
                run(["sh", "-euc", code[language]], saved)
            else:
                kept = "\nanswer.to_csv('pilots-compared.csv', index=False)\n"
                run([sys.executable, "-W", "error", "-c", code[language] + kept], saved)
            assert table(saved / "pilots-compared.csv") == before, language


@pytest.mark.parametrize("name", QUESTIONS)
def test_r(site_address: str, name: str, tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        absent("Rscript")
    code = samples(site_address, name)["R"] + "\ncat(nrow(answer), ncol(answer))\n"
    rows = expected(site_address, name)
    assert run(["Rscript", "-e", code], tmp_path).splitlines()[-1] == f"{len(rows) - 1} {len(rows[0])}"


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_language_has_its_code(site_address: str, name: str) -> None:
    """An address is percent-encoded, so that no mark of it ends the text of a language."""
    found = samples(site_address, name)
    assert list(found) == list(LANGUAGES.values())
    with urlopen(f"{site_address}/questions") as response:
        snapshot = response.headers["X-Snapshot"]
    assert all(snapshot in code for code in found.values())
    for language in ("curl", "R", "JavaScript"):
        [address] = [word for word in found[language].replace("'", '"').split('"') if word.startswith("http")]
        assert not set(address) & set("'\"\\`$ #{}"), address


@pytest.mark.parametrize("text", ["a\n", 'a"', 'a """ b', "a ''' b", "a ''' \"\"\" b", "a\\", "a'", "\\n'''"])
def test_any_query_is_a_literal_of_python(text: str) -> None:
    assert eval(_in_python(text)) == text
