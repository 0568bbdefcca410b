"""Why a literal matches nothing: its language tag, datatype, capitals or spaces, or another kind of value."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode

from kb.ask.nearest import Names, last_part
from kb.ask.probes import Scope
from kb.errors import near
from kb.namespaces import PREFIXES, compact

_STRING = PREFIXES["xsd"] + "string"
_LANGUAGE = PREFIXES["rdf"] + "langString"
_BARE = {PREFIXES["xsd"] + name for name in ("integer", "decimal", "boolean")}
_NEAR_AMONG = 1_000
"""Texts among which a near one is looked for; each takes some 20 µs."""

_LONGEST_TEXT = 80
"""Characters of a text that may be shown, or be a slip of the one that is asked for."""

Found = tuple[str, str]
"""What is so, and what to do."""


def causes(
    scope: Scope, names: Names, subject: NamedNode | None, property: NamedNode | None, asked: Literal
) -> Iterator[Found]:
    """Why no triple of the scope has the literal as its value; a subject that is given has the property."""
    if scope.named and (graphs := scope.elsewhere(subject, property, asked)):
        yield f"{written(asked)} is not in the graph that the query names, but in {names.several(graphs)}", "Name it"
        return
    values: set[object] = {each for each in _twins(asked) if scope.has(subject, property, each)}
    if property is not None:
        values |= {quad.object for quad in scope.quads(subject, property, None)}
    literals = sorted((value for value in values if isinstance(value, Literal)), key=str)
    whose = f"of {names.show(property.value)}" if property else "here"
    likely = min(literals, key=lambda value: _distance(asked, value), default=None)
    if likely is not None and same(asked, likely):
        yield difference(asked, likely)
    elif iris := sorted(value.value for value in values if isinstance(value, NamedNode)):
        wanted = asked.value.casefold().replace(" ", "-")
        named = [iri for iri in iris if last_part(iri).casefold() == wanted] or iris
        yield f"The values {whose} are IRIs, not text", f"Write one of them, for instance {names.several(named[:2])}"
    elif literals:
        yield f"No value {whose} is {written(asked)}", _others(asked, literals)


def difference(asked: Literal, found: Literal) -> Found:
    """How a literal of the data differs from the one that is asked for, which is much the same; and what to write."""
    write = f"Write {written(found)}"
    if _distance(asked, found) == _DAY_IN_YEAR:
        write += f", or take all with FILTER(STRSTARTS(STR(?value), {Literal(min(asked.value, found.value, key=len))}))"
    if found.value == asked.value:
        if found.language is None and asked.language is not None:
            return f"The data has {written(found)} without a language tag", write
        if found.language is not None and asked.language is None and asked.datatype.value == _STRING:
            return f"The data has this text with the language tag @{found.language}", write
        if found.language is not None and asked.language is not None:
            return f"The data has this text with the language tag @{found.language}, not @{asked.language}", write
    if found.datatype != asked.datatype and not {_STRING, _LANGUAGE} >= {found.datatype.value, asked.datatype.value}:
        kinds = f"is {_kind(found)}, and {written(asked)} is {_kind(asked)}"
        return f"The data has {written(found)}, which {kinds}: they are different values", write
    if found.value.casefold() == asked.value.casefold():
        return f"The data has {written(found)}, with other capitals", write
    return f"The data has {written(found)}, with other spaces", write


def same(asked: Literal, found: Literal) -> bool:
    """Whether the two are much the same to a reader, though not to a query."""
    return _distance(asked, found) < _FAR


def written(literal: Literal) -> str:
    """The literal as a query would write it, with usual prefixes."""
    if literal.datatype.value in _BARE:
        return literal.value
    if literal.language is not None or literal.datatype.value == _STRING:
        return str(literal)
    return f"{Literal(literal.value)}^^{compact(literal.datatype.value)}"


_DAY_IN_YEAR, _FAR = 4, 9


def _twins(asked: Literal) -> Iterator[Literal]:
    """What is often meant by a literal that is nowhere."""
    yield Literal(asked.value)
    for language in ("en", "en-gb", "cy"):
        yield Literal(asked.value, language=language)
    for datatype in ("integer", "decimal", "gYear", "gYearMonth", "date", "boolean", "anyURI"):
        yield Literal(asked.value, datatype=NamedNode(PREFIXES["xsd"] + datatype))


def _distance(asked: Literal, found: Literal) -> int:
    """0 for the same text with another tag or type, then capitals, spaces, number, day in a year; else _FAR."""
    if found.value == asked.value:
        return 0
    if found.value.casefold() == asked.value.casefold():
        return 1
    if " ".join(found.value.casefold().split()) == " ".join(asked.value.casefold().split()):
        return 2
    if found.datatype != asked.datatype and _same_number(asked.value, found.value):
        return 3
    day, year = sorted((asked.value, found.value), key=len, reverse=True)
    if found.datatype != asked.datatype and len(year) in (4, 7) and day.startswith(f"{year}-"):
        return _DAY_IN_YEAR
    return _FAR


def _same_number(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def _kind(literal: Literal) -> str:
    return f"of the type {compact(literal.datatype.value)}"


def _others(asked: Literal, literals: list[Literal]) -> str:
    short = {value.value: value for value in literals if len(value.value) <= _LONGEST_TEXT}
    close = near(asked.value, list(short)[:_NEAR_AMONG])
    if close:
        return f"Nearest: {', '.join(written(short[text]) for text in close)}"
    some = [written(value) for value in list(short.values())[:3]]
    return f"Values are, for instance, {', '.join(some)}" if some else "Its values are long: look for a word in one"
