"""What an entry says of the things around its own: their names, kinds and places, each looked up once."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from pyoxigraph import DefaultGraph, Literal, NamedNode

from kb.effects import effect_key
from kb.names import NAMES, best_name
from kb.namespaces import concept, concept_scheme, expand
from kb.store.readable import Store

LARGEST = 100_000
"""Answers of one kind that are kept; with more of them all are forgotten, so that memory stays bounded."""

DEEPEST = 12
"""Places within places, and types of work within types, that are followed."""

_MERGE = DefaultGraph()
_INTERVENTIONS = concept_scheme("intervention") + "/"
_WIDE = frozenset(concept("place-type", code) for code in ("country", "group-of-countries"))
_STRENGTHS = concept_scheme("evidence-strength") + "/"

T = TypeVar("T")


class Surroundings:
    """Look-ups in one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, dict[str, object]] = {}

    def name(self, iri: str) -> str:
        """Its name, as pages have it; empty without one."""
        return self._once("name", iri, self._name)

    def names(self, iris: Iterable[str]) -> list[str]:
        """Those of several that have one."""
        return [name for iri in iris if (name := self.name(iri))]

    def around(self, place: str) -> tuple[str, ...]:
        """The place and those that it lies in, up to the widest."""
        return self._once("around", place, lambda iri: self._upwards(iri, "geo:sfWithin"))

    def is_place(self, iri: str) -> bool:
        """Whether it is a place, which says of which kind it is."""
        return bool(self._place_types(iri))

    def is_wide(self, place: str) -> bool:
        """Whether a place is a country or wider: too much lies in it for its name to tell."""
        return not _WIDE.isdisjoint(self._place_types(place))

    def _place_types(self, iri: str) -> list[str]:
        return self._once("place types", iri, lambda place: self.to(place, "ww:placeType"))

    def work(self, intervention: str) -> tuple[str, ...]:
        """The intervention's types: concepts of the code list that it is below, or itself where it is one."""
        return self._once("work", intervention, self._work)

    def body_types(self, organisation: str) -> tuple[str, ...]:
        """What kind of body it is, and the kinds above that."""
        return self._once("body", organisation, self._body_types)

    def grades(self, assessments: Iterable[str]) -> list[tuple[int, str]]:
        """Places on the scale of evidence (0 to 5) with their concepts, the strongest first."""
        found = {grade for each in assessments for grade in self.to(each, "ww:grade") if grade.startswith(_STRENGTHS)}
        return sorted(((self._once("level", grade, self._level), grade) for grade in found), reverse=True)

    def effect(self, finding: str) -> str:
        """The effect that a finding states (kb.effects)."""
        direction, desirability = self.to(finding, "ww:effectDirection"), self.to(finding, "ww:desirability")
        return effect_key(next(iter(direction), None), next(iter(desirability), None))

    def dataset_publishers(self, graph: str) -> tuple[str, ...]:
        """Who publishes the dataset whose content is in the graph."""
        return self._once("graph", graph, self._dataset_publishers)

    def published(self, source: str) -> tuple[tuple[str, ...], str]:
        """Who published a source, and when (`2019`, `2019-05` or `2019-05-14`; empty where nobody says)."""
        return self._once("source", source, self._published)

    def themes(self, iri: str) -> list[str]:
        """The themes that work is of."""
        return self._once("themes", iri, lambda work: self.to(work, "ww:theme"))

    def to(self, iri: str, property: str) -> list[str]:
        """The IRIs that a property (prefix:local) of a thing leads to."""
        return [value.value for value in self._values(iri, property) if isinstance(value, NamedNode)]

    def said(self, iri: str, property: str) -> list[str]:
        """The texts of a property (prefix:local) of a thing."""
        return [value.value for value in self._values(iri, property) if isinstance(value, Literal)]

    def leading_to(self, iri: str, property: str) -> list[str]:
        """The things whose property (prefix:local) leads here."""
        found = self._store.quads_for_pattern(None, NamedNode(expand(property)), NamedNode(iri), _MERGE)
        return sorted(quad.subject.value for quad in found if isinstance(quad.subject, NamedNode))

    def _values(self, iri: str, property: str) -> list[object]:
        found = self._store.quads_for_pattern(NamedNode(iri), NamedNode(expand(property)), None, _MERGE)
        return [quad.object for quad in found]

    def _once(self, kind: str, iri: str, ask: Callable[[str], T]) -> T:
        kept = self._kept.setdefault(kind, {})
        if iri not in kept:
            if len(kept) >= LARGEST:
                kept.clear()
            kept[iri] = ask(iri)
        return kept[iri]  # type: ignore[return-value]

    def _name(self, iri: str) -> str:
        for property in NAMES:  # most have a name by the first
            quads = self._store.quads_for_pattern(NamedNode(iri), NamedNode(property), None, _MERGE)
            best = best_name({property: [quad.object for quad in quads]})
            if best is not None:
                return best.value
        return ""

    def _upwards(self, iri: str, property: str) -> tuple[str, ...]:
        found = {iri: None}
        level = [iri]
        for _ in range(DEEPEST):
            level = [above for each in level for above in self.to(each, property) if above not in found]
            if not level:
                break
            found.update(dict.fromkeys(level))
        return tuple(found)

    def _work(self, iri: str) -> tuple[str, ...]:
        return tuple(each for each in self._upwards(iri, "skos:broader") if each.startswith(_INTERVENTIONS))

    def _body_types(self, iri: str) -> tuple[str, ...]:
        types = self.to(iri, "ww:organisationType")
        return tuple(dict.fromkeys(each for type_ in types for each in self._upwards(type_, "skos:broader")))

    def _level(self, grade: str) -> int:
        return next((int(code) for code in self.said(grade, "skos:notation") if code.isdecimal()), 0)

    def _dataset_publishers(self, graph: str) -> tuple[str, ...]:
        datasets = self.leading_to(graph, "ww:namedGraph")
        return tuple(dict.fromkeys(each for dataset in datasets for each in self.to(dataset, "dcterms:publisher")))

    def _published(self, source: str) -> tuple[tuple[str, ...], str]:
        issued = max((text for text in self.said(source, "dcterms:issued")), default="")
        return tuple(self.to(source, "dcterms:publisher")), issued[:10]

