"""Which queries run: forms, updates, SERVICE in any reading, positions of errors."""

import random

import pytest
from pyoxigraph import RdfFormat, Store

from kb.ask.query import answer, read
from kb.errors import BadInput, QueryError, QueryRefused
from kb.intake.tokens import calls_service
from kb.store.folder import DataFolder
from kb.store.snapshots import Snapshot, Snapshots


@pytest.fixture
def snapshot(data_folder: DataFolder) -> Snapshot:
    return Snapshots(data_folder).current()


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("select * { ?s ?p ?o }", "SELECT"),
        ("# INSERT\nBASE <http://x.example/> PREFIX insert: <drop> ASK {}", "ASK"),
        ("PREFIX : <http://x.example/SELECT#> Describe :a", "DESCRIBE"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "CONSTRUCT"),
    ],
)
def test_the_form_is_the_first_word_after_the_prologue(text: str, form: str) -> None:
    assert read(text).form == form


@pytest.mark.parametrize("text", ["DROP ALL", "PREFIX a: <http://x.example/> insert data { a:a a:b a:c }", "LOAD <http://a/>"])
def test_updates_are_refused(text: str) -> None:
    with pytest.raises(QueryRefused, match="is an update"):
        read(text)


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("SELEC *", (1, 1), "SELEC is no word of SPARQL; nearest: SELECT"),
        ("\n  ", (2, 3), "found nothing"),
        ("SELECT * {\n ?s ?p ", (2, 8), "not closed at the end: write }"),
        ("SELECT * {?s foo:bar ?o}", (1, 14), "no PREFIX declares foo:"),
        ("SELECT ?a ?b { ?s ?p ?o } GROUP BY ?a", (1, 11), r"add \?b to GROUP BY"),
        ("ASK {} garbage", (1, 8), "garbage is no word of SPARQL"),
        ("ASK {\n ?s ?p ?o\n ]", (3, 2), r"this \] closes no \["),
        ("SELECT *", (1, 9), "found the end of the query, after"),
        (f"ASK {{}} {'x' * 500}", (1, 8), f"{'x' * 40}… is no word"),
        (f"ASK {{}} <{'x' * 500}>", (1, 14), f"found '<{'x' * 59}…'"),
    ],
)
def test_errors_say_where(snapshot: Snapshot, text: str, place: tuple[int, int], says: str) -> None:
    with pytest.raises(QueryError, match=says) as error:
        answer(snapshot, text)
    assert (error.value.line, error.value.column) == place
    assert len(str(error.value)) < 300


