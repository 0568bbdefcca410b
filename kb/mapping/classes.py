"""The classes of a thing, with those above it: what a column that links to things of a class takes."""

from functools import cache

from kb.namespaces import expand
from kb.vocabulary import ancestors

_ORGANISATIONS = ("org:FormalOrganization", "org:OrganizationalCollaboration")
"""Kinds of org:Organization (ORG §5.1), which the vocabulary uses without saying so: it describes its own terms."""


@cache
def classes_of(class_: str) -> tuple[str, ...]:
    """The class of a thing and those above it that links may ask for."""
    above = ancestors(class_)
    if not above.isdisjoint(map(expand, _ORGANISATIONS)):
        above.add(expand("org:Organization"))
    return tuple(sorted(above))
