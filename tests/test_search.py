"""Search: forty judged searches with their score, words understood, facets, orders, and what is odd or hostile."""

import csv
import io
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from page_reading import HTML, read

from kb import config
from kb.ask.search import asking, results
from kb.ask.search.asked import LONGEST, ORDERS, asked
from kb.ask.search.judging import judgements, missed, share_seen
from kb.ask.search.suggestions import suggestions
from kb.ask.search.words import plain_words, small, synonyms
from kb.namespaces import WW
from kb.store.folder import DataFolder
from kb.store.search_index.entries import WEIGHTS
from kb.store.search_index.schema import FACETS
from kb.store.snapshots import Snapshot, Snapshots
from web.effects import EFFECTS

JUDGED = Path(__file__).parent / "search" / "judged.csv"
LEAST = {"tuned": 0.95, "held out": 0.75}
"""Share of what must come first that does. The searches were written, and ten of them held out, before the order of
results was tuned; at the first try it was 0.70 and 0.80."""


@pytest.fixture(scope="module")
def snapshot(shipped_folder: DataFolder) -> Snapshot:
    return Snapshots(shipped_folder).current()


@pytest.fixture(scope="module")
def client(shipped_site: Flask) -> FlaskClient:
    return shipped_site.test_client()


def test_judged_searches_find_what_they_must_among_the_first_five(
    snapshot: Snapshot, capsys: pytest.CaptureFixture[str]
) -> None:
    scores: dict[str, list[float]] = {"tuned": [], "held out": []}
    told = []
    for judged in judgements(JUDGED):
        scores["held out" if judged.held_out else "tuned"].append(share_seen(snapshot, judged))
        if not judged.held_out:  # who tunes must not see the others
            told += [f"{judged.query}: {sorted(pages)}" for pages in missed(snapshot, judged)]
    shares = {kind: sum(each) / len(each) for kind, each in scores.items()}
    with capsys.disabled():
        print("\nsearch:", ", ".join(f"{shares[kind]:.3f} of {len(scores[kind])} {kind} searches" for kind in shares))
        print("".join(f"  missed: {each}\n" for each in told), end="")
    assert (len(scores["tuned"]), len(scores["held out"])) == (31, 10)
    assert {kind: share for kind, share in shares.items() if share < LEAST[kind]} == {}


def test_every_page_that_a_judgement_names_is_there(snapshot: Snapshot) -> None:
    named = {page for judged in judgements(JUDGED) for pages in judged.wanted for page in pages}
    found = {str(quad.subject.value) for page in named for quad in _about(snapshot, page)}
    assert named - found == set()


def _about(snapshot: Snapshot, page: str) -> list:
    from pyoxigraph import NamedNode

    return list(snapshot.store.quads_for_pattern(NamedNode(page), None, None))


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("reofending", "reoffending"),
        ("domestic voilence", "domestic violence"),
        ("Custmer SERVICE", "customer service"),
        ("reoffending", ""),
        ("kent", ""),
    ],
)
def test_misspelt_words_are_corrected_and_said(snapshot: Snapshot, typed: str, read_as: str) -> None:
    assert results.found(snapshot, asked(typed, {}, ""), 1).read_as == read_as


def test_words_that_nothing_is_like_are_told(client: FlaskClient) -> None:
    page = client.get("/search?q=xqzwvy+zzyzx", headers=HTML).text
    assert "Nothing was found" in page
    assert "xqzwvy" in page
    assert "/questions" in page


@pytest.mark.parametrize("stem", [("offender", "offenders"), ("library", "libraries"), ("closing", "closed")])
def test_forms_of_a_word_find_the_same(snapshot: Snapshot, stem: tuple[str, str]) -> None:
    one, other = (results.found(snapshot, asked(word, {}, ""), 1, facets=False).total for word in stem)
    assert one == other > 0