CALLS = [
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { sErViCe\tSILENT\n<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "SELECT * { SERVICE#\n<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "PREFIX ex: <http://127.0.0.1:9/> SELECT * { SERVICEex:x { ?s ?p ?o } }",
    "PREFIX ex: <http://127.0.0.1:9/> SELECT * { ?a ?b 0SERVICESILENTex:x { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE:x\\'y{ ?s ?p ?o } }",
    "SELECT * { ?a ?b ?c FILTER EXISTS { SERVICE ?c { ?s ?p ?o } } }",
    "ASK { { SELECT * { FILTER NOT EXISTS { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } } } } }",
    "SELECT * { ?a ?b ?c FILTER(?c<1)SERVICE#>\n<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "SELECT * { ?a ?b ?c FILTER(?c<1)#> '''\n SERVICE <http://127.0.0.1:9/> { ?s ?p ?o }\n#'''\n }",
    "SELECT * { <<?s?p'''a>'''>> ?q ?r . SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } #'''\n }",
]


@pytest.mark.parametrize("text", CALLS)
def test_service_is_refused_in_every_spelling(text: str) -> None:
    with pytest.raises(QueryRefused, match="SERVICE"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "# SERVICE <http://a/> {\nSELECT * { ?service ?p 'SERVICE <http://a/> {' }",
        "PREFIX service: <http://x.example/service#> SELECT * { ?s service:x service:y . ?s a service:Service }",
        "PREFIX service: <http://x.example/service#> SELECT * { GRAPH service:x { ?s ?p ?o } }",
        "SELECT * { VALUES (?a ?b) { (1 <http://x.example/service/1>) (2 <http://x.example/#service>) } }",
        'SELECT * { ?s ?p """a "SERVICE" \\""" <http://a/> { """@service . FILTER(?s < <http://x.example/service>) }',
        "PREFIX ex: <http://x.example/> SELECT * { ?s ex:service/ex:SERVICE ?service . { ?s ?p ?o } }",
    ],
)
def test_the_word_alone_is_nothing(snapshot: Snapshot, text: str) -> None:
    assert answer(snapshot, text, "csv")


def test_whatever_would_call_out_is_refused() -> None:
    """Random joins of fragments: each that pyoxigraph runs as a call (it names the forbidden port 9) is seen before."""
    store = Store()
    store.load(b"<http://x.example/a> <http://x.example/p> 0 .", format=RdfFormat.TURTLE)
    prologue = "PREFIX : <http://127.0.0.1:9/> PREFIX ex: <http://127.0.0.1:9/> "
    fragments = [
        *("SERVICE", ":x", "ex:x", "<http://127.0.0.1:9/>", "{", "}", "{?s ?p ?o}", " ", "\n", "#", "'", "'''", '"'),
        *(">", "<", "<<", ">>", "(", ")", "FILTER(", "?c<1", "BIND(", "as?z", ".", "true", "0", "?a ?b ?c", "&&", "?q"),
        *("OPTIONAL{", "EXISTS{", "ex:service", "@en", "1.5", "\\", ",", "?a<", ")#>", "<http://x/#a>", "'''a'''"),
    ]
    templates = (
        "SELECT * { ?a ?b ?c FILTER(?c<%s }",
        "SELECT * { FILTER(?c<1)%sSERVICE:x%s{?s ?p ?o} }",
        "SELECT * { ?a ?b ?c FILTER(?c<%s)%sSERVICE%s{?s ?p ?o}%s }",
        "SELECT * { ?a ?b %sSERVICE%s{?s ?p ?o}%s }",
        "SELECT * { ?a ?b ?c FILTER(?c<1)#%s\n SERVICE%s:x{?s ?p ?o}\n#%s\n }",
    )
    chance = random.Random(7)
    calls = 0
    for _ in range(15_000):
        template = chance.choice(templates)
        parts = ("".join(chance.choices(fragments, k=chance.randrange(5))) for _ in range(template.count("%s")))
        text = prologue + template % tuple(parts)
        try:
            list(store.query(text))  # type: ignore[arg-type]
        except OSError:
            calls += 1
            assert calls_service(text), text
        except (SyntaxError, RuntimeError, ValueError):
            continue
    assert calls > 300


def test_formats_belong_to_forms(snapshot: Snapshot) -> None:
    assert answer(snapshot, "ASK {}", "json") == b'{"head":{},"boolean":true}'
    assert answer(snapshot, "SELECT (1 AS ?x) {}").split() == [b"x", b"1"]
    assert b"skos:prefLabel" in answer(snapshot, "DESCRIBE <https://kent.example/id/place/thanet>")
    with pytest.raises(BadInput, match="json, xml, csv, tsv"):
        answer(snapshot, "ASK {}", "ttl")


def test_a_construct_holds_each_triple_once(snapshot: Snapshot) -> None:
    text = "CONSTRUCT { <http://x.example/a> <http://x.example/b> 1 } WHERE { ?s ?p ?o }"
    assert answer(snapshot, text, "nt").count(b"\n") == 1


def test_the_dataset_of_the_request_replaces_that_of_the_query(snapshot: Snapshot) -> None:
    count = "SELECT (COUNT(*) AS ?n) FROM <https://kent.example/id/graph/places> { ?s ?p ?o }"
    surrey = ["https://surrey.example/id/graph/others"]
    assert answer(snapshot, read(count, surrey)).split() == [b"n", b"3"]
    assert answer(snapshot, read(count, [], surrey)).split() == [b"n", b"0"]
    with pytest.raises(QueryError, match="not an IRI"):
        read(count, ["no iri"])


def test_from_reads_no_file(snapshot: Snapshot) -> None:
    assert answer(snapshot, "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", "csv") == b"o,p,s\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * " + "{" * 3000 + "}" * 3000,
        "ASK { FILTER(" + "(" * 9000 + "1" + ")" * 9000 + ") }",
        "ASK { FILTER(1<" + "(" * 9000 + "1" + ")" * 9000 + ">0) }",
        "ASK { FILTER(1<1" + "+1" * 9000 + ">0) }",
        "ASK { FILTER(" + "||".join(["?x = 1"] * 9000) + ") }",
        "ASK { FILTER(" + "!" * 9000 + "true) }",
        "ASK { ?s ?p " + "[<http://x.example/p> " * 3000 + "1" + "]" * 3000 + " }",
        "SELECT * {" + "OPTIONAL { ?s ?p ?o }" * 3000 + "}",
        "SELECT " + "(1 AS ?x)" * 3000 + " {}",
        "ASK {" + "?s ?p 1." * 9000 + "}",
        "ASK { ?s ?p 1" + ",1" * 9000 + "}",
        "ASK { ?s " + "^" * 9000 + "<http://x.example/p> ?o }",
    ],
    ids=lambda text: text[:18],
)
def test_what_would_end_the_process_is_refused(text: str) -> None:
    with pytest.raises(QueryRefused, match="brackets within each other"):
        read(text)


