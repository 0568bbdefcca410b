"""The page of an intervention: a concept of the taxonomy or a thing that records name, told alike."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import request
from werkzeug.exceptions import NotFound

from kb.ask import lists
from kb.ask.account import Account
from kb.ask.interventions import ROOM
from kb.ask.interventions.evidence import Evidence, evidence
from kb.ask.interventions.findings import Finding, iris
from kb.ask.interventions.gaps import Gap, gaps
from kb.ask.interventions.own_money import own_money
from kb.ask.interventions.rules import OutcomeResult, by_outcome
from kb.ask.interventions.taxonomy import GROUP, NAMED
from kb.ask.interventions.tried import Tried, tried
from kb.ask.labels import Labels, labels_of
from kb.ask.resource import Description
from kb.ask.summaries import Summary, nodes, rows, summaries
from kb.namespaces import expand
from kb.store.readable import Store
from kb.vocabulary import term
from web import account as account_page
from web.account import PageSection
from web.class_pages.questions_here import questions_here
from web.finding_rows import FindingRow, finding_row, shown_in
from web.interventions import headline, places
from web.interventions.parts import FEW, PAGE, Part, part
from web.listing import listing
from web.reading import snapshot

FINDINGS, OF_AN_OUTCOME = 8, 3
"""Findings that the page shows in all, and of one outcome; a cell of the evidence map has the rest."""

MONEY = (
    *("ww:moneyKind", "ww:estimateStatus", "ww:borneBy", "ww:benefits", "ww:cashable"),
    *("prov:hadPrimarySource", "ww:grade"),
)
"""Columns of the statements of money, beside name and amount."""

TOLD = frozenset(("skos:scopeNote", "skos:related", "ww:mechanism"))
"""Properties that stand at the head of the page."""

FAILURE = "ww:failure"
"""What did not work."""

_KINDS = {GROUP: "Group of interventions", "type": "Type of intervention", NAMED: "Intervention"}


@dataclass(frozen=True)
class OutcomeRows:
    """The result on one outcome with the findings that the page shows of it."""

    result: OutcomeResult
    rows: list[FindingRow]

    @property
    def more(self) -> int:
        """Findings that the page does not show."""
        return len(self.result.findings) - len(self.rows)


def more(description: Description) -> dict[str, Any]:
    """The variables of intervention.html besides those of resource.html; None for a later page of its links.

    `?show=` and the key of a part shows all of that part, `after=` from which row on; `?like=` compares with a place.
    Raises werkzeug NotFound for a part or place that is none.
    """
    if description.account is None or description.page > 1:
        return {"told": None}
    store = snapshot().store
    known = evidence(store)
    found, statements = known.found(description.iri), known.money(description.iri)
    results = by_outcome(found)
    where = tried(known, description.iri)
    labels = description.labels
    labels.update(labels_of(store, _shown(known, description.iri, found, statements, where)))
    adopted = _adoptions(store, known, description)
    labels.update(labels_of(store, {iri for each in adopted for iri in (each.iri, *each.links())}))
    missing = gaps(known, description.iri, _intended(store, known, description.iri))
    if not adopted:
        missing = (*missing, Gap("no-adoption"))
    labels.update(labels_of(store, {iri for gap in missing for iri in gap.things}))
    outcomes = _outcome_rows(results, description)
    sources = description.account.sources
    account, programmes = own_money(store, known, description.iri, description.account)
    sections = {each.key: each for each in account_page.sections(account)}
    chosen, after = _chosen(sections), _after()
    sections["studies"] = _studies(sections["results"])
    sections["elsewhere"] = _failures_first(sections["elsewhere"])
    labels.update(labels_of(store, programmes))
    few = {key: part(section, FEW[key], 0) for key, section in sections.items() if key in FEW}
    return {
        "told": True,
        "own_account": account,
        "kind": _KINDS[known.interventions.kind(description.iri)],
        "broader": _way_here(known, description.iri),
        "narrower": [(iri, len(known.found(iri))) for iri in known.interventions.below.get(description.iri, ())],
        "cost": headline.cost_card(statements),
        "effect": headline.effect_card(results),
        "failures": sum(each.property == FAILURE for each in sections["elsewhere"].texts),
        "evidence": headline.evidence_card(found, results),
        "findings": found,
        "outcomes": outcomes,
        "tried": where[after : after + PAGE] if chosen == "tried" else where[: FEW["tried"]],
        "tried_count": len(where),
        "map": places.drawn(store, where, labels),
        "alike": places.alike(store, where, labels),
        "parts": few,
        "studies": few["studies"],
        "whole": part(sections[chosen], PAGE, after) if chosen in sections else None,
        "chosen": chosen,
        "money": _money(store, labels, sections["money"], *((PAGE, after) if chosen == "money" else (FEW["money"], 0))),
        "payers": _bodies(statements, "ww:borneBy"),
        "gainers": _bodies(statements, "ww:benefits"),
        "statements": statements,
        "programmes": list(programmes.items()),
        "adoptions": adopted,
        "missing": missing,
        "read_in": sources[after : after + PAGE] if chosen == "sources" else sources[: FEW["sources"]],
        "source_count": len(sources),
        "after": after,
        "here": here,
        "asks": questions_here(description),
        "further": _further(description),
        "mechanisms": description.about.all("ww:mechanism"),
    }


def here(**changes: str | None) -> str:
    """The address of this page with other parameters; None takes one out."""
    kept = {name: value for name, value in request.args.items() if name not in ("show", "after", "format")}
    kept |= {name: value for name, value in changes.items() if value is not None}
    kept = {name: value for name, value in kept.items() if changes.get(name, value) is not None}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def _further(description: Description) -> list[tuple[str, str]]:
    """Where to go on from here: address and words; groups of the taxonomy are neither compared nor briefed on."""
    if expand("ww:Intervention") not in description.types:
        return []
    return [
        (f"/compare?{urlencode({'of': description.iri})}", "Compare it with others, side by side"),
        (f"/briefing?{urlencode({'uri': description.iri})}", "One page to print"),
    ]


def _chosen(sections: dict[str, PageSection]) -> str:
    asked = request.args.get("show", "")
    if asked and asked not in (*sections, "tried", "sources"):
        raise NotFound(f"show={asked[:100]} is no part of this page.")
    return asked


def _after() -> int:
    text = request.args.get("after", "0")
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise NotFound(f"after={text[:100]} is no number of a row; the first is after=0.")
    return int(text)


def _shown(
    known: Evidence, iri: str, found: Sequence[Finding], statements: Sequence[Summary], where: Sequence[Tried]
) -> set[str]:
    work = {each.iri for each in known.done(iri)} | {each.stage for each in known.done(iri) if each.stage}
    about_money = {link for each in statements for link in (each.iri, *each.links())}
    reasons = {reason for each in found for reason in iris(each.about.all("ww:reason"))}
    above = known.interventions.over(iri) | set(known.interventions.below.get(iri, ()))
    return shown_in(found) | work | about_money | reasons | above | {each.place for each in where}


def _way_here(known: Evidence, iri: str) -> list[str]:
    """The interventions above it, the most general first; of several ways one."""
    found: list[str] = []
    at = iri
    while (broader := known.interventions.above.get(at, ())) and broader[0] not in found:
        at = broader[0]
        found.insert(0, at)
    return found


def _studies(results: PageSection) -> PageSection:
    """The studies and syntheses among the results: findings are told by outcome."""
    finding = term(expand("ww:Finding"))
    tables = [table for table in results.tables if finding is None or table.caption != finding.plural]
    return replace(results, key="studies", heading="Studies", texts=(), tables=tables, others=(), empty=not tables)


def _outcome_rows(results: Sequence[OutcomeResult], description: Description) -> list[OutcomeRows]:
    left = FINDINGS
    found: list[OutcomeRows] = []
    for each in results:
        shown = each.findings[: min(OF_AN_OUTCOME, left)]
        left -= len(shown)
        found.append(OutcomeRows(each, [finding_row(one, description.labels, description.iri) for one in shown]))
    return found


def _intended(store: Store, known: Evidence, iri: str) -> list[str]:
    """The outcomes that it and those below it are meant to have."""
    said = lists.cells(store, sorted(known.interventions.within(iri)), ["ww:intendedOutcome"])
    return list(dict.fromkeys(outcome for each in said.values() for outcome in iris(each.all("ww:intendedOutcome"))))


def _adoptions(store: Store, known: Evidence, description: Description) -> list[Summary]:
    """Who took up the intervention, one below it, or a lesson about it."""
    taken = known.interventions.within(description.iri) | _lessons(description.account)
    found = summaries(rows(store, "adoptions", package=ROOM, what=nodes(sorted(taken))))
    return sorted(found.values(), key=lambda each: (each.first("dcterms:date") or "", each.iri))


def _lessons(account: Account | None) -> set[str]:
    sections = account.sections if account else ()
    return {thing.iri for each in sections if each.key == "lessons" for thing in each.things("ww:LessonLearned")}


def _money(store: Store, labels: Labels, section: PageSection, size: int, after: int) -> Part:
    """The statements of money with who pays and who gains, which an account does not tell."""
    cut = part(section, size, after)
    things = [thing.iri for table in cut.tables for thing in table.listing.things]
    said = lists.cells(store, things, ("ww:borneBy", "ww:benefits", "ww:cashable"))
    tables = []
    for table in cut.tables:
        wider = [Summary(each.iri, each.values | said[each.iri].values) for each in table.listing.things]
        tables.append(account_page.PageTable(table.caption, listing(wider, MONEY), table.count, folded=False))
        labels.update(labels_of(store, {iri for each in wider for iri in each.links()}))
    return cut.with_tables(tables)


def _failures_first(section: PageSection) -> PageSection:
    """The section with what did not work before what it needs elsewhere."""
    return replace(section, texts=tuple(sorted(section.texts, key=lambda each: each.property != FAILURE)))


def _bodies(statements: Sequence[Summary], name: str) -> list[tuple[str, int]]:
    """Bodies or kinds of body that statements name as those who pay or gain, with how many do."""
    return Counter(body for each in statements for body in iris(each.all(name))).most_common()

