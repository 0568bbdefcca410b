"""The parameter `snapshot` in addresses: added once, taken out, and carried on by every link that stays."""

import pytest

from web.as_at import as_at, carry, now

ID = "000012-9f3a61c0"
FIELD = f'<input type="hidden" name="snapshot" value="{ID}">'


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/doc/place/kent", f"/doc/place/kent?snapshot={ID}"),
        ("/sparql?query=ASK%7B%7D", f"/sparql?query=ASK%7B%7D&snapshot={ID}"),
        ("/def#Pilot", f"/def?snapshot={ID}#Pilot"),
        ("/a?snapshot=000001-00000000", "/a?snapshot=000001-00000000"),
        ("/cite?path=%2Fa%3Fsnapshot%3Dx", f"/cite?path=%2Fa%3Fsnapshot%3Dx&snapshot={ID}"),
        ("/static/site.css?v=1", "/static/site.css?v=1"),
        ("/snapshots", "/snapshots"),
        ("/q/abc", "/q/abc"),
        ("https://other.example/", "https://other.example/"),
        ("#main-content", "#main-content"),
    ],
)
def test_an_address_names_the_snapshot_once(address: str, expected: str) -> None:
    assert as_at(address, ID) == expected
    assert as_at(expected, ID) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (f"/a?snapshot={ID}", "/a"),
        (f"/a?uri=http%3A%2F%2Fx%2F%3Fa%3Db&snapshot={ID}&page=2", "/a?uri=http%3A%2F%2Fx%2F%3Fa%3Db&page=2"),
        ("/a?empty=", "/a?empty="),
        ("/a%2Fb", "/a%2Fb"),
        ("/a?", "/a"),
    ],
)
def test_an_address_without_a_snapshot(address: str, expected: str) -> None:
    assert now(address) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('<a class="x" href="/a?b=1&amp;c=2#d">', f'<a class="x" href="/a?b=1&amp;c=2&amp;snapshot={ID}#d">'),
        ('<link rel="alternate"\nhref="/a">', f'<link rel="alternate"\nhref="/a?snapshot={ID}">'),
        ('<a data-leaves href="/a">', '<a data-leaves href="/a">'),
        ('<a href="//other.example/a">', '<a href="//other.example/a">'),
        ('<p>href=&#34;/a&#34; and data-href="/a"</p>', '<p>href=&#34;/a&#34; and data-href="/a"</p>'),
        ('<form action="/q" data-leaves>', '<form action="/q" data-leaves>'),
        ('<form method="post" action="https://other.example/">', '<form method="post" action="https://other.example/">'),
        (
            '<form action="/sparql" method="get">',
            f'<form action="/sparql" method="get">\n{FIELD}',
        ),
    ],
)
def test_links_that_stay_carry_the_snapshot(written: str, expected: str) -> None:
    assert carry(written, ID, FIELD) == expected
