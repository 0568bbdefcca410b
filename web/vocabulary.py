"""The vocabulary as documents: the ontology, the code lists, each concept, and the JSON-LD context."""

import json
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, request

from kb import namespaces, vocabulary
from kb.ask import resource
from kb.ask.graphs import triples
from kb.ask.interventions.evidence import evidence
from kb.ask.interventions.rules import Effect, effect
from kb.ask.labels import labels_of
from kb.ask.properties import PAGE
from kb.ask.summaries import Summary, statements_on
from kb.ask.vocabulary import GRADES, INTERVENTIONS, ONTOLOGY, about, concepts, levels, schemes, terms
from kb.errors import NotFound
from kb.namespaces import HOME, expand
from kb.store.readable import Store
from web import paging
from web.addresses import anchor
from web.documents import document, see_resource
from web.interventions.parameters import short
from web.negotiation import JSON_LD, PAGES, choose
from web.reading import snapshot
from web.representation import respond
from web.resource import described
from web.resource_page import grouped

blueprint = Blueprint("vocabulary", __name__)

CLASSES = {expand("owl:Class"), expand("rdfs:Class")}

ROWS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Kind of", ("rdfs:subClassOf", "rdfs:subPropertyOf")),
    ("Said of", ("rdfs:domain", "schema:domainIncludes")),
    ("Holds", ("rdfs:range", "schema:rangeIncludes")),
    ("Code list", ("ww:codeList",)),
    ("Seen from the other side", ("ww:inverseLabel", "owl:inverseOf")),
    ("Same as", ("owl:equivalentClass", "owl:equivalentProperty", "skos:exactMatch")),
    ("Close to", ("skos:closeMatch",)),
    ("Broader elsewhere", ("skos:broadMatch",)),
    ("Narrower elsewhere", ("skos:narrowMatch",)),
    ("Related", ("skos:relatedMatch", "rdfs:seeAlso")),
    ("Example", ("skos:example",)),
    ("Note", ("skos:note", "skos:editorialNote")),
)
"""What the page says of a term below its definition: heading → properties."""

STRUCTURE = {
    expand(name)
    for name in ("skos:broader", "skos:inScheme", "skos:topConceptOf", "skos:hasTopConcept", "skos:member", "rdf:first")
}
"""Links between a concept and its code list, which are no use of it."""

_TOLD = ("skos:definition", "skos:prefLabel", "skos:related", "skos:scopeNote", "skos:topConceptOf")
HIDDEN = frozenset(map(expand, _TOLD))
"""Properties that the page of a concept shows elsewhere."""


def texts(term: Summary) -> list[Any]:
    """What a term means, in words."""
    return [text for name in ("skos:definition", "skos:scopeNote", "rdfs:comment") for text in term.all(name)]


def facts(term: Summary) -> list[tuple[str, list[Any]]]:
    """The rows of the page on one term: heading, values."""
    found = [(heading, [node for name in names for node in term.all(name)]) for heading, names in ROWS]
    return [(heading, nodes) for heading, nodes in found if nodes]


@blueprint.get("/def")
def ontology() -> Response:
    """The ontology: its terms on one page, each at the anchor that its IRI names."""
    store = snapshot().store

    def context() -> dict[str, Any]:
        found = terms(store)
        header = about(store, [ONTOLOGY])[ONTOLOGY]
        kinds = {term.iri: {node.value for node in term.all("rdf:type")} for term in found}
        minted = [term for term in found if term.iri.startswith(namespaces.WW)]
        reused = [term for term in found if not term.iri.startswith(namespaces.WW)]
        labels = labels_of(store, {*header.links(), *(term.iri for term in found)})
        for group in (minted, reused):
            group.sort(key=lambda term: labels.name(term.iri).casefold())
        return {
            "ontology": header,
            "namespace": namespaces.WW,
            "sections": [
                ("Classes", "classes", [term for term in minted if kinds[term.iri] & CLASSES]),
                ("Properties", "properties", [term for term in minted if not kinds[term.iri] & CLASSES]),
                ("Terms of other vocabularies, as used here", "reused", reused),
            ],
            "texts": texts,
            "labels": labels,
        }

    return document("def.html", context, lambda: triples(store, namespaces.graph(HOME, "ontology")))


