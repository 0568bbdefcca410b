"""Which kind of value a column holds: told by its shape and, where that leaves it open, by the vocabulary."""

from collections.abc import Callable, Iterable

from kb.formula import unsafe
from kb.mapping.mapping import Mapping
from kb.mapping.new_things import read_new
from kb.mapping.values.codes import NEW, proposed, read_codes
from kb.mapping.values.dates import DATE, MONTH, YEAR, habit, read_date
from kb.mapping.values.names import Names, read_name
from kb.mapping.values.numbers import BOOLEAN, DECIMAL, INTEGER, read_number, read_yes_no
from kb.mapping.values.postcodes import read_postcode
from kb.mapping.values.said import NOTHING, Said, literal, text, tidy
from kb.mapping.values.uprns import read_uprn
from kb.mapping.values.years import read_period
from kb.namespaces import expand
from kb.protocols.columns import Column
from kb.vocabulary import LANG_STRING, is_datatype, term

Read = Callable[[str], Said]

UPRN, POSTCODE = expand("ww:uprn"), expand("locn:postCode")
_FORMS: dict[str, Read] = {UPRN: read_uprn, POSTCODE: read_postcode}
"""Predicates whose values have a form of their own that no datatype tells."""

_DATES = (DATE, MONTH, YEAR)


def reader(column: Column, mapping: Mapping, names: Names, cells: Iterable[str] = ()) -> Read:
    """What reads the cells of this column; `cells` are all of them, by which the order of day and month is told.

    What a person decided in the mapping goes first. Each distinct text is read once. Points are not read here
    (kb.mapping.values.points).
    """
    read = _reader(column, mapping, names, cells)
    decided = dict(mapping.values.get(column.id, {}))
    if (constant := mapping.constants.get(column.id, "")).startswith(NEW):
        decided[constant] = constant
    known: dict[str, Said] = {"": NOTHING}

    def remembered(cell: str) -> Said:
        said = known.get(cell)
        if said is None:
            said = known[cell] = _decided(cell, decided[cell], read, column, names) if cell in decided else read(cell)
        return said

    return remembered


def _decided(cell: str, meant: str, read: Read, column: Column, names: Names) -> Said:
    """What a person said that a cell means; an empty decision leaves it out."""
    if meant.startswith(NEW) and column.links_to:
        return read_new(meant, column, names)
    if meant.startswith(NEW):
        return proposed(cell, meant.removeprefix(NEW))
    return Said(read(meant).terms, None) if meant and read(meant).terms else read(meant) if meant else NOTHING


def _reader(column: Column, mapping: Mapping, names: Names, cells: Iterable[str]) -> Read:
    field = column.field
    several = column.repeats
    if column.path in _FORMS:
        return _FORMS[column.path]
    about = term(column.path)
    ranges = (field.datatype,) if field.datatype else about.ranges if about else ()
    datatypes = [each for each in ranges if is_datatype(each)]
    classes = [each for each in ranges if not is_datatype(each)]
    if column.code_lists and not datatypes:
        schemes = tuple(each.iri for each in column.code_lists)
        things = [] if field.code_list else [each for each in classes if each != expand("skos:Concept")]
        return _coded(schemes, things, names, several)
    if set(datatypes) & {DATE, MONTH}:
        order = habit(cells, mapping.dates.get(column.id, ""))
        return lambda cell: read_date(cell, [each for each in datatypes if each in _DATES], order)
    if YEAR in datatypes:
        return lambda cell: read_period(cell, field.examples)
    if classes and datatypes:
        return lambda cell: read_name(cell, classes, names, several=several, or_text=True)
    if classes or not datatypes:
        return lambda cell: read_name(cell, classes, names, several=several)
    return _literals(datatypes[0])


def _coded(schemes: tuple[str, ...], things: list[str], names: Names, several: bool) -> Read:
    """A code of one of the lists, or, where a thing of some class may stand in its place, the name of one."""

    def read(cell: str) -> Said:
        said = read_codes(cell, schemes, several)
        if said.terms or not things:
            return said
        named = read_name(cell, things, names, several=several)
        return named if named.terms else said

    return read


def _literals(datatype: str) -> Read:
    if datatype in (DECIMAL, INTEGER):
        return lambda cell: read_number(cell, datatype)
    if datatype == BOOLEAN:
        return read_yes_no
    if datatype == LANG_STRING:
        return lambda cell: Said((text(tidy(unsafe(cell))),))
    # A datatype that no sheet has needed yet is taken as it is written: the check judges it.
    return lambda cell: Said((literal(tidy(unsafe(cell)), datatype),))
