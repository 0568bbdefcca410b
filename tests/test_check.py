"""The check of a submission against small protocols: what applies, what is reported, and the same on both engines."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.errors import BadInput, NotFound
from kb.intake.submission import read_submission
from kb.namespaces import WW
from kb.protocols import catalogue
from kb.protocols.check import check, check_vocabulary
from kb.protocols.report import Report, Severity

SMALL = Path(__file__).parent / "protocols"
SHAPES, ONTOLOGY = SMALL / "shapes", SMALL / "ontology"
PREFIXES = """@prefix ww: <https://w3id.org/whatworks/def#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix ex: <https://example.org/> .
"""
SHED = 'a ww:Shed ; skos:prefLabel "Shed" ; ww:code "AB1" ; ww:holding ex:h . ex:h ww:holder ex:c . ex:c a ww:Body .'
Submit = Callable[[str], list[bytes]]
both_engines = pytest.mark.parametrize("engine", ["rust", "pyshacl"])


@pytest.fixture
def submitted(tmp_path: Path) -> Submit:
    """Turtle text (PREFIXES known) → the lines of its submission."""

    def lines(text: str) -> list[bytes]:
        path = tmp_path / "file.ttl"
        path.write_text(PREFIXES + text, encoding="utf-8")
        return read_submission([path], genid="https://example.org/g/", graph=None, seconds=20, megabytes=512).lines

    return lines


def run(lines: list[bytes], engine: str = "rust", protocols: list[str] | None = None) -> Report:
    return check(lines, protocols=protocols, engine=engine, shapes=SHAPES, ontology=ONTOLOGY)


def briefly(report: Report) -> list[tuple[str, str, str | None]]:
    return [(result.focus.rpartition("/")[2], result.message, result.value) for result in report.results]


@both_engines
def test_a_conforming_submission(submitted: Submit, engine: str) -> None:
    report = run(submitted(f"ex:a {SHED}"), engine)
    assert report.results == ()
    assert report.conforms
    assert report.focus == {"dp-01": 1, "dp-02": 0}


@both_engines
def test_results_have_their_field_severity_and_value(submitted: Submit, engine: str) -> None:
    report = run(submitted(f'ex:a {SHED} ex:a ww:code "x" . ex:b a ww:Bill ; ww:amount 1 .'), engine)
    assert [(r.path, r.value, r.severity, r.component.rpartition("#")[2]) for r in report.results if r.path] == [
        (
            "https://w3id.org/whatworks/def#amount",
            '"1"^^<http://www.w3.org/2001/XMLSchema#integer>',
            Severity.VIOLATION,
            "DatatypeConstraintComponent",
        ),
        ("https://w3id.org/whatworks/def#code", None, Severity.WARNING, "MaxCountConstraintComponent"),
        ("https://w3id.org/whatworks/def#code", '"x"', Severity.WARNING, "PatternConstraintComponent"),
        ("^<https://w3id.org/whatworks/def#bill>", None, Severity.WARNING, "MinCountConstraintComponent"),
    ]
    assert (report.violations, report.warnings, report.infos, report.conforms) == (1, 3, 0, False)
    assert report.focus == {"dp-01": 1, "dp-02": 1}


@both_engines
def test_a_warning_does_not_stop_conformance(submitted: Submit, engine: str) -> None:
    report = run(submitted(f"ex:a {SHED}".replace("AB1", "x")), engine)
    assert (report.warnings, report.conforms) == (1, True)


@both_engines
def test_only_the_chosen_protocols_run(submitted: Submit, engine: str) -> None:
    report = run(submitted("ex:a a ww:Shed . ex:b a ww:Bill ."), engine, ["DP-2"])
    assert {result.focus for result in report.results} == {"https://example.org/b"}
    assert report.focus == {"dp-02": 1}


def profile_of(id: str, folder: Path) -> Path:
    """The small shapes, copied, with dp-02 as a profile of the protocol with that id."""
    shapes = shutil.copytree(SHAPES, folder / id)
    text = (shapes / "dp-02.ttl").read_text(encoding="utf-8")
    said = f"<http://www.w3.org/ns/dx/prof/isProfileOf> <https://w3id.org/whatworks/protocols/{id}> ;"
    (shapes / "dp-02.ttl").write_text(text.replace("a ww:DataProtocol ;", f"a ww:DataProtocol ; {said}"), "utf-8")
    return shapes


def test_a_profile_is_checked_with_what_it_is_a_profile_of(submitted: Submit, tmp_path: Path) -> None:
    shapes = profile_of("dp-01", tmp_path)
    lines = submitted("ex:a a ww:Shed . ex:b a ww:Bill .")
    report = check(lines, protocols=["dp-02"], shapes=shapes, ontology=ONTOLOGY)
    assert {result.focus for result in report.results} == {"https://example.org/a", "https://example.org/b"}
    assert report.focus == {"dp-02": 1, "dp-01": 1}
    with pytest.raises(BadInput, match="nothing here is what dp-02 describes"):
        check(submitted("ex:a a ww:Shed ."), protocols=["dp-02"], shapes=shapes, ontology=ONTOLOGY)


def test_a_profile_of_an_unknown_protocol_is_refused(submitted: Submit, tmp_path: Path) -> None:
    shapes = profile_of("dp-09", tmp_path)
    with pytest.raises(BadInput, match=r"dp-02 is a profile of <.*/dp-09>, and no protocol has that IRI"):
        check(submitted("ex:b a ww:Bill ."), shapes=shapes, ontology=ONTOLOGY)


@both_engines
def test_the_background_counts_as_data_but_is_not_reported(submitted: Submit, engine: str) -> None:
    use = "ex:a ww:use <https://w3id.org/whatworks/concept/shed-use/tools> ."
    report = run(submitted(f"ex:a {SHED} {use}".replace("ww:Shed", "ww:ToolShed")), engine)
    assert (report.results, report.focus["dp-01"]) == ((), 1)


@both_engines
def test_what_is_said_of_a_background_thing_is_reported(submitted: Submit, engine: str) -> None:
    pattern = "<https://w3id.org/whatworks/id/shed/pattern>"
    report = run(submitted(f'ex:a {SHED} {pattern} ww:code "AB2" .'), engine)
    assert {result.focus for result in report.results} == {pattern[1:-1]}


@both_engines
def test_a_thing_that_is_only_referred_to_is_reported(submitted: Submit, engine: str) -> None:
    report = run(submitted('ex:a a ww:Shed ; skos:prefLabel "S" ; ww:code "AB1" ; ww:holding ex:nowhere .'), engine)
    assert briefly(report) == [("nowhere", "Name the holder.", None)]


@both_engines
def test_a_subclass_of_the_submissions_own_is_checked(submitted: Submit, engine: str) -> None:
    report = run(submitted("ex:Hut rdfs:subClassOf ww:ToolShed . ex:a a ex:Hut ."), engine)
    assert report.focus["dp-01"] == 1
    assert ("a", "Give the shed one name.", None) in briefly(report)


@pytest.mark.parametrize(
    ("text", "protocols", "message"),
    [
        ("ex:a ww:code 1 .", None, "nothing here is what any protocol describes: no thing has a class (rdf:type)"),
        ("ex:a ww:code 1 .", ["dp-02"], "nothing here is what dp-02 describes: no thing has a class (rdf:type)"),
        (
            "ex:a a ww:Sched . ex:b a ww:Sched, ex:Zebra .",
            None,
            "nothing here is what any protocol describes: the classes found are ww:Sched "
            "(nearest known class: ww:Shed), <https://example.org/Zebra>; use a class that a protocol targets",
        ),
        ("ex:a a ww:Shed .", ["dp-02"], "nothing here is what dp-02 describes: the classes found are ww:Shed;"),
    ],
)
def test_a_submission_that_no_protocol_applies_to(
    submitted: Submit, text: str, protocols: list[str] | None, message: str
) -> None:
    with pytest.raises(BadInput) as refused:
        run(submitted(text), protocols=protocols)
    assert str(refused.value).startswith(message)


def test_an_unknown_protocol_or_engine(submitted: Submit) -> None:
    lines = submitted(f"ex:a {SHED}")
    with pytest.raises(NotFound, match="no protocol 'dp-99'; the protocols are dp-01, dp-02"):
        run(lines, protocols=["dp-99"])
    with pytest.raises(BadInput, match="unknown SHACL engine 'jena'; the engines are rust and pyshacl"):
        run(lines, engine="jena")


@both_engines
def test_the_vocabulary_is_checked_against_its_own_shapes(engine: str) -> None:
    report = check_vocabulary(engine, shapes=SHAPES, ontology=ONTOLOGY)
    assert briefly(report) == [("def#ToolShed", "A class has a label.", None)]


def test_engines_leave_rdflib_as_it_was(submitted: Submit) -> None:
    import rdflib

    run(submitted(f"ex:a {SHED}"), "pyshacl")
    assert rdflib.NORMALIZE_LITERALS is True


@pytest.mark.parametrize("spelled", ["dp-01", "DP-01", "dp-1", "dp1", "Dp01", " dp-001 "])
def test_spellings_of_a_protocol(spelled: str) -> None:
    assert catalogue.protocol(spelled, SHAPES).title == "Sheds"


def test_the_catalogue_lists_what_the_files_say() -> None:
    first, second = catalogue.protocols(SHAPES)
    assert (first.id, first.iri, first.version) == ("dp-01", "https://w3id.org/whatworks/protocols/dp-01", "0.1.0")
    assert (second.description, second.target_classes) == (
        "What a shed costs.",
        ("https://w3id.org/whatworks/def#Bill",),
    )
    assert second.path == SHAPES / "dp-02.ttl"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("a ww:DataProtocol ;", ""), "describes 0 protocols (ww:DataProtocol); it must describe one"),
        (('dcterms:identifier "dp-02"', 'dcterms:identifier "dp-03"'), "its dcterms:identifier is 'dp-03'"),
        (('dcat:version "0.2.0" ;', ""), "has no dcat:version"),
    ],
)
def test_a_protocol_that_does_not_describe_itself(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    text = (SHAPES / "dp-02.ttl").read_text(encoding="utf-8")
    assert change[0] in text
    (tmp_path / "dp-02.ttl").write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        catalogue.protocols(tmp_path)
    assert message in str(refused.value)


def shipped_check(folder: Path, text: str) -> Report:
    """The text as Turtle against the protocols that ship."""
    prefixes = {"locn": "http://www.w3.org/ns/locn#", "skos": "http://www.w3.org/2004/02/skos/core#", "ww": WW}
    head = "".join(f"@prefix {prefix}: <{iri}> . " for prefix, iri in prefixes.items())
    path = folder / "submission.ttl"
    path.write_text(head + text, encoding="utf-8")
    return check(read_submission([path], genid="https://a.example/g/", graph=None, seconds=9, megabytes=512).lines)


def test_a_class_is_found_by_what_else_it_is_called(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nearest known class: ww:Asset"):
        shipped_check(tmp_path, "<https://a.example/1> a <https://a.example/Building> .")


def test_a_part_without_a_name_is_called_after_the_thing_that_it_belongs_to(tmp_path: Path) -> None:
    address = '[ locn:postCode "nowhere" ]'
    text = f'<https://a.example/1> a ww:Asset ; skos:prefLabel "Town hall"@en ; locn:address {address} .'
    assert "  part of Town hall (https://a.example/g/" in shipped_check(tmp_path, text).text()