@pytest.mark.parametrize("values", ['"{n}"^^<http://x.example/t>', "-{n}", "'{n}'^^ex:t", "'{n}'@en", "ex:a{n}"])
def test_a_long_list_of_values_is_no_long_query(values: str) -> None:
    listed = " ".join(values.replace("{n}", str(n)) for n in range(3000))
    assert read(f"PREFIX ex: <http://x.example/> SELECT * {{ VALUES ?x {{ {listed} }} ?x ?p ?o }}").form == "SELECT"


def test_long_lists_of_values_run(snapshot: Snapshot) -> None:
    many = " ".join(f"<http://x.example/{number}/a/b>" for number in range(5000))
    numbers = ",".join(f"{number}.5" for number in range(5000))
    deep = "{" * 50 + "}" * 50
    text = f"ASK {{ VALUES ?s {{ {many} }} ?s ?p ?o FILTER(?o IN ({numbers})) {deep} }}"
    assert answer(snapshot, text, "csv") == b"false"


def test_answers_that_vary_are_known() -> None:
    for text in (
        "SELECT (NOW() AS ?n) {}",
        "SELECT (strUUID#c\n() AS ?n) {}",
        "SELECT * {} ORDER BYRAND()",
        "CONSTRUCT { [] a ?c } { ?s a ?c }",
        "CONSTRUCT { _:x a ?c } { ?s a ?c }",
        "CONSTRUCT { ?s <http://x.example/p> (1) } { ?s a ?c }",
    ):
        assert read(text).varies, text
    for text in (
        "SELECT ?now { ?now ?p ?rand }",
        "SELECT * { ?s ?p 'NOW()' } # RAND()",
        "CONSTRUCT { ?s a ?c } { ?s a ?c FILTER(?s != ?c) }",
        "SELECT * { [] a ?c }",
    ):
        assert not read(text).varies, text


def test_relative_iris_start_from_the_base(snapshot: Snapshot) -> None:
    text = "SELECT ?p { <kent> ?p ?o } LIMIT 1"
    assert answer(snapshot, read(text, base="https://kent.example/id/place/x")).count(b"\n") == 2
    with pytest.raises(QueryError, match="line 1, column"):
        answer(snapshot, text)
