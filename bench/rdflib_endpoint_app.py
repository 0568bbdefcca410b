"""rdflib-endpoint over Oxigraph's store, for uvicorn in an environment of its own, on the data of BENCH_TRIPLES."""

import os

import rdflib
from rdflib_endpoint import SparqlEndpoint

graph = rdflib.Dataset(store="Oxigraph", default_union=True)
graph.parse(os.environ["BENCH_TRIPLES"], format="nt")
app = SparqlEndpoint(graph=graph, path="/query")
