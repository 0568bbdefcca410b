"""Short links: what was asked, kept for good under a short name that is made from it."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256

from kb.errors import NotFound, TooLarge, Withdrawn
from kb.store import tombstones
from kb.store.clock import ago
from kb.store.folder import DataFolder
from kb.store.state import LinkLimits, State
from kb.store.tombstones import Tombstone

LONGEST = 16_384
"""Bytes of what a link stands for, as it is kept."""

PER_HOUR = 500
"""Links that are made in an hour, so that nobody uses up the number of them before the operator can notice."""

PER_CLIENT = 50
"""Of these, those of one client, so that one alone cannot keep the others from making any."""

SHORTEST = 10
"""Characters of a name; it grows where another query has the same."""

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter that is read as a digit, and nothing lost where capitals are."""

_MISREAD = str.maketrans("oil", "011")


@dataclass(frozen=True)
class Asked:
    """A query with the dataset and the snapshot that it is put to; snapshot None: to whichever is current."""

    query: str
    snapshot: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


def asked(
    query: str, snapshot: str | None = None, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
) -> Asked:
    """The same for all spellings of it: lines end as they do outside forms, and graphs are sets."""
    text = query.replace("\r\n", "\n").strip()
    return Asked(text, snapshot or None, tuple(sorted(set(default_graphs))), tuple(sorted(set(named_graphs))))


def keep(folder: DataFolder, asked: Asked, most: int, client: str) -> str:
    """Keeps it for a client, and answers its name, the same each time.

    Raises TooLarge above LONGEST, StoreFull where `most` others are kept, TooBusy where PER_HOUR were made within one,
    or PER_CLIENT by this client, StoreUnwritable.
    """
    content = _content(asked)
    if len(content.encode()) > LONGEST:
        raise TooLarge(f"a short link is kept for up to {LONGEST:,} bytes, and this query has more")
    limits = LinkLimits(most, PER_CLIENT, PER_HOUR, ago(timedelta(hours=1)))
    return State(folder).add_link(_names(content), content, client, limits)


def find(folder: DataFolder, id: str) -> Asked:
    """What a link stands for, however its letters are written. Raises NotFound, Withdrawn."""
    state, name = State(folder), id.lower().translate(_MISREAD)
    content = state.link(name)
    if content is None and (number := state.withdrawn_link(name)) is not None:
        said = next((each.said for each in tombstones.read(folder) if each.number == number), "withdrawn")
        raise Withdrawn(f"/q/{id}: this short link held something that was {said}")
    if content is None:
        raise NotFound(f"/q/{id}: there is no short link of this name")
    found = json.loads(content)
    graphs = {name: tuple(found[name]) for name in ("default_graphs", "named_graphs")}
    return Asked(found["query"], found["snapshot"], **graphs)


def known(folder: DataFolder, asked: Asked) -> str | None:
    """The name under which it is kept; None where it is not."""
    content, state = _content(asked), State(folder)
    for id in _names(content):
        kept = state.link(id)
        if kept is None or kept == content:
            return id if kept else None
    return None


def withdrawn_links(folder: DataFolder, marks: Iterable[str], tombstone: Tombstone) -> None:
    """Forgets the links whose query has one of the texts in it; the tombstone tells why."""
    state = State(folder)
    held = _holding(state, marks)
    if held:
        state.withdraw_links(held, tombstone.number)


def count_holding(folder: DataFolder, marks: Iterable[str]) -> int:
    """How many links `withdrawn_links` would forget."""
    return len(_holding(State(folder), marks))


def _holding(state: State, marks: Iterable[str]) -> list[str]:
    words = [_word(mark) for mark in marks]
    return [id for id, content in state.links() if any(w.search(json.loads(content)["query"]) for w in words)]


def _word(mark: str) -> re.Pattern[str]:
    """Where a text stands as a whole word; a short one only at the end of a name, where a query writes an IRI."""
    before = r"(?<![\w-])" if len(mark) >= 6 else "[:/]"
    return re.compile(rf"{before}{re.escape(mark)}(?![\w-])", re.IGNORECASE)


def _content(asked: Asked) -> str:
    return json.dumps(asdict(asked), ensure_ascii=False, sort_keys=True)


def _names(content: str) -> list[str]:
    number = int.from_bytes(sha256(content.encode()).digest())
    name = "".join(_DIGITS[number >> 5 * place & 31] for place in range(51))
    return [name[:length] for length in range(SHORTEST, len(name) + 1)]
