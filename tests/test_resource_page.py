"""The page of a thing: what it says first, how the rest is arranged, and what it says of the things that link to it."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Quad, Store

from kb.ask.resource import describe, graph_of
from kb.namespaces import expand

AREA = "https://area.example/id/"


def page(reader: FlaskClient, path: str, number: int = 1) -> str:
    """The page of a thing of the area, white space closed up."""
    answer = reader.get(f"/resource?uri={quote(AREA + path, safe='')}&page={number}", headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


def words(html: str) -> str:
    """The text of a piece of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def rows(html: str) -> list[str]:
    """The names of the properties on a page, in order."""
    return [words(name) for name in re.findall(r"<dt>(.*?)</dt>", html)]


def between(html: str, start: str, end: str) -> str:
    """The piece of a page from one text to the next other."""
    begin = html.index(start)
    return html[begin : html.index(end, begin)]


def test_amount_source_and_grade_come_first(reader: FlaskClient) -> None:
    html = page(reader, "money/receipts")
    top = between(html, "<h1", '<section class="contradiction"')
    assert "about £720 million to £780 million total over period, forecast" in words(top)
    assert "Said by An area : Report on the pilot , February 2010 (page 7)" in words(top)
    sure = words(between(top, '<section class="evidence"', "</section>"))
    assert "Level 1, described" in sure
    assert "A sum without the working behind it. Assessed by An area , 21 November 2026." in sure
    below = html[html.index("</section>", html.index('class="contradiction"')) :]
    assert not {"At least", "At most", "Approximate", "Currency", "Source", "Assessment"} & set(rows(below))


@pytest.mark.parametrize("path", ["money/receipts", "money/receipts-in-the-press"])
def test_a_contradiction_is_told_on_both_sides(reader: FlaskClient, path: str) -> None:
    html = page(reader, path)
    notice = words(between(html, '<section class="contradiction"', "</section>"))
    assert "Another statement contradicts this one" in notice
    assert notice.count("This statement") == 1
    for told in ("about £720 million to £780 million", "up to £280 million", "Report on the pilot", "could save"):
        assert told in notice
    assert "<dl" not in html[: html.index('class="contradiction"')]
    assert 'class="contradiction"' not in page(reader, "money/saving")


def test_rows_follow_the_shapes_and_end_with_what_no_shape_has(reader: FlaskClient) -> None:
    html = page(reader, "membership/harbour-board")
    main = between(html, '<dl class="properties">', "</dl>")
    assert rows(main) == ["Member", "Role"]
    assert "<h2" not in main, "few rows need no headings"


def test_rows_of_a_class_stand_in_its_own_order(reader: FlaskClient) -> None:
    html = page(reader, "money/receipts")
    main = between(html, '<dl class="properties">', "</dl>")
    assert rows(main) == ["Concerns", "Borne by", "Gross or net", "Type of value"]
    assert "ww:unheardOf" in rows(between(html, "About this record", "</details>")), "nothing is left out"


def test_many_rows_stand_under_the_headings_of_the_shapes() -> None:
    store, graph = Store(), NamedNode("http://x.example/graph")
    lesson = NamedNode("http://x.example/lesson")
    store.add(Quad(lesson, NamedNode(expand("rdf:type")), NamedNode(expand("ww:LessonLearned")), graph))
    names = ("ww:recommendation", "ww:statement", "ww:end", "ww:start", "prov:hadPrimarySource", "adms:status")
    for name in names:
        store.add(Quad(lesson, NamedNode(expand(name)), Literal("x"), graph))
    described = describe(store, lesson.value)
    assert [(heading, [row.name for row in found]) for heading, found in described.sections()] == [
        ("What is said", ["Statement", "Recommendation"]),
        ("Where and when", ["Start", "End"]),
        ("Who says so", ["Source"]),
    ]
    assert [row.name for row in described.record()] == ["Record status"]


def test_how_the_record_is_kept_is_folded_away(reader: FlaskClient) -> None:
    html = page(reader, "money/receipts")
    folded = between(html, "About this record", "</details>")
    kept = ["Identifier", "First or second hand", "Record status", "Record changed on"]
    assert rows(folded) == ["Address", "Class", "ww:unheardOf", *kept]
    assert not set(rows(folded)) & set(rows(html.replace(folded, "")))


def test_the_title_is_no_row(reader: FlaskClient) -> None:
    assert not {"Name", "Title"} & set(rows(page(reader, "source/report")))
    assert "Bericht über das Vorhaben" in page(reader, "source/report")


def test_what_belongs_to_a_thing_is_told_with_it(reader: FlaskClient) -> None:
    html = page(reader, "gateway/dover")
    insets = re.findall('<div class="inset">.*?</dl>', html)
    assert sorted(map(words, insets))[:2] == ["Figure 7", "Its record : unnamed Figure 8"]
    [inset] = [inset for inset in insets if "Visits" in inset]
    assert words(inset) == "Visits in 2015 Its record : Visits in 2015 What was measured Footfall Figure 37,859"
    assert "Report on the pilot" not in inset, "it has the source of the whole"
    assert words(html).count("Report on the pilot") == 1
    graph = graph_of_site(reader, "gateway/dover")
    assert all(AREA + "measurement" not in subject for subject in graph), "as a graph it has a document of its own"


def graph_of_site(reader: FlaskClient, path: str) -> set[str]:
    answer = reader.get(f"/resource?uri={quote(AREA + path, safe='')}", headers={"Accept": "application/n-triples"})
    return {line.split()[0] for line in answer.text.splitlines()}


