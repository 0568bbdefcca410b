"""A difference of two contents of a graph in words: how many records of which kind, and what changed in each.

Everything goes by its name: fields as the protocols' shapes call them, codes and records by their labels.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from kb.ask.arrangement import arrangement
from kb.ask.broken_links import MissingLink, Referrer, missing_links, referrers
from kb.ask.labels import Labels, labels_of
from kb.names import NAMES, best_name
from kb.protocols.background import background
from kb.store import sorted_lines
from kb.store.difference import difference
from kb.store.field_changes import FieldChange, Path, field_changes
from kb.store.readable import Store
from kb.store.record_changes import How, RecordChange, record_changes
from kb.vocabulary import term

_CAPITALS = re.compile("(?<=[a-z])(?=[A-Z])")

SHOWN = 50
"""Records of each kind of change that are told field by field; the others are counted."""

ORDER: tuple[How, ...] = ("added", "changed", "moved", "removed")

Counts = Mapping[tuple[How, str], int]
"""How and class → how many records."""

Referred = Mapping[tuple[How, str], tuple[int, int]]
"""How and class → records to which others refer, and how many others."""


@dataclass(frozen=True)
class FieldInWords:
    """A field by its name on pages, `Address: Postcode` for one of a part; the values that go, and those that come."""

    name: str
    path: Path
    removed: tuple[sorted_lines.Term, ...]
    added: tuple[sorted_lines.Term, ...]


@dataclass(frozen=True)
class RecordInWords:
    """A record that differs; `referrers` link to the IRI that goes, and will lead to nothing."""

    change: RecordChange
    name: str
    fields: tuple[FieldInWords, ...] = ()
    referrers: tuple[Referrer, ...] = ()


@dataclass(frozen=True)
class DifferenceInWords:
    """What a person is told of a difference.

    `records` are the first of each kind of change; `missing` the links that come and lead to nothing.
    """

    added: int
    removed: int
    """Triples."""
    counts: Counts
    referred: Referred
    records: tuple[RecordInWords, ...]
    missing: tuple[MissingLink, ...]
    labels: Labels = field(repr=False)

    def count(self, how: How) -> int:
        """Records of one kind of change."""
        return sum(count for (each, _), count in self.counts.items() if each == how)

    def of(self, how: How) -> list[RecordInWords]:
        """The records of one kind of change that are told."""
        return [each for each in self.records if each.change.how == how]

    def value(self, node: sorted_lines.Term) -> str:
        """A value in words."""
        if isinstance(node, NamedNode):
            return self.labels.name(node.value)
        foreign = node.language and not node.language.lower().startswith("en")
        return f"{node.value} ({node.language})" if foreign else node.value


def difference_in_words(
    before: Sequence[bytes],
    after: Sequence[bytes],
    *,
    graph: str,
    store: Store | None,
    bases: Collection[str],
    shown: int = SHOWN,
) -> DifferenceInWords:
    """The difference of two contents (sorted N-Triples lines) of the named graph.

    `store` is what is published now, None before anything is: what other graphs call things, and whether they refer to
    what goes. `bases` are the publishers' bases, under which a link has to lead to something.
    """
    change = difference(before, after)
    found = record_changes(before, after, change)
    gone = {each.before or each.iri: each for each in found if each.how in ("moved", "removed")}
    referring = referrers(store, gone, after, graph)
    missing = [
        link for link in missing_links(store, change.added, after, graph, bases) if link.target not in referring
    ]
    told = [each for how in ORDER for each in [each for each in found if each.how == how][:shown]]
    details = {each: _details(each, before, after) for each in told}
    wanted = {*(each.iri for each in told), *(each.before for each in told if each.before)}
    wanted |= {iri for link in missing for iri in (link.iri, link.target)}
    wanted |= {referrer.iri for by in referring.values() for referrer in by}
    wanted |= {
        value.value
        for fields in details.values()
        for each in fields
        for value in (*each.removed, *each.added)
        if isinstance(value, NamedNode)
    }
    labels = _labels(wanted, before, after, store)
    records = tuple(
        RecordInWords(
            each,
            labels.name(each.iri),
            tuple(_field(each.class_, changed) for changed in details[each]),
            tuple(referring.get(each.before or each.iri, ())),
        )
        for each in told
    )
    return DifferenceInWords(
        len(change.added),
        len(change.removed),
        Counter((each.how, each.class_) for each in found),
        _referred(gone, referring),
        records,
        tuple(missing),
        labels,
    )


def kind(class_: str, count: int) -> str:
    """`1 asset`, `12 assets`: so many things of a class, in the vocabulary's words; of a class that it lacks the name.

    `record` where it has none.
    """
    known = term(class_)
    named = _CAPITALS.sub(" ", re.split("[#/]", class_)[-1]) or "record"
    one, several = (known.label, known.plural or known.label) if known else (named.lower(), f"{named.lower()}s")
    word = one if count == 1 else several
    small = word if word[:2].isupper() else word[:1].lower() + word[1:]
    return f"{count:,} {small}"


def _details(each: RecordChange, before: Sequence[bytes], after: Sequence[bytes]) -> list[FieldChange]:
    if each.how in ("added", "removed"):
        return []
    found = field_changes(before, after, each.before or each.iri, each.iri)
    renamed = [changed for changed in found if len(changed.path) == 1 and changed.path[0] in NAMES]
    return [changed for changed in found if not _follows(changed, renamed)]


def _follows(changed: FieldChange, renamed: Sequence[FieldChange]) -> bool:
    """Whether the name of a part changes only as that of its record does, which it holds: `Address: Town Hall`."""
    if len(changed.path) == 1 or changed.path[-1] not in NAMES:
        return False
    pairs = [(old.value, new.value) for own in renamed for old in own.removed for new in own.added]
    told = {each.value for each in changed.added}
    return any({each.value.replace(old, new) for each in changed.removed} == told for old, new in pairs if old)


def _field(class_: str, changed: FieldChange) -> FieldInWords:
    places = arrangement((class_,)) if class_ else {}
    names = []
    for property in changed.path:
        found = places.get(property)
        known = term(property)
        names.append((found and found.name) or (known.label if known else Labels().name(property)))
        places = found.inner if found else {}
    return FieldInWords(": ".join(names), changed.path, changed.removed, changed.added)


def _labels(wanted: Iterable[str], before: Sequence[bytes], after: Sequence[bytes], store: Store | None) -> Labels:
    """Names as the content to come has them, then the one before, then what is published, then the vocabulary."""
    labels, unknown = Labels(), set()
    for iri in wanted:
        subject = sorted_lines.written(iri)
        label = _label(sorted_lines.about(after, subject)) or _label(sorted_lines.about(before, subject))
        if label is not None:
            labels[iri] = label
        else:
            unknown.add(iri)
    if store is not None:
        labels.update(labels_of(store, unknown))
    known = background()
    labels.update((iri, Literal(known.label(iri))) for iri in unknown & known.subjects - labels.keys())
    return labels


def _label(lines: Sequence[bytes]) -> Literal | None:
    said: dict[str, list[sorted_lines.Term]] = {}
    for _, property, value in sorted_lines.triples(lines):
        if property in NAMES:
            said.setdefault(property, []).append(value)
    return best_name(said)


def _referred(
    gone: Mapping[str, RecordChange], referring: Mapping[str, Sequence[Referrer]]
) -> dict[tuple[How, str], tuple[int, int]]:
    by_kind: dict[tuple[How, str], list[str]] = {}
    for iri in referring:
        by_kind.setdefault((gone[iri].how, gone[iri].class_), []).append(iri)
    return {
        key: (len(iris), len({referrer.iri for iri in iris for referrer in referring[iri]}))
        for key, iris in by_kind.items()
    }
