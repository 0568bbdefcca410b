"""Pilots, programmes, pieces of work and case studies: the account of what was tried, with its facts first."""

from typing import Any

from pyoxigraph import NamedNode

from kb.ask.resource import Description
from kb.namespaces import expand
from web.class_pages import contact, facts
from web.class_pages.facts import Fact
from web.class_pages.frame import Part, account_parts, framed, part_table

ROWS = (
    "ww:underProgramme", "ww:parentProgramme", "ww:underPilot", "ww:implements", "ww:describes", "ww:stage", "ww:aim",
    "ww:objective", "ww:intendedOutcome", "ww:strand", "ww:theme", "ww:fidelity", "ww:fidelityNote",
    "ww:modification", "ww:usesAsset", "ww:changesService", "ww:sponsor", "foaf:homepage", "ww:note",
    "ww:replicationReach",
)  # fmt: skip
"""What is told of it besides the account, in this order."""

ORDER = ("problem", "work", "results", "money", "lessons", "elsewhere", "places", "bodies", "claims")
"""The sections as somebody asks who wonders whether to do the same."""

FOLDED = frozenset(("places", "bodies", "claims"))

TOLD = (
    "ww:hasWorkstream", "ww:partnership", "ww:challenge", "ww:solution", "ww:impact", "ww:lesson", "ww:failure",
    "ww:sustainedHow", "ww:milestone", "ww:replicationCondition", "prov:hadPrimarySource", "ww:noMeasuredImpact",
    "ww:addresses",
)  # fmt: skip
"""What the account tells."""


def variables(thing: Description) -> dict[str, Any]:
    """The variables of account-page.html."""
    if thing.account is None:
        return framed(thing, (), ())
    places = _nodes(thing, "places", "ww:Place")
    leading = _leading(thing)
    told: list[Fact] = [
        *facts.of_account(thing.account, thing.labels),
        facts.where(thing, places),
        facts.when(thing),
        facts.named("Who led it", leading, "Who led it is not recorded.", ("ww:leadOrganisation", "ww:sponsor")),
        contact.whom(thing, [node.value for node in leading]),
    ]
    own = thing.about.iris("ww:pilotPlace", "ww:inPlace")
    beside = [(iri, (expand("ww:Place"),)) for iri in own or [node.value for node in places]]
    parts = [*account_parts(thing.account, ORDER, FOLDED), *_milestones(thing)]
    return framed(thing, told, parts, ROWS, TOLD, beside) | {"read_in": thing.account.sources}


def _milestones(thing: Description) -> list[Part]:
    """What was to be reached when, in order of time."""
    found = [thing.nested[iri] for iri in thing.about.iris("ww:milestone") if iri in thing.nested]
    found.sort(key=lambda each: (each.first("ww:dueOn", "ww:reachedOn") or "", each.iri))
    if not found:
        return []
    table = part_table("milestones", "Milestones", found, ("ww:dueOn", "ww:reachedOn"), len(found))
    return [Part("milestones", "Milestones", tables=(table,))]


def _leading(thing: Description) -> list[NamedNode]:
    """Who led it: as it says itself, else the bodies that led the work that it tells of."""
    said = [node for name in ("ww:leadOrganisation", "ww:sponsor") for node in thing.about.all(name)]
    led = said or _nodes(thing, "bodies", "org:FormalOrganization")
    return [node for node in led if isinstance(node, NamedNode)]


def _nodes(thing: Description, key: str, kind: str) -> list[NamedNode]:
    assert thing.account is not None
    section = next(each for each in thing.account.sections if each.key == key)
    return [NamedNode(each.iri) for each in section.things(kind)]