def test_statements_that_link_here_can_be_weighed(reader: FlaskClient) -> None:
    first = page(reader, "source/report")
    table = between(first, "Statements of money</caption>", "</table>")
    for told in ("£40 million", "per year", "Recurring revenue saving", "Kent pilot", "Forecast", "Asserted"):
        assert told in words(table)
    assert ">Source<" not in table, "every row has this source"


def test_what_an_account_tells_is_not_listed_again(reader: FlaskClient) -> None:
    first = page(reader, "pilot/kent")
    assert first.count("Statements of money</caption>") == 1
    assert "Lessons (5 of 120)</caption>" in first
    lessons = set(re.findall(r'href="/doc/lesson/(\d+)"', between(first, 'id="account-lessons"', "</section>")))
    others = set(re.findall(r'href="/doc/lesson/(\d+)"', between(first, "What else links here", "</details>")))
    assert len(lessons) == 5
    assert others
    assert not lessons & others
    assert "Gave rise to (22 of 120)" in words(page(reader, "pilot/kent", 3))


def test_all_of_a_long_table_stands_at_an_address_of_its_own(reader: FlaskClient) -> None:
    address = re.findall(r'class="more"><a [^>]*href="([^"]+)"', page(reader, "pilot/kent"))[-1].replace("&amp;", "&")
    seen: list[str] = []
    while address:
        html = reader.get(address, headers={"Accept": "text/html"}).text
        seen += re.findall(r'<th class="govuk-table__header" scope="row"[^>]*><a [^>]*>(Lesson \d+)<', html)
        after = re.search(r'href="([^"]+)">Rows after these', html)
        address = after[1].replace("&amp;", "&") if after else ""
    assert len(seen) == len(set(seen)) == 120
    for wrong in ("all=nothing", "all=lessons&from=x", "all=lessons&from=999"):
        uri = quote(AREA + "pilot/kent", safe="")
        assert reader.get(f"/resource?uri={uri}&{wrong}", headers={"Accept": "text/html"}).status_code == 404


def test_what_stands_above_the_record_is_not_put_down_to_its_dataset(reader: FlaskClient) -> None:
    html = words(page(reader, "pilot/kent"))
    assert "Everything above" not in html
    assert "What the record says is stated in Figures from Kent" in html


def test_the_dataset_is_said_once(reader: FlaskClient) -> None:
    html = page(reader, "money/receipts")
    assert html.count("stated in") == 1
    assert "What the record says is stated in Figures from Kent" in words(html)
    assert "Everything above is stated in Figures from Kent" in words(page(reader, "assessment/receipts"))


def test_a_licence_goes_by_its_name(reader: FlaskClient) -> None:
    row = between(page(reader, "dataset/kent"), ">Licence</a>", "</div>")
    assert words(row.partition("</dt>")[2]) == "Open Government Licence v3.0 stated in Figures from Kent"


def test_an_address_of_others_leads_there(reader: FlaskClient) -> None:
    link = '<a class="govuk-link" href="https://press.example/story?id=1" rel="nofollow">https://press.example/story?id=1</a>'
    assert link in page(reader, "source/press")


class Counting:
    """A store that counts what it is asked."""

    def __init__(self, store: Store) -> None:
        self.store, self.queries = store, 0

    def __getattr__(self, name: str) -> Any:
        self.queries += name == "query"
        return getattr(self.store, name)


@pytest.fixture
def linked() -> Store:
    """A place that 50 statements with a source and an assessment each link to."""
    store, graph = Store(), NamedNode("http://x.example/graph")
    for number in range(50):
        claim, node = (NamedNode(f"http://x.example/{kind}/{number}") for kind in ("claim", "assessment"))
        for subject, name, value in (
            (claim, "rdf:type", NamedNode(expand("ww:Claim"))),
            (claim, "ww:statement", Literal(f"Claim {number}")),
            (claim, "ww:context", NamedNode("http://x.example/place")),
            (claim, "ww:assessment", node),
            (node, "ww:grade", NamedNode(f"http://x.example/grade/{number}")),
        ):
            quad = Quad(subject, NamedNode(expand(name)), value, graph)
            store.extend([quad, Quad(subject, quad.predicate, value)])
    return store


def test_no_query_per_link(linked: Store) -> None:
    counting = Counting(linked)
    described = describe(counting, "http://x.example/place")  # type: ignore[arg-type]
    [group] = described.incoming
    assert [len(table.things) for table in group.tables] == [50]
    assert all(thing.all("ww:grade") for thing in group.tables[0].things)
    assert counting.queries <= 5


def test_a_figure_that_is_no_number_stays_a_row(reader: FlaskClient) -> None:
    html = page(reader, "money/no-number")
    assert 'class="amount"' not in html
    assert words(between(html, ">Amount</a>", "</div>").partition("</dt>")[2]) == "a lot"


def test_of_two_figures_none_is_hidden(reader: FlaskClient) -> None:
    html = page(reader, "money/two-numbers")
    assert words(between(html, '<p class="amount">', "</p>")).endswith("£10")
    assert words(between(html, ">Amount</a>", "</div>").partition("</dt>")[2]) == "10 20"


def test_a_source_that_is_no_link_is_shown() -> None:
    store, graph = Store(), NamedNode("http://x.example/graph")
    claim = NamedNode("http://x.example/claim")
    store.add(Quad(claim, NamedNode(expand("rdf:type")), NamedNode(expand("ww:Claim")), graph))
    store.add(Quad(claim, NamedNode(expand("prov:hadPrimarySource")), Literal("hearsay"), graph))
    assert [row.name for row in describe(store, claim.value).properties] == ["Source"]
    assert len(graph_of(store, claim.value)) == 2