def test_good_news_comes_no_earlier_than_bad(snapshot: Snapshot) -> None:
    """The order knows words and kinds: of the findings, null and adverse results are as early as they are many."""
    assert {name for name in WEIGHTS if "desirab" in name.lower()} == set()
    places: dict[str, list[float]] = {}
    for words in ("police", "children", "hospital", "work", "housing", "offending", "care", "council"):
        found = results.found(snapshot, asked(words, {"kind": ["Finding"]}, ""), 300, facets=False).results
        for place, each in enumerate(found):
            for effect in each.effects:
                places.setdefault(effect, []).append(place / len(found))
    means = {effect: sum(each) / len(each) for effect, each in places.items() if len(each) > 20}
    assert {"better", "none", "worse"} <= means.keys()
    assert all(0.35 < mean < 0.65 for mean in means.values()), means


def test_facets_count_what_they_lead_to(snapshot: Snapshot) -> None:
    wanted = asked("police", {}, "")
    found = results.found(snapshot, wanted, 1)
    for facet, options in found.facets.items():
        for option in options[:4]:
            narrowed = results.found(snapshot, asked("police", {facet: [option.value]}, ""), 1, facets=False)
            assert narrowed.total == option.count, (facet, option)


def test_values_of_a_facet_add_up_and_facets_narrow(snapshot: Snapshot) -> None:
    def total(**chosen: list[str]) -> int:
        return results.found(snapshot, asked("", chosen, ""), 1, facets=False).total

    lessons, findings = total(kind=["LessonLearned"]), total(kind=["Finding"])
    assert total(kind=["LessonLearned", "Finding"]) == lessons + findings
    assert 0 < total(kind=["Finding"], effect=["worse"]) < findings
    assert total(place=["kent"]) >= total(place=["maidstone"]) > 0


@pytest.mark.parametrize("order", ORDERS)
def test_orders_hold_all_results(snapshot: Snapshot, order: str) -> None:
    wanted = asked("police", {"kind": ["Finding"]}, order)
    found = results.found(snapshot, wanted, 100, facets=False)
    assert found.total == len({each.iri for each in found.results})
    levels = [int(each.grades[0] != "") for each in found.results if each.grades]
    assert levels
    if order == "name":
        assert [each.name for each in found.results] == sorted(each.name for each in found.results)
    if order == "newest":
        dates = [each.date[:4] for each in found.results if each.date]
        assert dates == sorted(dates, reverse=True)


def test_pages_are_the_whole_and_csv_says_whether_it_is(client: FlaskClient) -> None:
    answer = client.get("/search?q=kent&format=json").json
    assert answer is not None
    seen = []
    address = "/search?q=kent&format=json"
    while address:
        part = client.get(address).json
        assert part is not None
        seen += [each["iri"] for each in part["results"]]
        address = part["next"]
    assert len(seen) == len(set(seen)) == answer["total"]
    table = client.get("/search?q=kent&format=csv")
    rows = list(csv.reader(io.StringIO(table.text)))
    assert len(rows) == 1 + answer["total"]
    assert table.headers["X-Complete"] == "true"
    everything = client.get("/search?kind=Concept&kind=Source&kind=Finding&format=csv")
    assert everything.headers["X-Complete"] == "false"
    assert 'rel="next"' in everything.headers.getlist("Link")[-1]
    assert everything.headers["Content-Disposition"].endswith('search-1-1000.csv"')


def test_facets_as_data_are_named_and_say_where_they_stop(client: FlaskClient) -> None:
    answer = client.get("/search?format=json").json
    assert answer is not None
    assert max(map(len, answer["facets"].values())) == results.OPTIONS
    unnamed = [each for values in answer["facets"].values() for each in values if "://" in each["name"]]
    assert unnamed == []
    longest = {facet for facet, values in answer["facets"].items() if len(values) == results.OPTIONS}
    assert set(answer["facets with more values"]) <= longest
    assert answer["facets with more values"]
    few = client.get("/search?kind=Pilot&format=json").json
    assert few is not None
    assert few["facets with more values"] == []


