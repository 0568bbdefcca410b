"""What the index holds of a thing: what is searched, what it can be narrowed to, and what a line of results shows."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from kb.effects import KEYS, effect_key
from kb.names import NAMES, best_name, is_seen
from kb.namespaces import WW, compact, concept, concept_scheme, expand
from kb.protocols.containing import containing
from kb.store.search_index.surroundings import Surroundings
from kb.store.search_index.things import CONCEPT, TEXT, Thing

_NAMES = tuple(map(compact, NAMES))
_OTHER_NAMES = ("skos:altLabel", "skos:notation", "dcterms:identifier", "ww:uprn", "ww:gssCode")
_SAYS = (
    *("ww:statement", "dcterms:abstract", "dcterms:description", "skos:definition", "ww:challenge"),
    *("skos:scopeNote", "dcterms:bibliographicCitation", "ww:note"),
)
"""What tells in a line what a thing is about, the best first."""

_PLACES = (
    *("ww:inPlace", "ww:locatedIn", "ww:pilotPlace", "dcterms:spatial", "ww:context", "geo:sfWithin"),
    *("sdmx-dimension:refArea", "ww:concerns", "ww:observedIn"),
)
_WORK = (
    *("ww:ofIntervention", "ww:implements", "ww:about", "ww:evaluates", "ww:concerns", "skos:broader"),
    "ww:observedIn",
)
_BODIES = (
    *("ww:leadOrganisation", "ww:reportedBy", "cv:ownedBy", "ww:sharedBy", "ww:claimant", "ww:benefits", "ww:borneBy"),
    *("ww:evaluator", "org:member", "org:hasMember"),
)
_UNTOLD = frozenset(
    map(
        expand,
        (
            *("adms:status", "ww:sourceDepth", "ww:voice", "ww:currency", "ww:priceBasis", "ww:grossNet"),
            *("ww:periodBasis", "ww:estimateStatus", "ww:cashable", "skos:inScheme", "skos:topConceptOf"),
            *("ww:interpretedBy", "ww:valueType"),
            *("ww:assessment", "ww:effectEstimate", "ww:effectDirection", "ww:desirability", "prov:hadPrimarySource"),
            *("ww:supportedBy", "ww:contradicts", "ww:corroborates", "rdfs:seeAlso", "ww:milestone", "ww:independence"),
            *("ww:betterWhen", "dcterms:accessRights", "ww:measurement", "geo:hasDefaultGeometry", "locn:address"),
            *("ww:fromEvaluation", "ww:polarity", "ww:stageApplies", "ww:factorType", "sdmx-attribute:obsStatus"),
            *("sdmx-attribute:unitMeasure", "ww:comparator", "dcterms:license", "ww:hypothesis", "skos:exactMatch"),
            *("org:hasMembership", "ww:lesson", "ww:impact", "prov:wasRevisionOf", "ww:reportedIn"),
        ),
    )
)
"""Links whose names say nothing of what a thing is about, or that lead to a thing with an entry of its own."""

_ADDRESS = ("locn:fullAddress", "locn:thoroughfare", "locn:postName", "locn:postCode", "locn:locatorDesignator")
_ANNOTATIONS = tuple(map(expand, ("dcterms:modified", "ww:locator", "dcterms:identifier", "ww:gssCode", "ww:uprn")))

_ORGANISATION = expand("org:FormalOrganization")

WEIGHTS = {
    **dict.fromkeys(("Intervention", "Programme", "Pilot"), 2.5),
    **dict.fromkeys(("CaseStudy",), 2.8),
    **dict.fromkeys(("Finding", "LessonLearned", "Workstream", "Synthesis"), 1.7),
    **dict.fromkeys(("Implementation",), 1.8),
    **dict.fromkeys(("Gateway", "Barrier", "Outcome", "Claim", "MonetaryStatement"), 1.4),
    **dict.fromkeys(("Place", "Asset", "Partnership", "FormalOrganization"), 1.0),
    **dict.fromkeys(("Evaluation", "Dataset", "DataProtocol"), 0.8),
    **dict.fromkeys(("Source", "Concept", "IndicatorObservation", "ExpenditureObservation"), 0.3),
}
"""Local name of a class → the weight of its things: what answers a reader before what that rests on. It is of the
class alone, so that no result comes before another because it is good news, or sure."""

FOUND_ON = {f"{WW}Intervention": "ww:ofIntervention", f"{WW}Outcome": "ww:outcome"}
"""Class → the property by which findings lead to its things."""

_SUPERSEDED = concept("record-status", "superseded")

LONGEST = 260
"""Letters of what a line of results quotes."""

_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


@dataclass
class Entry:
    """A document of the index. `newest` is a date as a number (20190514), 0 where nobody says; `grade` 0 to 5."""

    iri: str
    title: str
    names: list[str]
    about: list[str]
    around: list[str]
    text: list[str]
    facets: dict[str, set[str]]
    newest: int
    grade: int | None
    weight: float
    shown: dict[str, object] = field(default_factory=dict)

    @property
    def strongest(self) -> int:
        """The grade, then the date, as one number to sort by."""
        return 0 if self.grade is None else (self.grade + 1) * 10**8 + self.newest

    def line(self) -> str:
        """What a line of results shows, as JSON."""
        return json.dumps({name: value for name, value in self.shown.items() if value}, ensure_ascii=False)


def entry(thing: Thing, near: Surroundings) -> Entry:
    """The document of a thing."""
    best = best_name(thing.texts)
    title = best.value if best is not None else ""
    names = [each for each in thing.said(*_NAMES) if is_seen(each)]
    if title in names:
        names.remove(title)
    places = _places(thing, near)
    work = list(dict.fromkeys(each for iri in _interventions(thing) for each in near.work(iri)))
    sources = [thing.iri] if thing.kind == f"{WW}Source" else thing.to("prov:hadPrimarySource")
    effects, grades, findings = _evidence(thing, near)
    day = _day(thing, sources, near)
    says = next(iter(thing.said(*_SAYS)), "")
    around = list(dict.fromkeys(each for place in places for each in near.around(place)))
    bodies = [*thing.to(*_BODIES), *([thing.iri] if thing.kind == _ORGANISATION else [])]
    facets: dict[str, set[str]] = {
        "kind": {thing.kind},
        "theme": _themes(thing, near),
        "work": set(work),
        "lesson": set(thing.to("ww:lessonTheme")),
        "place": set(around),
        "body": {type_ for body in bodies for type_ in _body_types(body, near)},
        "evidence": {grade for _, grade in grades},
        "effect": effects,
        "use": set(thing.to("ww:useClass")),
        "publisher": _publishers(thing, sources, near),
        "date": {_band(day)} if day else set(),
    }
    return Entry(
        iri=thing.iri,
        title=title,
        names=[*names, *thing.said(*_OTHER_NAMES)],
        about=_about(thing, near),
        around=near.names(place for place in around if not near.is_wide(place)),
        text=[*_texts(thing), *_address(thing, near)],
        facets=facets,
        newest=_number(day),
        grade=max((level for level, _ in grades), default=None),
        weight=WEIGHTS.get(thing.kind.rpartition("#")[2].rpartition("/")[2], 1.0),
        shown={
            "kind": thing.kind,
            "says": _shortened(says),
            "places": [place for place in places if place != thing.iri][:3],
            "effects": [key for key in KEYS if key in effects] if not findings else [],
            "grades": [grade for _, grade in grades] if not findings else [],
            "findings": findings,
            "strongest": grades[0][1] if findings and grades else "",
            "sources": sources[:2] if thing.kind != f"{WW}Source" else [],
            "published": thing.to("dcterms:publisher")[:1],
            "date": day,
            "of": thing.to(*FOUND_ON.values()),
        },
    )


def _places(thing: Thing, near: Surroundings) -> list[str]:
    """The places that it is in or about; a place itself is one."""
    if thing.kind == f"{WW}Place":
        return [thing.iri]
    found = thing.to(*_PLACES)
    return [iri for iri in found if near.is_place(iri)]


def _interventions(thing: Thing) -> list[str]:
    return [thing.iri, *thing.to(*_WORK)] if thing.kind == f"{WW}Intervention" else thing.to(*_WORK)


def _themes(thing: Thing, near: Surroundings) -> set[str]:
    """What it says itself, else what the work that it is about says."""
    own = set(thing.to("ww:theme"))
    if own or thing.kind == CONCEPT:
        return own
    return {theme for iri in thing.to(*_WORK) for theme in near.themes(iri)}


def _evidence(thing: Thing, near: Surroundings) -> tuple[set[str], list[tuple[int, str]], dict[str, int]]:
    """Its effects and grades; of an intervention or outcome those of the findings on it and on what is below it, with
    how many of each effect there are; superseded ones left out, as on the pages of both."""
    leading = FOUND_ON.get(thing.kind)
    if leading is None:
        return _effects(thing), near.grades(thing.to("ww:assessment")), {}
    subjects = [thing.iri, *near.leading_to(thing.iri, "skos:broader")]
    findings = {finding for each in subjects for finding in near.leading_to(each, leading)}
    findings = {finding for finding in findings if _SUPERSEDED not in near.to(finding, "adms:status")}
    counted = Counter(near.effect(finding) for finding in sorted(findings))
    assessments = [each for finding in sorted(findings) for each in near.to(finding, "ww:assessment")]
    return set(counted), near.grades(assessments), {key: counted[key] for key in KEYS if counted[key]}


def _effects(thing: Thing) -> set[str]:
    """The effect that it states, where it states one."""
    direction, desirability = thing.to("ww:effectDirection"), thing.to("ww:desirability")
    if not direction and not desirability:
        return set()
    return {effect_key(next(iter(direction), None), next(iter(desirability), None))}


def _publishers(thing: Thing, sources: Iterable[str], near: Surroundings) -> set[str]:
    """Who published its sources; where it names none, who published it."""
    found = {publisher for source in sources for publisher in near.published(source)[0]}
    return found or {publisher for graph in thing.graphs for publisher in near.dataset_publishers(graph)}


def _body_types(iri: str, near: Surroundings) -> tuple[str, ...]:
    return (iri,) if iri.startswith(concept_scheme("organisation-type") + "/") else near.body_types(iri)


def _day(thing: Thing, sources: Iterable[str], near: Surroundings) -> str:
    """When it was said: the day of the thing itself or of its latest source, else that on which the work ended."""
    own = thing.said("dcterms:issued", "ww:validAsOf")
    published = [day for source in sources if (day := near.published(source)[1])]
    said = max(own, default="") or max(published, default="") or max(thing.said("ww:end", "ww:start"), default="")
    found = _DAY.match(said)
    return found[0] if found else ""


def _number(day: str) -> int:
    year, month, date = (int(part) if part.isdecimal() else 0 for part in (*day.split("-"), "", "")[:3])
    return year * 10000 + month * 100 + date


def _band(day: str) -> str:
    first = int(day[:4]) // 5 * 5
    return f"{first}-{first + 4}"


def _about(thing: Thing, near: Surroundings) -> list[str]:
    untold = _UNTOLD | containing()
    linked = (iri for property, iris in thing.links.items() if property not in untold for iri in iris)
    return near.names(dict.fromkeys(linked))


def _texts(thing: Thing) -> list[str]:
    """Everything that it says in words."""
    return [
        literal.value
        for property, literals in thing.texts.items()
        if property not in _ANNOTATIONS
        for literal in literals
        if literal.datatype.value in TEXT
    ]


def _address(thing: Thing, near: Surroundings) -> list[str]:
    return [text for part in thing.to("locn:address") for name in _ADDRESS for text in near.said(part, name)]


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(" ", 1)[0].rstrip(",;:") + " …"


