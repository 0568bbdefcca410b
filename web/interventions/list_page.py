"""All interventions in a list: cost, effect and strength of evidence side by side, filtered and sorted by address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, request

from kb.ask import lists
from kb.ask.interventions.cost import COSTS, ranges
from kb.ask.interventions.evidence import Evidence, Work, evidence
from kb.ask.interventions.findings import ORDER, Finding, decimal, iris
from kb.ask.interventions.rules import Effect, Strength, across, by_outcome, effect, strength, studies
from kb.ask.interventions.taxonomy import GROUP, NAMED, TYPE
from kb.ask.interventions.tried import by_place
from kb.ask.labels import Labels, labels_of
from kb.ask.memory import once
from kb.namespaces import concept
from kb.store.readable import Store
from kb.vocabulary import codes
from web import paging
from web.effects import EFFECTS
from web.evidence_words import range_words
from web.finding_rows import shown_in, sizes
from web.interventions.parameters import address, asked, choice, short, whole
from web.negotiation import CSV, HTML, choose
from web.page_table import as_csv
from web.reading import snapshot
from web.representation import respond

blueprint = Blueprint("interventions", __name__)

FORMATS = (CSV, HTML)

PATH = "/interventions"

LEVELS = {GROUP: "Groups only", TYPE: "Types only", NAMED: "Those named in records"}

SORTS = {
    "group": "group and type",
    "name": "name",
    "effect": "effect, the better first",
    "evidence": "strength of evidence",
    "places": "number of places",
    "studies": "number of studies",
}
"""Value of sort= → words. Not by cost: sums on different bases have no order."""

WAYS = tuple(EFFECTS[each].words.lower().replace(" ", "_") for each in ORDER)
"""Headings of the columns with the counts of findings."""

COLUMNS = (
    *("intervention", "level", "group", "effect", *WAYS),
    *("best_grade", "findings_of_grade_3_or_above", "findings", "studies", "places", "cost", "iri"),
)


@dataclass(frozen=True)
class Row:
    """One intervention, by the findings that the list is about."""

    iri: str
    kind: str
    depth: int
    group: str
    effect: Effect
    """Of outcomes; where the list is about one outcome, of the findings on it."""
    counts: Effect
    """Of the findings."""
    strength: Strength
    findings: int
    studies: int
    places: int
    cost: str
    measured: tuple[Finding, ...]
    """Of a list about one outcome, those of the surest findings whose number can stand alone."""


@blueprint.get("/interventions")
def interventions() -> Response:
    """The interventions, 50 to a page; CSV has all that are asked for.

    With `outcome`, which may be a domain of outcomes, the list is of what was studied for it, each by its findings on
    that alone, null and adverse ones too. `theme`, `group`, `evidence` (the least level), `effect` and `level` leave
    rows out. Raises werkzeug NotFound and BadRequest for what is not known, or is no such value.
    """
    store = snapshot().store
    known = evidence(store)
    outcome = asked("outcome", known.outcomes, "outcome", "outcome-domain")
    themes = frozenset[str]().union(*known.themes.values())
    listed = themes | {concept("theme", code) for code in codes("theme")}
    theme, group = asked("theme", listed, "theme"), asked("group", known.interventions, "intervention")
    least, way, level = whole("evidence", 0, 5), choice("effect", EFFECTS), choice("level", LEVELS)
    sort = choice("sort", SORTS) or ("effect" if outcome else "group")
    every = _on(known, outcome) if outcome else _all(known)
    within = known.interventions.within(group) if group else None
    found = [
        row
        for row in every
        if (within is None or row.iri in within)
        and (theme is None or theme in known.themes_of(row.iri))
        and (least is None or (row.strength.best is not None and row.strength.best >= least))
        and (way is None or row.effect.verdict == way)
        and (level is None or row.kind == level)
    ]
    names = known.interventions.labels
    found.sort(key=_order(sort, every, names))
    formats = [(each, address(PATH, format=each.suffix)) for each in FORMATS]
    if (format := choose(FORMATS)) is CSV:
        return respond(_csv(found, names), format, formats=formats, canonical=address(PATH))
    page = paging.asked(len(found))
    unmeasured = _unmeasured(store, known, outcome) if outcome and len(found) == len(every) else {}
    shown = found[page.offset : page.offset + page.size]
    measured = {row.iri: row.measured[0] for row in shown if row.measured}
    labels = labels_of(store, {*themes, *shown_in(measured.values())})
    names.update(labels_of(store, {each.iri for work in unmeasured.values() for each in work}))
    body = render_template(
        "interventions.html",
        rows=shown,
        sizes={iri: sizes(each, labels) for iri, each in measured.items()},
        page=page,
        sort=sort,
        sorts=[(key, words) for key, words in SORTS.items() if key != "group" or not outcome],
        outcome=outcome,
        narrowed=[known_as.name(iri) for known_as, iri in ((labels, theme), (names, group)) if iri],
        summary=_summary(known, outcome, found) if outcome else None,
        unmeasured=unmeasured,
        beside=_beside(known, outcome) if outcome else [],
        names=names,
        outcome_names=known.outcomes.labels,
        effect_words=[(key, each.words) for key, each in EFFECTS.items()],
        levels=list(LEVELS.items()),
        sorted_by=SORTS[sort],
        short=short,
        sorted_href=lambda key: address(PATH, sort=key),
        filtered=bool({"outcome", "theme", "group", "evidence", "effect", "level"} & _given()),
        formats=[(each.title, each.media_type, link) for each, link in formats if each is not HTML],
        **_choices(known, labels, themes),
        chosen={"outcome": outcome, "theme": theme, "group": group, "evidence": least, "effect": way, "level": level},
    )
    return respond(body, format, formats=formats, canonical=address(PATH))


@dataclass(frozen=True)
class Summary:
    """What was found on one outcome in all; a finding on several interventions counts once."""

    counts: Effect
    strength: Strength
    findings: int
    sure: Effect
    """The counts of findings with evidence of level 3 or above."""


def _summary(known: Evidence, outcome: str, rows: Sequence[Row]) -> Summary:
    shown = {row.iri for row in rows}
    found = [each for each in known.found_on(outcome) if not shown.isdisjoint(each.interventions)]
    sure = effect(each for each in found if (each.grade or 0) >= 3)
    return Summary(effect(found), strength(found), len(found), sure)


def _unmeasured(store: Store, known: Evidence, outcome: str) -> dict[str, list[Work]]:
    """The interventions meant for an outcome, as they or work on them say, on which nothing was found; with work."""
    wanted = known.outcomes.within(outcome)
    work = {each.iri: each for each in known.work}
    said = lists.cells(store, sorted({*known.interventions.above, *work}), ("ww:intendedOutcome",))
    meant = {iri for iri, each in said.items() if not wanted.isdisjoint(iris(each.all("ww:intendedOutcome")))}
    studied = {iri for each in known.found_on(outcome) for iri in each.interventions}
    found: dict[str, list[Work]] = {iri: [] for iri in known.interventions.above if iri in meant - studied}
    for each in known.work:
        for iri in each.interventions:
            if iri in found or (each.iri in meant and iri not in studied):
                found.setdefault(iri, []).append(each)
    return found


def _beside(known: Evidence, outcome: str) -> list[tuple[str, int]]:
    """The other outcomes of its domain that anything was found on, with the number of findings."""
    others = (each for domain in known.outcomes.above[outcome] for each in known.outcomes.below[domain])
    return [(each, count) for each in dict.fromkeys(others) if each != outcome and (count := len(known.found_on(each)))]


def _all(known: Evidence) -> list[Row]:
    """Every intervention in the order of the taxonomy; made once for each snapshot."""

    def read() -> list[Row]:
        found = []
        for top in known.interventions.tops:
            for depth, iri in ((0, top), *known.interventions.in_order(top)):
                on = known.found(iri)
                found.append(_row(known, iri, depth, top, on, across(by_outcome(on))))
        return found

    return list(once(snapshot().store, "interventions", "rows", read))


def _on(known: Evidence, outcome: str) -> list[Row]:
    """The interventions that were studied for one outcome, or for those of a domain, by what was found."""
    wanted = known.outcomes.within(outcome)
    studied: dict[str, list[Finding]] = {}
    for each in known.findings:
        if not wanted.isdisjoint(each.outcomes):
            for iri in each.interventions:
                studied.setdefault(iri, []).append(each)
    tops = {iri: top for top in known.interventions.tops for iri in known.interventions.within(top)}
    one = outcome not in known.outcomes.below
    return [
        _row(known, iri, 0, tops.get(iri, ""), found, effect(found), _measured(found) if one else ())
        for iri, found in studied.items()
    ]


def _measured(found: Sequence[Finding]) -> tuple[Finding, ...]:
    best = strength(found).best
    surest = [each for each in found if each.grade == best]
    if len({each.verdict for each in surest}) > 1:  # one number would take a side
        return ()
    return tuple(filter(_is_plain, surest))


def _is_plain(finding: Finding) -> bool:
    """Whether a number of it can stand alone: of all the people, and contradicted by nobody."""
    if finding.about.all("ww:contradicts") or finding.about.all("ww:subgroup"):
        return False
    return any(decimal(each, "ww:value") is not None for each in finding.estimates)


def _row(
    known: Evidence,
    iri: str,
    depth: int,
    group: str,
    found: Sequence[Finding],
    went: Effect,
    measured: tuple[Finding, ...] = (),
) -> Row:
    return Row(
        iri=iri,
        kind=known.interventions.kind(iri),
        depth=depth,
        group=group,
        effect=went,
        counts=effect(found),
        strength=strength(found),
        findings=len(found),
        studies=studies(found),
        places=len(by_place(found, known.done(iri))),
        cost=_cost(known, iri),
        measured=measured,
    )


def _cost(known: Evidence, iri: str) -> str:
    costs = ranges(known.money(iri), COSTS)
    if not costs:
        return ""
    if len(costs) == 1:
        return range_words(costs[0])
    return f"{sum(len(each.statements) for each in costs)} sums on {len(costs)} bases, not comparable"


def _order(sort: str, every: Sequence[Row], names: Labels) -> Callable[[Row], Any]:
    """The key of a row for a sort; rows that are equal stand surest first, then by name."""

    def name(row: Row) -> str:
        return names.name(row.iri).casefold()

    def sure(row: Row) -> int:
        return -1 if row.strength.best is None else -row.strength.best

    places = {id(row): place for place, row in enumerate(every)}
    keys: dict[str, Callable[[Row], Any]] = {
        "group": lambda row: places[id(row)],
        "name": name,
        "effect": lambda row: (ORDER.index(row.effect.verdict), sure(row), name(row)),
        "evidence": lambda row: (row.strength.best is None, sure(row), -row.findings, name(row)),
        "places": lambda row: (-row.places, name(row)),
        "studies": lambda row: (-row.studies, name(row)),
    }
    return keys[sort]


def _choices(known: Evidence, labels: Labels, themes: frozenset[str]) -> dict[str, Any]:
    outcomes = known.outcomes
    measured = outcomes.over_all(outcome for each in known.findings for outcome in each.outcomes)
    by_name = partial(sorted, key=lambda each: each[1].casefold())
    return {
        "themes": by_name((short(iri), labels.name(iri)) for iri in themes),
        "groups": [(short(iri), known.interventions.labels.name(iri)) for iri in known.interventions.tops],
        "measured": by_name((short(iri), outcomes.labels.name(iri)) for iri in measured if iri not in outcomes.below),
        "measured_domains": by_name(
            (short(iri), outcomes.labels.name(iri)) for iri in measured if iri in outcomes.below and outcomes.above[iri]
        ),
    }


def _given() -> set[str]:
    return {name for name, value in request.args.items() if value}


def _csv(found: Sequence[Row], names: Labels) -> str:
    rows = (
        (
            names.name(row.iri),
            row.kind,
            names.name(row.group) if row.group else "",
            row.effect.verdict,
            *(row.counts.counts[each] for each in ORDER),
            row.strength.best,
            row.strength.good,
            row.findings,
            row.studies,
            row.places,
            row.cost,
            row.iri,
        )
        for row in found
    )
    return as_csv(COLUMNS, rows)
