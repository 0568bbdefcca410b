"""What a query was hardly meant to say, though it is SPARQL: misspelt terms of ours, variables that nothing binds.

Such a query has an answer (a count of 0, an empty column, rows that a FILTER NOT EXISTS should have removed), and only
a person who knows the vocabulary sees that it is wrong. Told from the tokens of the query, on every answer: the store
is asked only of terms that are not in the vocabulary.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, takewhile

from pyoxigraph import NamedNode

from kb.ask.nearest import Names, last_part, nearest, nearest_codes, nearest_terms
from kb.ask.query import Query
from kb.ask.written import Place, Reason
from kb.errors import near
from kb.intake.selects import Select, selects
from kb.intake.tokens import Token, declares, place, tokens
from kb.namespaces import HOME, WW
from kb.store.readable import Store
from kb.vocabulary import code_lists, codes, term, terms

MOST = 5
"""Oversights that are told of one query."""

_CODE = re.compile(rf"{re.escape(HOME)}/concept/([^/]+)(?:/([^/]+))?")


def oversights(store: Store, query: Query) -> tuple[str, ...]:
    """What to look at again, a sentence or two each, in the order of the text and up to MOST.

    Terms are looked for in the namespaces of the vocabulary and of the code lists alone: what others name, and which
    things there are, an answer shows.
    """
    found = list(tokens(query.text))
    prologue = list(takewhile(declares, found))
    body, namespaces = found[len(prologue) :], _namespaces(prologue)
    told = [*islice(_terms(store, query.text, body, namespaces), MOST), *islice(_variables(query.text, body), MOST)]
    return tuple(str(reason) for _, reason in sorted(told, key=lambda each: each[0])[:MOST])


def _namespaces(prologue: Sequence[Token]) -> dict[str, str]:
    """Prefix → namespace, as far as one is written in full."""
    declared = {}
    for word, name, iri in zip(prologue, prologue[1:], prologue[2:], strict=False):
        if word.text.upper() == "PREFIX" and iri.kind == "iri":
            declared[name.text.removesuffix(":")] = iri.text[1:-1]
    return declared


def _terms(
    store: Store, text: str, body: Sequence[Token], namespaces: Mapping[str, str]
) -> Iterator[tuple[int, Reason]]:
    """The classes, properties and codes of ours that are neither in the vocabulary nor in the store."""
    names = Names(namespaces)
    seen: set[str] = set()
    for token in body:
        iri = _iri(token, namespaces)
        if iri is None or iri in seen or not iri.startswith(HOME):
            continue
        seen.add(iri)
        if iri.startswith(WW) and iri != WW and term(iri) is None:
            meant, where, advice = _nearest_terms(iri), "in the vocabulary", "/def lists its terms"
        elif (code := _CODE.fullmatch(iri)) and not _is_code(code[1], code[2]):
            meant, where, advice = nearest_codes(iri) or [], "a code that is known here", "/concept/ lists the codes"
        else:
            continue
        if not _stands(store, NamedNode(iri)):
            shown = ", ".join(map(names.show, meant))
            yield token.start, Reason(
                f"{names.show(iri)} is not {where}", f"Nearest: {shown}" if shown else advice, _at(text, token)
            )


def _iri(token: Token, namespaces: Mapping[str, str]) -> str | None:
    """The IRI of a token; None where it is none, or is written with escapes, as no misspelt one is."""
    if "\\" in token.text:
        return None
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    return namespaces[prefix] + local if token.kind == "prefixed" and prefix in namespaces else None


def _nearest_terms(iri: str) -> list[str]:
    """Those of the same kind, which the first letter tells, before any others."""
    kind = "class" if last_part(iri)[:1].isupper() else "property"
    return nearest_terms(iri, kind) or nearest(iri, (each.iri for each in terms()))


def _is_code(scheme: str, code: str | None) -> bool:
    return scheme in code_lists() and (code is None or code in codes(scheme))


def _stands(store: Store, iri: NamedNode) -> bool:
    """Whether the store has the IRI in any place of a triple."""
    quads = store.quads_for_pattern
    places = (quads(iri, None, None), quads(None, iri, None), quads(None, None, iri))
    return any(next(found, None) is not None for found in places)


def _variables(text: str, body: Sequence[Token]) -> Iterator[tuple[int, Reason]]:
    """The variables of columns and modifiers to which no part of their SELECT can give a value."""
    for select in selects(body):
        given = _given(select)
        seen: set[str] = set()
        for token in (*_outside_braces(select.columns), *_outside_braces(select.modifiers)):
            name = token.text[1:]
            if token.kind != "variable" or name in given or name in seen:
                continue
            seen.add(name)
            meant = ", ".join(f"?{each}" for each in near(name, sorted(given), n=1))
            what = f"{token.text} stands nowhere in the pattern, and has no value"
            yield token.start, Reason(what, f"Nearest: {meant}" if meant else "", _at(text, token))


def _given(select: Select) -> set[str]:
    """The names of the variables that stand in the pattern, after AS, or in the last VALUES."""
    names = {token.text[1:] for token in select.pattern if token.kind == "variable"}
    before, values = "", False
    for token in (*select.columns, *select.modifiers):
        values = values or (token.kind == "word" and token.text.upper() == "VALUES")
        if token.kind == "variable" and (values or before == "AS"):
            names.add(token.text[1:])
        before = token.text.upper()
    return names


def _outside_braces(found: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for token in found:
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0:
            yield token


def _at(text: str, token: Token) -> Place:
    return Place(*place(text, token.start))
