"""What the endpoint says of itself (SPARQL 1.1 Service Description): its address, language, formats and dataset."""

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import current_app, request
from pyoxigraph import NamedNode, RdfFormat, Triple
from werkzeug.sansio.utils import get_current_url

from kb.ask import graphs
from kb.ask.query import GRAPHS, RESULTS
from kb.namespaces import expand
from web.as_at import PARAMETER
from web.asking import federated
from web.reading import named, snapshot

_PUBLIC = "whatworks.public"
"""In the WSGI environment: what `public_url` gives."""

_TYPE = NamedNode(expand("rdf:type"))
_JSON_LD = "http://www.w3.org/ns/formats/JSON-LD"
"""As W3C's list of file formats has it; pyoxigraph's name for it is another."""
_SIMPLE = "http://www.w3.org/ns/entailment/Simple"


def public_url() -> str:
    """The address of this site for strangers, without a slash at the end: the setting, else as the request has it."""
    environ = request.environ  # each page asks a dozen times
    found: str | None = environ.get(_PUBLIC)
    if found is None:
        configured: str = current_app.config["SETTINGS"].public_url
        found = environ[_PUBLIC] = configured.rstrip("/") or _as_asked(request.scheme, request.host)
    return found


@lru_cache(maxsize=1000)
def _as_asked(scheme: str, host: str) -> str:
    """The address by which clients ask: they name few hosts, and it stands on each page several times."""
    return get_current_url(scheme, host).rstrip("/")


def is_local() -> bool:
    """Whether the address of this site leads to each machine itself (RFC 1122 §3.2.1.3 g, RFC 6761 §6.3)."""
    return _is_local(public_url())


@lru_cache(maxsize=1000)
def _is_local(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or host.endswith(".localhost") or ip_address(host).is_loopback
    except ValueError:
        return False


def endpoint_url() -> str:
    """The address of the SPARQL endpoint for strangers; relative IRIs of a query start from it (RFC 3986 §5.1.3)."""
    return f"{public_url()}/sparql"


def describe_service() -> list[Triple]:
    """The description; its nodes are the endpoint's address and fragments of it, so that they can be pointed at.

    A query may choose its dataset among all graphs of the default one, hence sd:availableGraphs is the same.
    """
    endpoint = endpoint_url()
    dataset, default = (NamedNode(f"{endpoint}#{name}") for name in ("dataset", "default-graph"))
    # Comunica takes no other node than the address that it asked for the service.
    service = NamedNode(_as_named(endpoint))
    triples = [
        Triple(service, _TYPE, _sd("Service")),
        Triple(service, _sd("endpoint"), service),
        Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        Triple(service, _sd("feature"), _sd("UnionDefaultGraph")),
        Triple(service, _sd("defaultEntailmentRegime"), NamedNode(_SIMPLE)),
        Triple(service, _sd("defaultDataset"), dataset),
        Triple(service, _sd("availableGraphs"), dataset),
        Triple(dataset, _TYPE, _sd("Dataset")),
        Triple(dataset, _TYPE, _sd("GraphCollection")),
        Triple(dataset, _sd("defaultGraph"), default),
        Triple(default, _TYPE, _sd("Graph")),
    ]
    if federated():
        triples.append(Triple(service, _sd("feature"), _sd("BasicFederatedQuery")))
    formats = [format.iri for format in RESULTS.values()]
    formats += [format.iri for format in GRAPHS.values() if format != RdfFormat.JSON_LD]
    triples += [Triple(service, _sd("resultFormat"), NamedNode(format)) for format in (*formats, _JSON_LD)]
    for name in graphs.names(snapshot().store):
        triples += _named_graph(dataset, name, endpoint)
    return triples


def _as_named(endpoint: str) -> str:
    """The endpoint, as at the snapshot where the request names one: clients send their queries to what this says."""
    id = named()
    return f"{endpoint}?{PARAMETER}={id}" if id else endpoint


def _named_graph(dataset: NamedNode, name: str, endpoint: str) -> list[Triple]:
    node = NamedNode(f"{endpoint}#{name.replace('#', '%23')}")
    return [
        Triple(dataset, _sd("namedGraph"), node),
        Triple(node, _TYPE, _sd("NamedGraph")),
        Triple(node, _sd("name"), NamedNode(name)),
    ]


def _sd(name: str) -> NamedNode:
    return NamedNode(expand(f"sd:{name}"))