def test_a_table_says_effects_in_words_and_no_cell_is_a_formula(
    client: FlaskClient, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/search?kind=Intervention&kind=Finding&format=csv").text)))
    effects = {words.split(" in ")[0] for row in rows for words in row["Effect"].split("; ") if words}
    assert effects > {"Better", "No clear difference"}
    assert effects <= {effect.words for effect in EFFECTS.values()}
    found = results.found(snapshot, asked("kent", {}, ""), 1)
    hostile = replace(found.results[0], name='=HYPERLINK("https://a.example")', says="@SUM(1)")
    monkeypatch.setattr(results, "found", lambda *_, **__: replace(found, total=1, results=[hostile]))
    [row] = csv.DictReader(io.StringIO(client.get("/search?q=formula&format=csv").text))
    assert (row["Name"], row["What it says"]) == ("'=HYPERLINK(\"https://a.example\")", "'@SUM(1)")


@pytest.mark.parametrize("format", ["html", "json", "csv"])
def test_a_page_after_the_last_is_not_found_however_far(client: FlaskClient, format: str) -> None:
    # The collector of the index makes room for every result up to a page: too far, it ends the process.
    for page in ("2000", "999999999"):
        answer = client.get(f"/search?q=kent&page={page}&format={format}")
        assert answer.status_code == 404
        assert f"page={page} is not one of them" in answer.text


def test_a_search_is_its_address(client: FlaskClient) -> None:
    page = read(client, "/search?q=people&kind=Finding&kind=LessonLearned&sort=newest")
    boxes = [box for box in page.all("input") if box.get("type") == "checkbox" and "checked" in box]
    assert sorted(str(box["value"]) for box in boxes) == ["Finding", "LessonLearned"]
    links = [a for a in page.all("a") if str(a.get("href", "")).startswith("/search?")]
    assert links
    narrowing = [a for a in links if "pagination" not in str(a.get("class"))]
    assert all("nofollow" in str(a.get("rel", "")) for a in narrowing)
    assert any("kind=Finding&kind=LessonLearned" in str(a["href"]) and "page=2" in str(a["href"]) for a in links)


def test_where_nothing_is_left_each_filter_can_be_dropped(client: FlaskClient) -> None:
    page = client.get("/search?q=street+lighting&place=kent&kind=Pilot", headers=HTML).text
    assert "Nothing was found" in page
    assert "Search without “Place”" in page or "Search without “Kind of page”" in page


@pytest.mark.parametrize("typed", ["reof", "asb", "troubled fam", "libary"])
def test_suggestions_begin_with_what_is_typed(snapshot: Snapshot, client: FlaskClient, typed: str) -> None:
    found = suggestions(snapshot, typed)
    assert found
    answer = client.get("/search/suggest", query_string={"q": typed}).json
    assert answer is not None
    assert [each["name"] for each in answer["suggestions"]] == [each.name for each in found]
    for each in answer["suggestions"]:
        assert client.get(each["href"], headers=HTML).status_code == 200


HOSTILE = (
    "*", "?", "a~9999999", '"', '"a', "(", ")))", "AND", "NOT NOT", "kind:Finding", "title:*", "a^1e99", "[a TO b]",
    "\\", "/.*/", "\x00", "\u202e", "é" * 500, "a " * 5000, "&", "A&&E", "'", "💥", "x" * 10_000, "-", "+", "{}", "%",
    "<script>alert(1)</script>", "ﬀ", "ı", "İ", "ß" * 100, "1" * 300,
)  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE)
def test_odd_words_never_fail(client: FlaskClient, typed: str) -> None:
    for path in ("/search", "/search/suggest"):
        for format in ("html", "json", "csv") if path == "/search" else ("json",):
            said = {"q": typed, "format": format, "place": typed[:300], "sort": typed[:9]}
            answer = client.get(path, query_string=said)
            assert answer.status_code == 200, (path, typed[:20])
            assert "<script>alert" not in answer.text or format != "html"


