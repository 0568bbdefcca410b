"""An external engine: query, update and graph store over the SPARQL 1.1 protocols, as one user of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from pyoxigraph import NamedNode, QueryResultsFormat, parse_query_results

from kb.config import Settings
from kb.errors import BadSetting, StoreMissing, StoreUnwritable
from kb.store import graph_store, remote
from kb.store.credentials import Credentials
from kb.store.remote import EndpointError

CHUNK = 20_000
"""Lines sent in one request: some 3 MB. Engines limit the length of a request."""

PARTIAL = ("x-sparql-maxrows", "x-sql-state", "x-exec-partial")
"""Headers by which Virtuoso says that an answer is only the beginning of one."""


@dataclass(frozen=True)
class Engine:
    """The three addresses of an engine, and who asks. Every method raises StoreMissing where the engine fails.

    `graph_store` is the address before `?graph=` (Graph Store Protocol §4.2, indirect identification).
    """

    endpoint: str
    update_endpoint: str
    graph_store: str
    credentials: Credentials

    def query(
        self, text: str, accept: str, default_graphs: Iterable[str] = (), named_graphs: Iterable[str] = ()
    ) -> HTTPResponse:
        """The answer to a query on these graphs, to be read and closed.

        Raises ValueError with the engine's words where it refuses the query, and StoreMissing also for an answer that
        the engine has cut off: a part is never passed on as the whole.
        """
        try:
            signed = self.credentials.header("POST", self.endpoint)
            answer = remote.query(self.endpoint, text, accept, default_graphs, named_graphs, signed)
        except EndpointError as error:
            said = str(error).partition(" SPARQL query:")[0]  # Virtuoso repeats the query, with names of ours in it
            if error.status == 400:
                raise ValueError(said) from error
            raise StoreMissing(f"{_shown(self.endpoint)}: {said}; see to the engine") from error
        for header in PARTIAL:
            if header in answer.headers:
                answer.close()
                raise StoreMissing(
                    f"{_shown(self.endpoint)}: the engine answered in part only "
                    f"({header}: {answer.headers[header]}); raise its limit of rows or time"
                )
        return answer

    def read(
        self, text: str, accept: str, default_graphs: Iterable[str] = (), named_graphs: Iterable[str] = ()
    ) -> bytes:
        """The whole answer, in memory. Raises as `query` does."""
        try:
            with self.query(text, accept, default_graphs, named_graphs) as answer:
                return answer.read()
        except (OSError, HTTPException) as error:
            raise self.broken(error) from error

    def broken(self, error: Exception) -> StoreMissing:
        """What to raise where an answer ends before its end."""
        return StoreMissing(f"{_shown(self.endpoint)}: its answer broke off ({error}); see to the engine")

    def solutions(self, text: str, default_graphs: Iterable[str] = ()) -> list[Any]:
        """The solutions of a SELECT query of ours."""
        body = self.read(text, remote.ACCEPT["json"], default_graphs)
        return list(parse_query_results(body, QueryResultsFormat.JSON))  # type: ignore[arg-type]

    def update(self, text: str) -> None:
        """Runs an update."""
        if not self.update_endpoint:
            raise BadSetting("WHATWORKS_STORE_UPDATE: needed to publish; give the engine's address for updates")
        self._write(
            self.update_endpoint, "POST", lambda signed: remote.update(self.update_endpoint, text, signed)
        )

    def write(self, graph: str, lines: Sequence[bytes]) -> None:
        """Makes these N-Triples lines the whole content of a graph, in as many requests as it takes."""
        for start in range(0, max(1, len(lines)), CHUNK):
            self._graph_store("POST" if start else "PUT", graph, b"\n".join([*lines[start : start + CHUNK], b""]))

    def add(self, graph: str, lines: Sequence[bytes]) -> None:
        """Adds N-Triples lines to a graph, in one request."""
        self._graph_store("POST", graph, b"\n".join([*lines, b""]))

    def merge(self, graphs: Iterable[str], target: str) -> None:
        """Adds the content of graphs to another, a triple once however many of them have it."""
        for graph in graphs:
            self.update(f"ADD GRAPH {NamedNode(graph)} TO GRAPH {NamedNode(target)}")

    def drop(self, graphs: Iterable[str]) -> None:
        """Removes graphs; one that is not there is none to remove."""
        for graph in graphs:
            self.update(f"DROP SILENT GRAPH {NamedNode(graph)}")

    def remove(self, graph: str, subject: NamedNode, property: NamedNode, value: NamedNode | None) -> None:
        """Removes a triple from a graph, with None whatever values the property has."""
        pattern = f"{subject} {property} {value or '?value'}"
        self.update(f"DELETE WHERE {{ GRAPH {NamedNode(graph)} {{ {pattern} }} }}")

    def _graph_store(self, method: str, graph: str, triples: bytes) -> None:
        if not self.graph_store:
            raise BadSetting("WHATWORKS_STORE_GRAPHS: needed to publish; give the engine's Graph Store address")
        url = graph_store.address(self.graph_store, graph)
        self._write(url, method, lambda signed: graph_store.send(method, url, triples, signed))

    def _write(self, url: str, method: str, send: Callable[[str | None], None]) -> None:
        """Sends a request that writes, again where the challenge that it was signed for is no longer good."""
        try:
            try:
                send(self.credentials.header(method, url))
            except EndpointError as error:
                if error.status != 401 or not self.credentials.forget():
                    raise
                send(self.credentials.header(method, url))
        except EndpointError as error:
            raise StoreUnwritable(
                f"{_shown(url)}: {error}; what readers see is as it was: see to the engine, and publish again"
            ) from error


def engine(settings: Settings) -> Engine:
    """The engine that the settings name."""
    return Engine(
        settings.store,
        settings.store_update,
        settings.store_graphs,
        Credentials(settings.store_user, settings.store_password, settings.store_auth),
    )


def _shown(url: str) -> str:
    """A URL as it may stand in a log: without its query string, in which some engines take a key."""
    return urlsplit(url)._replace(query="", fragment="").geturl()
