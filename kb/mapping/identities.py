"""Which record a row is: by the publisher's own key, by UPRN, else by name and place; and how its address ends."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from kb.mapping.values.labels import plain

_LONGEST = 80
_HASHED = 8


@dataclass(frozen=True, slots=True)
class Clues:
    """What a row says of its identity; empty where it says nothing. `place` is a postcode or the name of a place."""

    key: str = ""
    uprn: str = ""
    name: str = ""
    place: str = ""
    content: str = ""
    """A digest of all that the row says: for records without a name, which are told apart by nothing else."""


@dataclass(frozen=True, slots=True)
class Identity:
    """`slug` ends the address; `derived` where it was made of name and place; `by` says what it was made of."""

    slug: str
    by: str
    """`key`, `uprn`, `name` or `content`."""
    identifier: str
    """What dcterms:identifier says."""
    clashes: bool = False
    """Whether another's key differs from it in case and punctuation only, and has the address without a hash."""

    @property
    def derived(self) -> bool:
        """Whether the source had no key."""
        return self.by in ("name", "content")


def identities(rows: Sequence[Clues], *, named: bool) -> list[Identity | None]:
    """The identity of each row; rows with the same are the same record. None: the row has nothing to be known by.

    A UPRN that several rows have is nobody's key. `named` is whether the record type has a name: where it has none
    (payments), rows with one key are several records, told apart by what they say; rows that say the same, by number.
    Two keys that would give one address get a part of their hash at its end, whatever the order of rows.
    """
    shared = {uprn for uprn, n in Counter(row.uprn for row in rows if row.uprn).items() if n > 1}
    keys = Counter(row.key for row in rows)
    seen: Counter[tuple[str, str]] = Counter()
    found: list[tuple[str, str] | None] = []
    for row in rows:
        by, text = _source(row, shared)
        if not named and (by == "content" or keys[row.key] > 1):
            text = f"{text} {row.content}" if by != "content" else row.content
            seen[by, text] += 1
            text = text if seen[by, text] == 1 else f"{text} {seen[by, text]}"
        found.append((by, text) if text else None)
    slugs = {each: slug(each[1]) for each in found if each}
    clashing = _clashing(slugs)
    return [
        _identity(each, row, slug(each[1], hashed=True) if each in clashing else slugs[each], each in clashing)
        if each
        else None
        for each, row in zip(found, rows, strict=True)
    ]


def slug(text: str, *, hashed: bool = False) -> str:
    """`TMBC0001/T0000003` → `tmbc0001-t0000003`: letters and figures with hyphens between, with a hash where needed."""
    made = plain(text).replace(" ", "-")
    if len(made) > _LONGEST:
        made, hashed = made[:_LONGEST].rstrip("-"), True
    return f"{made}-{digest(text)}" if hashed and made else made or digest(text)


def _identity(source: tuple[str, str], row: Clues, made: str, clashes: bool) -> Identity:
    by, text = source
    return Identity(made, by, row.key or text.replace(" ", "-"), clashes)


def _source(row: Clues, shared: set[str]) -> tuple[str, str]:
    if row.key:
        return "key", row.key
    if row.uprn and row.uprn not in shared:
        return "uprn", row.uprn
    if row.name:
        return "name", plain(f"{row.name} {row.place}")
    return "content", row.content


def _clashing(slugs: dict[tuple[str, str], str]) -> set[tuple[str, str]]:
    """Those whose slug another has too, but for the first of them in the order of their text."""
    shared = {made for made, n in Counter(slugs.values()).items() if n > 1}
    by_slug: dict[str, list[tuple[str, str]]] = {}
    for each in sorted(each for each, made in slugs.items() if made in shared):
        by_slug.setdefault(slugs[each], []).append(each)
    return {each for group in by_slug.values() for each in group[1:]}


def digest(text: str) -> str:
    """Eight hexadecimal digits that depend on the text."""
    return sha256(text.encode()).hexdigest()[:_HASHED]
