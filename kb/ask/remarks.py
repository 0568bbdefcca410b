"""What a person at a terminal is told beside an answer, so that headings alone are not taken for a result."""

from collections.abc import Iterator

from kb.ask.emptiness import explain
from kb.ask.evaluation import holds_nothing
from kb.ask.oversights import oversights
from kb.ask.query import read
from kb.store.readable import Store


def remarks(store: Store, text: str, format: str | None, body: bytes, waits: str | None = None) -> Iterator[str]:
    """The sentences on the answer `body` to a query, as `kb.ask.query.answer` gave it in the format of this name.

    `waits` is the sentence on the data that a question waits for, which says best why there is nothing yet.
    """
    query = read(text)
    yield from oversights(store, query)
    if query.form == "ASK":
        return
    if holds_nothing(format or ("csv" if query.form == "SELECT" else "ttl"), body):
        yield from [waits] if waits else map(str, explain(store, query))
