"""The money of an intervention itself, told apart from that of the programmes that work on it was part of."""

from collections import Counter
from dataclasses import replace

from kb.ask import lists
from kb.ask.account import Account, Section
from kb.ask.interventions.evidence import Evidence
from kb.ask.interventions.findings import iris
from kb.store.readable import Store


def own_money(store: Store, known: Evidence, iri: str, account: Account) -> tuple[Account, Counter[str]]:
    """The account without the sums of programmes, and how many there are of each programme.

    A programme's sum is of all its work, of other interventions too: here it would read as what this one saved.
    """
    own = known.interventions.within(iri) | {each.iri for each in known.done(iri)}
    money = next(each for each in account.sections if each.key == "money")
    things = [thing.iri for table in money.tables for thing in table.things]
    said = lists.cells(store, things, ("ww:concerns",))
    concerned = {thing: iris(said[thing].all("ww:concerns")) for thing in things}
    wider = {thing: about for thing, about in concerned.items() if own.isdisjoint(about)}
    sections = tuple(_without(each, set(wider)) if each is money else each for each in account.sections)
    return replace(account, sections=sections), Counter(one for about in wider.values() for one in about)


def _without(section: Section, left_out: set[str]) -> Section:
    tables = []
    for table in section.tables:
        kept = tuple(each for each in table.things if each.iri not in left_out)
        if kept:
            tables.append(replace(table, things=kept, count=len(kept)))
    return replace(section, tables=tuple(tables))
