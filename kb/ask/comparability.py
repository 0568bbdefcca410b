"""On which measures of a protocol the data of areas can be compared, and why not on the others.

Two areas can be compared on a measure that both fill for at least half of their records, with codes of the same list,
in the same unit and on the same basis, and figures of times that meet. It is read from what the catalogue states.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from kb.ask.labels import Labels, labels_of
from kb.ask.summaries import Summary, rows
from kb.namespaces import PREFIXES, compact
from kb.protocols.catalogue import protocol as protocol_of
from kb.protocols.measures import BASES, Measure, measures
from kb.store.readable import Store
from kb.vocabulary import term

HALF = 0.5
"""Share of its records that have to fill a measure."""


@dataclass(frozen=True)
class Holding:
    """How one dataset fills one measure; `bases` are property → values, `years` the first and last of its figures."""

    records: int
    filled: int
    lists: tuple[str, ...] = ()
    bases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    years: tuple[int, int] | None = None

    @property
    def share(self) -> float:
        """Of the records, 0 to 1."""
        return self.filled / self.records if self.records else 0.0


@dataclass(frozen=True)
class Comparison:
    """One measure in all datasets, in their order; without reasons against it they can be compared on it."""

    measure: Measure
    holdings: tuple[Holding, ...]
    reasons: tuple[str, ...]

    @property
    def comparable(self) -> bool:
        """Whether they can be compared on it."""
        return not self.reasons

    @property
    def held(self) -> bool:
        """Whether any of them fills it at all."""
        return any(holding.filled for holding in self.holdings)


@dataclass(frozen=True)
class Comparability:
    """All measures of a protocol, of the record types that any of the datasets holds; `labels` name what they use."""

    protocol: str
    datasets: tuple[str, ...]
    comparisons: tuple[Comparison, ...]
    labels: Labels = field(repr=False)

    @property
    def held(self) -> list[Comparison]:
        """The measures that any of them fills: of these it is said on how many they can be compared."""
        return [each for each in self.comparisons if each.held]

    @property
    def sentence(self) -> str:
        """`comparable on 7 of 11 measures`."""
        good, all_ = sum(each.comparable for each in self.held), len(self.held)
        return f"comparable on {good} of {all_} {'measure' if all_ == 1 else 'measures'}"


def holders(store: Store, protocol: str) -> dict[str, dict[str, Holding]]:
    """Dataset → key of a measure → how it fills it, for every dataset with records of the protocol.

    Raises NotFound for the protocol.
    """
    iri = protocol_of(protocol).iri
    found: dict[str, dict[str, Summary]] = defaultdict(dict)
    for dataset, coverage, property, value in rows(store, "coverage", protocol=NamedNode(iri)):
        summary = found[dataset.value].setdefault(coverage.value, Summary(coverage.value))
        summary.values.setdefault(property.value, []).append(value)
    return {
        dataset: {_key(protocol, each): _holding(each) for each in coverages.values()}
        for dataset, coverages in found.items()
    }


def comparability(store: Store, protocol: str, datasets: Sequence[str]) -> Comparability:
    """How far these datasets (IRIs) can be compared by the protocol's measures. Raises NotFound for the protocol."""
    known = measures(protocol)
    held = holders(store, protocol)
    types = {key.rpartition("/")[0] for dataset in datasets for key in held.get(dataset, ())}
    asked = [each for each in known if each.key.rpartition("/")[0] in types]
    records = {
        (dataset, key.rpartition("/")[0]): holding.records
        for dataset in datasets
        for key, holding in held.get(dataset, {}).items()
    }
    found = {
        measure: tuple(
            held.get(dataset, {}).get(measure.key)
            or Holding(records.get((dataset, measure.key.rpartition("/")[0]), 0), 0)
            for dataset in datasets
        )
        for measure in asked
    }
    all_ = [holding for holdings in found.values() for holding in holdings]
    used = {iri for each in all_ for values in (each.lists, *each.bases.values()) for iri in values}
    labels = names(store, datasets)
    labels.update(labels_of(store, (iri for iri in used if "://" in iri)))
    comparisons = tuple(
        Comparison(measure, holdings, tuple(reasons(holdings, [labels.name(each) for each in datasets], labels)))
        for measure, holdings in found.items()
    )
    return Comparability(protocol, tuple(datasets), comparisons, labels)


def names(store: Store, datasets: Iterable[str]) -> Labels:
    """What the datasets are called; where two have one title, with the address of each."""
    labels = labels_of(store, datasets)
    titles = Counter(label.value for label in labels.values())
    doubled = [iri for iri, label in labels.items() if titles[label.value] > 1]
    labels.update((iri, Literal(f"{labels[iri].value} ({iri})")) for iri in doubled)
    return labels


def reasons(holdings: Sequence[Holding], called: Sequence[str], labels: Labels) -> list[str]:
    """Why these cannot be compared on a measure, in words; none where they can."""
    found = []
    for holding, name in zip(holdings, called, strict=True):
        if not holding.filled:
            found.append(f"{name} does not fill it" if holding.records else f"{name} has no such records")
        elif holding.share < HALF:
            found.append(f"{name} fills it for {_percent(holding.share)} of its records")
    if found:
        return found
    if len({each.lists for each in holdings}) > 1:
        found.append(_different("codes of", [each.lists for each in holdings], called, labels))
    for property in BASES:
        values = [each.bases.get(property, ()) for each in holdings]
        words = term(property)
        name = (words.label if words else compact(property).partition(":")[2]).lower()
        if len(set(values)) > 1:
            found.append(_different(f"{name}:", values, called, labels))
        elif len(values[0]) > 1:
            found.append(f"{name} differs from record to record: {_listed(values[0], labels)}")
    years = [each.years for each in holdings]
    dated = [each for each in years if each]
    if dated and (len(dated) < len(years) or max(y[0] for y in dated) > min(y[1] for y in dated)):
        told = (f"{name} {_span(span)}" for name, span in zip(called, years, strict=True))
        found.append(f"figures of different years: {', '.join(told)}")
    return found


def _holding(said: Summary) -> Holding:
    def texts(property: str) -> tuple[str, ...]:
        return tuple(sorted(value.value for value in said.values.get(property, ())))

    years = said.first("ww:firstYear"), said.first("ww:lastYear")
    return Holding(
        int(said.first("ww:recordCount") or 0),
        int(said.first("ww:filledCount") or 0),
        tuple(sorted(value.value for value in said.all("ww:usesCodeList"))),
        {property: texts(property) for property in BASES if property in said.values},
        (int(years[0]), int(years[1])) if years[0] and years[1] else None,
    )


def _key(protocol: str, said: Summary) -> str:
    names = ((said.all(name)[0].value.removeprefix(PREFIXES["wws"])) for name in ("ww:ofRecordType", "ww:ofField"))
    return "/".join((protocol, *names))


def _different(what: str, values: Sequence[tuple[str, ...]], names: Sequence[str], labels: Labels) -> str:
    told = (f"{name} {_listed(found, labels) or 'says none'}" for name, found in zip(names, values, strict=True))
    return f"{what} {', '.join(told)}"


def _listed(values: Sequence[str], labels: Labels) -> str:
    return " and ".join(labels.name(value) if "://" in value else value for value in values)


def _span(years: tuple[int, int] | None) -> str:
    if years is None:
        return "says no year"
    return str(years[0]) if years[0] == years[1] else f"{years[0]} to {years[1]}"


def _percent(share: float) -> str:
    return "less than 1%" if share < 0.01 else f"{share:.0%}"
