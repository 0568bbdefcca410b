"""All that is known of interventions, read once for each snapshot: findings, the work done, its places and its money.

Findings and pieces of work are written by people, so there are thousands at most, and a page compares many of them;
what a publisher's register holds (assets, payments) is never read here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from kb.ask import lists
from kb.ask.interventions import ROOM
from kb.ask.interventions.findings import Finding, iris, read_findings, superseded
from kb.ask.interventions.taxonomy import Tree, read_interventions, tree
from kb.ask.memory import once
from kb.ask.summaries import Summary, nodes, rows, summaries
from kb.namespaces import HOME
from kb.store.readable import Store

UNITED_KINGDOM = f"{HOME}/id/place/united-kingdom"

SIDES = tuple(f"{HOME}/concept/outcome-domain/{code}" for code in ("result-for-people", "result-for-the-system"))
"""The two domains under which all others stand."""


@dataclass(frozen=True)
class Work:
    """A piece of work that carries out interventions, with its places (its own, or those of its pilot)."""

    iri: str
    interventions: tuple[str, ...]
    places: tuple[str, ...]
    stage: str | None


@dataclass(frozen=True)
class Evidence:
    """What is known of every intervention."""

    interventions: Tree
    themes: dict[str, frozenset[str]]
    """Of interventions that name some."""
    outcomes: Tree
    """Outcomes below their domains."""
    findings: tuple[Finding, ...]
    """Those that hold, the surest first."""
    work: tuple[Work, ...]
    statements: dict[str, Summary]
    """Statements of money that concern an intervention or a piece of work, without superseded ones."""
    places: dict[str, Summary]
    """Where something was studied or done, and what lies around it."""

    def found(self, intervention: str) -> tuple[Finding, ...]:
        """The findings on an intervention and those below it."""
        found = self._found.get(intervention)
        if found is None:
            wanted = self.interventions.within(intervention)
            found = tuple(each for each in self.findings if not wanted.isdisjoint(each.interventions))
            self._found[intervention] = found
        return found

    def found_on(self, outcome: str) -> tuple[Finding, ...]:
        """The findings on an outcome, which may be a domain of them, and on those below it."""
        wanted = self.outcomes.within(outcome)
        return tuple(each for each in self.findings if not wanted.isdisjoint(each.outcomes))

    def done(self, intervention: str) -> tuple[Work, ...]:
        """The pieces of work that carry it or one below it out."""
        wanted = self.interventions.within(intervention)
        return tuple(each for each in self.work if not wanted.isdisjoint(each.interventions))

    def money(self, intervention: str) -> tuple[Summary, ...]:
        """The statements of money that concern it, one below it, or the work that carries them out."""
        wanted = self.interventions.within(intervention) | {each.iri for each in self.done(intervention)}
        concerned = dict.fromkeys(iri for about in sorted(wanted) for iri in self._concerning.get(about, ()))
        return tuple(self.statements[iri] for iri in concerned)

    def themes_of(self, intervention: str) -> frozenset[str]:
        """The themes of an intervention and of those below it."""
        found = (self.themes.get(each, frozenset()) for each in self.interventions.within(intervention))
        return frozenset[str]().union(*found)

    def around(self, place: str) -> frozenset[str]:
        """A place and all in which it lies."""
        seen = {place}
        ahead = [place]
        while ahead:
            about = self.places.get(ahead.pop())
            for each in iris(about.all("geo:sfWithin")) if about else ():
                if each not in seen:
                    seen.add(each)
                    ahead.append(each)
        return frozenset(seen)

    def british(self, place: str) -> bool:
        """Whether a place is in the United Kingdom.

        It is where it or one around it has a code of the Government Statistical Service, or is the United Kingdom.
        """
        around = self.around(place)
        return UNITED_KINGDOM in around or any(
            self.places[each].all("ww:gssCode") for each in around if each in self.places
        )

    @cached_property
    def _found(self) -> dict[str, tuple[Finding, ...]]:
        return {}

    @cached_property
    def _concerning(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for iri, statement in self.statements.items():
            for about in iris(statement.all("ww:concerns")):
                found.setdefault(about, []).append(iri)
        return found


def evidence(store: Store) -> Evidence:
    """What a snapshot knows of every intervention, read when it is first asked for."""
    return once(store, "interventions", "evidence", lambda: _read(store))


def _read(store: Store) -> Evidence:
    interventions, themes = read_interventions(store)
    outcomes = rows(store, "outcomes", package=ROOM)
    findings = read_findings(store)
    work = _work(store)
    places = {place for each in findings for place in each.places} | {place for each in work for place in each.places}
    return Evidence(
        interventions=interventions,
        themes=themes,
        outcomes=tree(store, ((thing.value, broader.value if broader else None) for thing, broader in outcomes)),
        findings=findings,
        work=work,
        statements=_statements(store, [*interventions.above, *(each.iri for each in work)]),
        places=places_around(store, places),
    )


def places_around(store: Store, places: Iterable[str]) -> dict[str, Summary]:
    """What is said of the places and of those in which they lie."""
    wanted = sorted(places)
    if not wanted:
        return {}
    found = summaries(rows(store, "places", package=ROOM, place=nodes(wanted)))
    # A place that several of these lie within comes once for each of them.
    return {
        iri: Summary(iri, {name: list(dict.fromkeys(values)) for name, values in about.values.items()})
        for iri, about in found.items()
    }


def _work(store: Store) -> tuple[Work, ...]:
    done: dict[str, tuple[list[str], list[str], list[str]]] = {}
    for work, *said in rows(store, "work", package=ROOM):
        for values, term in zip(done.setdefault(work.value, ([], [], [])), said, strict=True):
            if term is not None and term.value not in values:
                values.append(term.value)
    return tuple(
        Work(iri, tuple(interventions), tuple(places), stages[0] if stages else None)
        for iri, (interventions, places, stages) in done.items()
    )


def _statements(store: Store, concerned: list[str]) -> dict[str, Summary]:
    found = rows(store, "money", package=ROOM, about=nodes(concerned)) if concerned else ()
    said = lists.cells(store, list(dict.fromkeys(statement.value for _, statement in found)), _TOLD)
    return {iri: about for iri, about in said.items() if not superseded(about)}


_TOLD = (
    *lists.AMOUNT,
    *("skos:prefLabel", "ww:moneyKind", "ww:concerns", "ww:start", "ww:end", "ww:priceBasis", "ww:priceBaseYear"),
    *("ww:estimateStatus", "ww:cashable", "ww:borneBy", "ww:benefits", "ww:note", "ww:contradicts", "ww:grade"),
    *("ww:valueType", "prov:hadPrimarySource", "adms:status"),
)
"""What is read of a statement of money."""
