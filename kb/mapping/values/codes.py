"""Codes: labels, other labels, notations and IRIs of the concepts of code lists."""

import re
from collections.abc import Sequence
from functools import cache

from pyoxigraph import NamedNode

from kb.mapping.values.labels import Labels
from kb.mapping.values.said import Remark, Said, ask, bounded, empty, link, says_nothing, unread
from kb.protocols.background import background
from kb.protocols.templates.writing import codes

NEW = "new: "
"""Before the label of a code that a publisher proposes, in a mapping's decided values."""

_BETWEEN = (r";|\||\n", r",", r"/|\+", r" & | and ")
"""What divides several codes in one cell; the surest first."""
_SHOWN = 12


@bounded
def read_codes(cell: str, schemes: Sequence[str], several: bool) -> Said:
    """The concepts that the cell names; `schemes` are IRIs of code lists, `several` whether more than one may stand.

    A name that is the same but for case, punctuation or a plain misspelling is read; the last with a note.
    """
    known = code_labels(tuple(schemes))
    whole = _read(cell, known)
    if whole.terms or (whole.remark and whole.remark.kind == "ask" and known.exact(cell)):
        return whole
    for between in _BETWEEN:
        pieces = [piece.strip() for piece in re.split(between, cell) if piece.strip()]
        found = [_read(piece, known) for piece in pieces]
        if len(pieces) < 2 or not all(each.terms for each in found):
            continue
        if not several:
            return unread(f"“{cell}” holds {len(pieces)} codes where one may stand.", *pieces)
        remark = next((each.remark for each in found if each.remark), None)
        return Said(tuple(dict.fromkeys(each.terms[0] for each in found)), remark)
    return empty(cell) if not whole.terms and says_nothing(cell) else whole


def proposed(cell: str, label: str) -> Said:
    """What is said of a value that its publisher proposes as a new code."""
    sentence = f"“{cell}” is proposed as a new code, “{label}”; until the list has it, it is left out."
    return Said((), Remark("note", sentence))


@cache
def code_labels(schemes: tuple[str, ...]) -> Labels:
    """The labels of the concepts of the code lists that ship: preferred ones first, then the others and notations."""
    graph = background().graph
    concepts = [
        concept
        for scheme in schemes
        for concept in graph.subjects("skos:inScheme", NamedNode(scheme))
        if isinstance(concept, NamedNode)
    ]
    pairs = _told_apart(schemes)
    for predicate in ("skos:prefLabel", "skos:altLabel", "skos:notation", "skos:hiddenLabel"):
        pairs += [(label, each.value) for each in concepts for label in graph.texts(each, predicate)]
    pairs += [(each.value, each.value) for each in concepts]
    pairs += [(_tail(each.value), each.value) for each in concepts]
    pairs += [(_listed(each.value), each.value) for each in concepts]
    return Labels(pairs)


def _told_apart(schemes: Sequence[str]) -> list[tuple[str, str]]:
    """`Hospital services (07.3)`: as templates write codes of one list that share a name."""
    every = [code for scheme in schemes for code in codes(scheme)]
    return [(code.label, code.iri) for code in every if code.label.endswith(f" ({_tail(code.iri)})")]


def _listed(iri: str) -> str:
    """`condition/b`: as docs/tables.md writes a code of several lists."""
    return "/".join(iri.rstrip("/").rsplit("/", 2)[1:])


def _tail(iri: str) -> str:
    return iri.rstrip("/").rpartition("/")[2]


def _read(cell: str, known: Labels) -> Said:
    found = known.find(cell)
    if found.target:
        term = link(found.target)
        if found.exact:
            return Said((term,))
        return Said((term,), Remark("note", f"“{cell}” was read as “{known.shown(found.target)}”."))
    if found.exact:
        meant = known.exact(cell)
        if len({each.rpartition("/")[0] for each in meant}) == 1:
            return ask(f"“{cell}” is the name of {len(meant)} codes.", *(known.shown(each) for each in meant))
        return ask(f"“{cell}” is a code of several lists.", *(_listed(each) for each in meant))
    if not found.near:
        return unread(f"“{cell}” is not in the code list.", *known.all_shown()[:_SHOWN])
    return ask(f"“{cell}” is not in the code list.", *found.near)


