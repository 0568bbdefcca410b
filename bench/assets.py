"""Made-up registers of buildings: n assets with 20 triples each, the same for the same n."""

from collections.abc import Iterator
from pathlib import Path

BASE = "https://bench.example/whatworks"
CONCEPT = "https://w3id.org/whatworks/concept"
USES = ("office", "library", "health-centre", "fire-station", "depot", "community-hall")
CONDITIONS = ("a", "b", "c", "d")
TENURES = ("freehold", "leasehold")

COUNTY = 100_000
"""Assets in one area of 70 by 46 km; the next so many lie north of it, for a larger register is not a denser one."""

HEADER = f"""@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ww: <https://w3id.org/whatworks/def#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix c: <{CONCEPT}/> .
@base <{BASE}/id/> .
"""


def asset(i: int, changed: bool = False) -> str:
    """One asset as Turtle: itself, its point, its interest and a measurement; `changed` alters two triples."""
    longitude = 0.3 + (i % 997) / 1000
    latitude = 51.0 + (i % 499) / 1200 + i // COUNTY * 499 / 1200
    label = f"Building {i}" + (" (renamed)" if changed else "")
    cost = 1000 + i % 5000 + (7 if changed else 0)
    return f"""
<asset/{i}> a ww:Asset ;
    skos:prefLabel "{label}"@en ;
    dcterms:identifier "B{i:06}" ;
    ww:uprn "{10000000000 + i}" ;
    ww:reportedBy <organisation/{i % 14}> ;
    ww:useClass <{CONCEPT}/asset-use/{USES[i % 6]}> ;
    ww:assetStatus <{CONCEPT}/asset-status/operational> ;
    ww:locatedIn <place/{i % 13}> ;
    dcterms:accessRights <{CONCEPT}/confidentiality/public> ;
    geo:hasDefaultGeometry <geometry/{i}> ;
    ww:interest <interest/{i}> ;
    ww:measurement <measurement/{i}> .
<geometry/{i}> geo:asWKT "POINT({longitude:.4f} {latitude:.4f})"^^geo:wktLiteral .
<interest/{i}> a ww:PropertyInterest ;
    ww:holder <organisation/{i % 14}> ;
    ww:tenureType <{CONCEPT}/tenure-type/{TENURES[i % 2]}> .
<measurement/{i}> a ww:AssetMeasurement ;
    ww:metric <{CONCEPT}/asset-metric/running-cost> ;
    ww:value {cost}.0 ;
    ww:unit <{CONCEPT}/currency/gbp> .
"""


def register(n: int, changed_share: float = 0.0) -> Iterator[str]:
    """The register as Turtle in pieces; the given share of its assets is changed against share 0."""
    step = int(1 / changed_share) if changed_share else 0
    yield HEADER
    for i in range(n):
        yield asset(i, changed=bool(step) and i % step == 0)


def write(path: Path, n: int, changed_share: float = 0.0) -> Path:
    """Writes the register of n assets to `path` and returns it."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(register(n, changed_share))
    return path
