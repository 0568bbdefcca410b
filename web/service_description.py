"""What the endpoint says of itself (SPARQL 1.1 Service Description): its address, language, formats and dataset."""

from flask import current_app, request
from pyoxigraph import NamedNode, Triple

from kb.ask.query import GRAPHS, RESULTS
from kb.namespaces import PREFIXES
from web.reading import snapshot

_TYPE = NamedNode(f"{PREFIXES['rdf']}type")


def public_url() -> str:
    """The address of this site for strangers, without a slash at the end: the setting, else as the request has it."""
    configured: str = current_app.config["SETTINGS"].public_url
    return (configured or request.host_url).rstrip("/")


def endpoint_url() -> str:
    """The address of the SPARQL endpoint for strangers; relative IRIs of a query start from it (RFC 3986 §5.1.3)."""
    return f"{public_url()}/sparql"


def describe_service() -> list[Triple]:
    """The description; its nodes are fragments of the endpoint's address, so that they can be pointed at."""
    endpoint = endpoint_url()
    service, dataset, default = (NamedNode(f"{endpoint}#{name}") for name in ("service", "dataset", "default-graph"))
    triples = [
        Triple(service, _TYPE, _sd("Service")),
        Triple(service, _sd("endpoint"), NamedNode(endpoint)),
        Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        Triple(service, _sd("feature"), _sd("UnionDefaultGraph")),
        Triple(service, _sd("defaultDataset"), dataset),
        Triple(dataset, _TYPE, _sd("Dataset")),
        Triple(dataset, _sd("defaultGraph"), default),
        Triple(default, _TYPE, _sd("Graph")),
    ]
    for name in RESULTS:
        format = NamedNode(f"http://www.w3.org/ns/formats/SPARQL_Results_{name.upper()}")
        triples.append(Triple(service, _sd("resultFormat"), format))
    for writer in GRAPHS.values():
        triples.append(Triple(service, _sd("resultFormat"), NamedNode(writer.iri)))
    for graph in snapshot().store.named_graphs():
        if isinstance(graph, NamedNode):
            triples += _named_graph(dataset, graph, endpoint)
    return triples


def _named_graph(dataset: NamedNode, graph: NamedNode, endpoint: str) -> list[Triple]:
    node = NamedNode(f"{endpoint}#{graph.value.replace('#', '%23')}")
    return [
        Triple(dataset, _sd("namedGraph"), node),
        Triple(node, _TYPE, _sd("NamedGraph")),
        Triple(node, _sd("name"), graph),
    ]


def _sd(name: str) -> NamedNode:
    return NamedNode(f"{PREFIXES['sd']}{name}")