@blueprint.get("/def/<path:part>")
def part_of_ontology(part: str) -> Response:
    """A term of the vocabulary by its anchor; 303 from a version of it, or its alignments, to what is known of that.

    Raises NotFound.
    """
    store = snapshot().store
    for entry in terms(store):
        if anchor(entry.iri) == part:
            return _term(store, entry)
    iri = f"{ONTOLOGY}/{part}"
    if not resource.exists(store, iri):
        raise NotFound(f"{iri}: nothing is known by this name here; /def is the ontology")
    return see_resource(iri)


def _term(store: Store, entry: Summary) -> Response:
    def context() -> dict[str, Any]:
        labels = labels_of(store, {entry.iri, *entry.links()})
        return {"subject": entry, "texts": texts, "facts": facts, "labels": labels}

    return document("def-term.html", context, lambda: statements_on(store, [entry.iri]))


@blueprint.get("/context.jsonld")
def context() -> Response:
    """The JSON-LD context of the vocabulary."""
    return respond(json.dumps(vocabulary.jsonld_context(), ensure_ascii=False, indent=1), JSON_LD)


@blueprint.get("/concept/")
def all_schemes() -> Response:
    """Every code list."""
    store = snapshot().store
    found = schemes(store)
    names = [scheme.iri for scheme in found]

    def context() -> dict[str, Any]:
        labels = labels_of(store, names)
        found.sort(key=lambda scheme: labels.name(scheme.iri).casefold())
        return {"schemes": found, "labels": labels}

    return document("concepts.html", context, lambda: statements_on(store, names))


@blueprint.get("/concept/<scheme>")
def one_scheme(scheme: str) -> Response:
    """One code list with its concepts. Raises NotFound."""
    store = snapshot().store
    iri = f"{HOME}/concept/{scheme}"
    if not resource.exists(store, iri):
        raise NotFound(f"There is no code list {scheme}; /concept/ shows those that there are")

    def context() -> dict[str, Any]:
        tree = concepts(store, iri)
        summary = about(store, [iri])[iri]
        found = [iri, *summary.links()]
        ahead = list(tree)
        while ahead:
            branch = ahead.pop()
            found.append(branch.concept.iri)
            ahead.extend(branch.narrower)
        return {"scheme": summary, "branches": tree, "labels": labels_of(store, found)}

    return document("scheme.html", context, lambda: triples(store, namespaces.graph(HOME, f"concept-{scheme}")))


@blueprint.get("/concept/<scheme>/<path:code>")
def one_concept(scheme: str, code: str) -> Response:
    """One concept, and where it is used, 50 uses to a page. Raises NotFound."""
    store = snapshot().store
    iri = namespaces.concept(scheme, code)
    if f"{HOME}/concept/{scheme}" == INTERVENTIONS:
        return described(iri, quote(request.path), {}, choose(PAGES))

    def context() -> dict[str, Any]:
        number = paging.number()
        description = resource.describe(store, iri, number, snapshot().folder)
        broader = expand("skos:broader")
        used = [grouped(each) for each in description.incoming if each.iri not in STRUCTURE]
        return {
            "description": description,
            "scheme": f"{HOME}/concept/{scheme}" if resource.exists(store, f"{HOME}/concept/{scheme}") else None,
            "hidden": HIDDEN,
            "narrower": [link for group in description.incoming if group.iri == broader for link in group.links],
            "uses": used,
            "levels": levels(store, GRADES) if any(group.tables for group in used) else {},
            "result": _result(store, iri),
            "tried": f"/interventions?{urlencode({'outcome': short(iri)}, safe='/')}",
            "inverse": {
                group.incoming.iri: known.inverse_label
                for group in used
                if (known := vocabulary.term(group.incoming.iri))
            },
            "page": paging.Page(number, description.pages * PAGE, PAGE),
        }

    return document("concept.html", context, lambda: resource.graph_of(store, iri))


def _result(store: Store, outcome: str) -> Effect | None:
    """Which way findings on an outcome, or on one below it, went; None of what is no outcome, or has no finding."""
    known = evidence(store)
    found = known.found_on(outcome) if outcome in known.outcomes else ()
    return effect(found) if found else None