def test_random_bytes_never_fail(client: FlaskClient) -> None:
    random.seed(6)
    for _ in range(60):
        typed = bytes(random.randrange(256) for _ in range(random.randrange(1, 60))).decode("latin-1")
        facet = random.choice(FACETS)
        assert client.get("/search", query_string={"q": typed, facet: typed}, headers=HTML).status_code in (200,)


def test_length_is_bounded(snapshot: Snapshot) -> None:
    assert len(asked("word " * 10_000, {}, "").words) <= LONGEST
    assert len(asked("", {"place": [f"p{n}" for n in range(1_000)]}, "").chosen["place"]) <= 20


def test_synonyms_have_sources_and_small_words_are_none() -> None:
    with (Path(config.__file__).parent / "ask" / "search" / "synonyms.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["typed"] for row in rows if not row["source"] or not row["means"]] == []
    assert len({row["typed"].casefold() for row in rows}) == len(rows)
    assert [typed for typed in synonyms() if len(typed) == 1 and typed[0] in small()] == []
    assert plain_words("A&E children’s Café") == ("aande", "childrens", "cafe")


def test_without_an_index_the_page_says_so_in_words(client: FlaskClient, own_site_without_index: FlaskClient) -> None:
    page = own_site_without_index.get("/search?q=lessons+recur", headers=HTML)
    assert page.status_code == 200
    assert "has not been indexed for search" in page.text
    assert "Questions near this" in page.text
    assert own_site_without_index.get("/search?q=x&format=json").status_code == 503
    assert own_site_without_index.get("/search/suggest?q=less").json == {"q": "less", "suggestions": []}


@pytest.fixture
def own_site_without_index(own_site: config.Settings) -> FlaskClient:
    import shutil

    from web.site import create_app

    shutil.rmtree(own_site.data / "current" / "search")
    return create_app(own_site).test_client()


def test_the_class_of_each_result_is_told(snapshot: Snapshot) -> None:
    found = results.found(snapshot, asked("kent", {}, ""), 50, facets=False)
    assert {each.kind for each in found.results} >= {f"{WW}Pilot", f"{WW}CaseStudy"}


LED_ON = [
    ("reoffending", "/interventions?outcome=reoffending"),
    ("everything that worked for reoffending", "/interventions?outcome=reoffending"),
    ("worklessness", "/interventions?theme=worklessness"),
    ("one stop shop", "/interventions?group=one-stop-front-office"),
]


@pytest.mark.parametrize(("typed", "address"), LED_ON)
def test_what_was_tried_for_what_is_sought_stands_above_the_results(
    client: FlaskClient, typed: str, address: str
) -> None:
    page = client.get(f"/search?q={typed.replace(' ', '+')}", headers=HTML).text
    assert page.index(f'href="{address}">All that was tried ') < page.index('class="result-list"')
    assert client.get(address, headers=HTML).status_code == 200


@pytest.mark.parametrize("typed", ["merge customer service points", "libary poliec sharring", "drug courts"])
def test_a_question_that_has_one_of_the_words_is_not_offered(snapshot: Snapshot, typed: str) -> None:
    assert asking.answering(results.found(snapshot, asked(typed, {}, ""), 1, facets=False).parts) == []


@pytest.mark.parametrize("typed", ["LGR", "channel shift", "police and library buildings near each other"])
def test_a_question_that_has_the_words_is_offered(snapshot: Snapshot, typed: str) -> None:
    assert asking.answering(results.found(snapshot, asked(typed, {}, ""), 1, facets=False).parts)


def test_what_hindered_or_helped_is_called_so(client: FlaskClient) -> None:
    page = client.get("/search?q=front+offices&kind=Barrier", headers=HTML).text
    assert "What got in the way, or helped" in page
    assert "Barrier or enabler" not in page


def test_a_word_that_no_page_has_is_told_first(client: FlaskClient) -> None:
    found = " ".join(re.sub(r"<[^>]+>", "", client.get("/search?q=council+tax+zzqqxx", headers=HTML).text).split())
    assert re.search(
        r"No page has “zzqqxx”, nor a word like it\. What follows has the other words, or most of them: [0-9]+ pages\.",
        found,
    )
