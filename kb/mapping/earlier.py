"""What a dataset held before: a later sheet's records are found among it, and keep their addresses."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kb.mapping.identities import Clues
from kb.mapping.values.labels import plain
from kb.namespaces import expand

_TYPE = f"<{expand('rdf:type')}>".encode()
_FIELDS = {
    f"<{expand(name)}>".encode(): part
    for name, part in (
        ("dcterms:identifier", "key"),
        ("ww:uprn", "uprn"),
        ("dcterms:title", "name"),
        ("skos:prefLabel", "name"),
        ("locn:postCode", "postcode"),
        ("locn:postName", "town"),
        ("locn:address", "address"),
        ("ww:identifierDerived", "derived"),
    )
}


@dataclass(frozen=True)
class Matched:
    """A record that was there before: its address, and by what it was found (`key`, `uprn` or `name`)."""

    iri: str
    by: str


@dataclass(frozen=True)
class Matching:
    """What was found again: `matched`, `new` and `gone` are addresses in their order; `kept` new address → earlier.

    Where nothing was there before, all of it is empty.
    """

    matched: tuple[Matched, ...] = ()
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)


class Earlier:
    """The records of one class among the lines of an earlier release."""

    def __init__(self, lines: Iterable[bytes], class_: str) -> None:
        """`lines` are N-Triples, `class_` the IRI of the class."""
        wanted = f"<{class_}> .".encode()
        said: dict[bytes, dict[str, str]] = {}
        instances: list[bytes] = []
        for line in lines:
            subject, predicate, object_ = line.split(b" ", 2)
            if predicate == _TYPE and object_ == wanted:
                instances.append(subject)
            elif part := _FIELDS.get(predicate):
                said.setdefault(subject, {}).setdefault(part, _text(object_))
        self.records: dict[str, Clues] = {}
        for subject in instances:
            own = said.get(subject, {})
            address = said.get(own.get("address", "").encode(), {})
            self.records[subject[1:-1].decode()] = Clues(
                key="" if "derived" in own else own.get("key", ""),
                uprn=own.get("uprn", ""),
                name=own.get("name", ""),
                place=address.get("postcode", "") or address.get("town", ""),
            )

    def matching(self, records: Mapping[str, Clues]) -> Matching:
        """The records, by the addresses that they would get, matched with those of before.

        By key first; what is left by UPRN, then by name and place; only where one record stands on either side.
        """
        found: dict[str, Matched] = {}
        taken: set[str] = set()
        for by in ("key", "uprn", "name"):
            before = _single((value(clues, by), iri) for iri, clues in self.records.items() if iri not in taken)
            now = _single((value(clues, by), iri) for iri, clues in records.items() if iri not in found)
            for text in now.keys() & before.keys():
                then, new = before[text], now[text]
                if _names_a_door(then, self.records[then], records[new]) or (then != new and then in records):
                    continue
                found[new] = Matched(then, by)
                taken.add(then)
        return Matching(
            tuple(sorted(found.values(), key=lambda each: each.iri)),
            tuple(sorted(iri for iri in records if iri not in found)),
            tuple(sorted(set(self.records) - taken)),
            {iri: match.iri for iri, match in found.items() if iri != match.iri},
        )


def value(clues: Clues, by: str) -> str:
    """What stands for a record in matching; empty where it cannot be matched so."""
    if by == "name":
        return f"{plain(clues.name)}|{_place(clues.place)}" if clues.name else ""
    return plain(clues.key) if by == "key" else clues.uprn.lstrip("0")


def _place(place: str) -> str:
    """Of a postcode its first half: more of it may have been withheld in one of the years."""
    words = plain(place)
    first = words.partition(" ")[0]
    return first if any(sign.isdigit() for sign in first) else words


def _single(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    listed = [(text, iri) for text, iri in pairs if text]
    counted = Counter(text for text, _ in listed)
    return {text: iri for text, iri in listed if counted[text] == 1}


def _names_a_door(iri: str, before: Clues, now: Clues) -> bool:
    """Whether the earlier address is made of a UPRN that may no longer be said."""
    return bool(before.uprn) and not now.uprn and iri.endswith(f"/{before.uprn}")


def _text(object_: bytes) -> str:
    """The literal's text, or the IRI in its brackets; escapes stay, which both sides lose in comparing."""
    written = object_.removesuffix(b" .").decode()
    return written[1 : written.rfind('"')] if written.startswith('"') else written
