"""A dataset that means harm, made of one that means none: each of its texts, numbers, dates and links is an attack.

`links.ttl` in the folder of this name has the links; the rest is made here, since some of it is too long for a file.
"""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse, serialize

from kb.intake.lengths import LONGEST_IRI, LONGEST_TEXT

HERE = Path(__file__).parent
BASE = "https://area.example/id/"
MANY = 10_000
XSD = "http://www.w3.org/2001/XMLSchema#"

TEXTS = (
    "<script>alert('text')</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert('block')</script>",
    "</title></textarea></style><svg/onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}${7*7}#{7*7}",
    "javascript:alert('a text')",
    "https://area.example/\"onclick=\"alert(1)",
    "=cmd|'/c calc'!A0",
    "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", " \u00a0=1+1", "\uff1d1+1",
    "\u3164\u3164", "\u00ad\u200b \u2060", "\U000e0100ab",
    "\u202egnp.exe\u202c \u2066isolated",
    "zero\u200bwidth\u2060join\ufeff \u200fmark\u061c",
    "control\u0001\u0008\u001b[2J\u007f\u009b",
    "line\r\nX-Injected: yes\r\n\r\n<script>alert(2)</script>",
    "\u05e9\u05dc\u05d5\u05dd 123 \u0645\u0631\u062d\u0628\u0627",
    "a\u0300" + "\u0301" * 500,
    "' OR 1=1 --", "../../../etc/passwd", "%00%0d%0a", "\ufffe\uffff\U0010ffff",
)  # fmt: skip
"""Texts that a page, a feed, a table, a header or a drawing might take for something else."""

NUMBERS = ("1E999999", "-1E-999999", "9" * 400, "NaN", "INF", "-INF", "1e400", "-0", "٣", "0x10", "1,000")
DATES = ("999999999-01-01", "-0044-03-15", "0000-00-00", "2009-13-45", "999999999", "--02-30", "2009-02-29T25:61:61Z")
GEOMETRIES = ("POINT(1", "POLYGON((" + "0 0," * 2000 + "0 0))", "POINT(NaN INF)", "GEOMETRYCOLLECTION EMPTY", "<b>")
LANGUAGES = ("en", "cy", "ar", "x-evil", "en-x-onload", "zh-hant")
SCHEMES = ("javascript:alert(%22{}%22)", "data:text/html,%3Cscript%3E{}%3C/script%3E", "vbscript:msgbox({})",
           "file:///etc/{}", "https://area.example/%22onclick=%22{}")  # fmt: skip


def write(folder: Path, length: int = LONGEST_TEXT - 100, address: int = LONGEST_IRI - 100) -> list[Path]:
    """The files of the dataset, written into the folder; the longest text and IRI have about so many bytes."""
    mild = folder / "turned.nt"
    sources = [HERE / "class_pages" / "town.ttl", *sorted((HERE / "pages").glob("*.ttl"))]
    quads = [quad for path in sources for quad in parse(path=path, format=RdfFormat.TURTLE)]
    mild.write_bytes(serialize(turned(quads), format=RdfFormat.N_TRIPLES) or b"")
    large = folder / "large.nt"
    large.write_bytes(serialize(excessive(length, address), format=RdfFormat.N_TRIPLES) or b"")
    return [HERE / "hostile_content" / "links.ttl", mild, large]


def turned(quads: list[Quad]) -> Iterator[Quad]:
    """The statements, of other things of the same kinds, with each value turned into an attack of its kind."""
    texts, numbers, dates, shapes = map(cycle, (TEXTS, NUMBERS, DATES, GEOMETRIES))
    languages, schemes = cycle(LANGUAGES), cycle(SCHEMES)
    for number, quad in enumerate(quads):
        value = quad.object
        if isinstance(value, Literal):
            kind = value.datatype.value.removeprefix(XSD)
            if value.language:
                value = Literal(next(texts), language=next(languages))
            elif kind in ("decimal", "integer", "double", "nonNegativeInteger"):
                value = Literal(next(numbers), datatype=value.datatype)
            elif kind in ("date", "gYear", "gYearMonth", "dateTime"):
                value = Literal(next(dates), datatype=value.datatype)
            elif kind.endswith("wktLiteral"):
                value = Literal(next(shapes), datatype=value.datatype)
            else:
                value = Literal(next(texts), datatype=value.datatype)
        elif isinstance(value, NamedNode) and not value.value.startswith(("https://w3id.org/", BASE)):
            if "type" not in quad.predicate.value:
                value = NamedNode(next(schemes).format(number))
        else:
            value = _moved(value)
        yield Quad(_moved(quad.subject), quad.predicate, value)


def _moved(term: object) -> object:
    if isinstance(term, NamedNode) and term.value.startswith(BASE):
        kind, _, name = term.value.removeprefix(BASE).partition("/")
        return NamedNode(f"{BASE}{kind}/turned-{name}")
    return term


def excessive(length: int, longest: int) -> Iterator[Quad]:
    """What is no attack by its kind, but by how much there is of it."""

    def of(kind: str, name: str, *values: tuple[str, object]) -> Iterator[Quad]:
        subject = NamedNode(f"{BASE}{name}")
        yield Quad(subject, NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), NamedNode(kind))
        for property, value in values:
            yield Quad(subject, NamedNode(property), value)

    ww, name = "https://w3id.org/whatworks/def#", "http://www.w3.org/2004/02/skos/core#prefLabel"
    title, note = "http://purl.org/dc/terms/title", "http://purl.org/dc/terms/description"
    relation, see = "http://purl.org/dc/terms/relation", "http://www.w3.org/2000/01/rdf-schema#seeAlso"
    long = "long <b>" * (length // 8)
    address = f"https://area.example/id/asset/{'x' * longest}"
    yield from of(f"{ww}Asset", "asset/long-name", (name, Literal(long, language="en")), (note, Literal(long)))
    yield from of(f"{ww}Pilot", "pilot/long-title", (title, Literal(long, language="en")), (note, Literal(long)))
    yield from of(f"{ww}LessonLearned", "lesson/long", (name, Literal("y" * length)), (note, Literal(long)))
    yield from of(f"{ww}Place", "place/many", (name, Literal("Many", language="en")),
                  *((relation, NamedNode(f"{BASE}asset/one-of-{n}")) for n in range(MANY)))  # fmt: skip
    yield from of(f"{ww}Asset", "asset/many", (name, Literal("Many names")),
                  *((note, Literal(f"<i>description {n}</i>", language="en")) for n in range(MANY)))  # fmt: skip
    yield from of(f"{ww}Asset", "asset/linking", (name, Literal("Linking")), (see, NamedNode(address)))
    yield Quad(NamedNode(address), NamedNode(name), Literal("Very long address"))
    yield Quad(NamedNode(f"{BASE}asset/one-of-1"), NamedNode("https://area.example/def/" + "p" * longest), Literal("x"))
