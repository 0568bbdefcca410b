"""A partnership or board: what it governs, who is in it and in which role."""

from typing import Any

from kb.ask.resource import Description
from web.class_pages import contact, facts
from web.class_pages.around import Headings, around, parts
from web.class_pages.frame import framed

HEADINGS: Headings = {
    "members": ("Who takes part", ("members",), "Who takes part is not recorded.", False),
    "lessons": ("What was said of it", ("claims",), "", False),
}

ROWS = ("ww:legalForm", "ww:hasSharingAgreement", "ww:note", "ww:milestone", "prov:hadPrimarySource")

TOLD = ("org:hasMembership",)


def variables(thing: Description) -> dict[str, Any]:
    """The variables of class-page.html for a partnership."""
    if thing.page > 1:
        return framed(thing, (), ())
    found = around(thing, "partnership")
    first = [
        facts.named("What it governs", thing.about.all("ww:governs"), "Not recorded.", ("ww:governs",)),
        facts.named("Answers to", thing.about.all("ww:accountableTo"), "", ("ww:accountableTo",)),
        facts.when(thing),
        contact.whom(thing),
    ]
    beside = [(node.value, ()) for node in thing.about.all("ww:governs")]
    return framed(thing, first, list(parts(found, HEADINGS).values()), ROWS, TOLD, beside)
