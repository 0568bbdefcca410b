"""The sections of an account (kb.ask.account): which texts each tells in full, and which things as tables."""

from kb.ask import lists

_CLAIM = ("ww:statement", "prov:hadPrimarySource", "ww:grade")
_RESULT = ("ww:ofIntervention", "ww:outcome", "ww:indicatorNote", "ww:desirability", "ww:context", "ww:grade")

TABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "problem": {},
    "work": {
        "ww:Workstream": ("dcterms:description", "ww:inPlace", "ww:stage"),
        "ww:Implementation": ("dcterms:description", "ww:inPlace", "ww:stage"),
        "ww:Intervention": ("dcterms:description", "skos:definition"),
    },
    "bodies": {
        "org:Membership": ("org:role", "ww:note"),
        "org:FormalOrganization": ("ww:organisationType",),
    },
    "places": {"ww:Place": ("ww:placeType", "geo:sfWithin", "ww:succeededBy")},
    "money": {
        "ww:MonetaryStatement": (
            "ww:moneyKind",
            "ww:concerns",
            "ww:estimateStatus",
            "prov:hadPrimarySource",
            "ww:grade",
        ),
    },
    "results": {
        "ww:Finding": _RESULT,
        "ww:Synthesis": _RESULT,
        "ww:Evaluation": ("ww:studyDesign", "ww:evaluator", "ww:reportedIn"),
    },
    "lessons": {
        "ww:LessonLearned": lists.COLUMNS["ww:LessonLearned"],
        "ww:Barrier": lists.COLUMNS["ww:Barrier"],
    },
    "elsewhere": {},
    "claims": {"ww:CustomerInsight": _CLAIM, "ww:CultureFinding": _CLAIM, "ww:Claim": _CLAIM},
}
"""Section → class → the columns (prefix:local) of its table; all in the order in which they stand on a page."""

TEXTS: dict[str, tuple[str, ...]] = {
    "problem": ("ww:challenge", "ww:rationale"),
    "work": ("ww:solution", "ww:procedure"),
    "elsewhere": ("ww:failure", "ww:sustainedHow", "ww:replicationCondition"),
}
"""Section → the properties whose texts are told in full."""

UNREAD = frozenset(("bodies", "places"))
"""Sections that lead to the account and are no part of it: where they were read is told on their own pages."""

_NAMED = ("rdf:type", "skos:prefLabel", "dcterms:title")
BESIDE = (*lists.AMOUNT, "ww:start", "ww:end", "ww:contradicts", "adms:status", *_NAMED)
"""What a table shows of a thing, or is sorted by, besides its columns."""
