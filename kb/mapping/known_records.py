"""Records of a submission by their names, so that its other sheets can link to them before they are published."""

from collections.abc import Iterator, Sequence

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kb.mapping.classes import classes_of
from kb.mapping.records import Records
from kb.mapping.sheets import SheetMapping
from kb.mapping.values.names import Known
from kb.namespaces import expand

_NAMES = tuple(expand(name) for name in ("skos:prefLabel", "dcterms:title", "dcterms:identifier", "skos:altLabel"))


def links_to(sheet: SheetMapping, others: Sequence[SheetMapping]) -> bool:
    """Whether a column of the sheet links to things of the classes that one of the others, or itself, describes."""
    if sheet.mapping is None or sheet.record is None:
        return False
    classes = {above for other in others if other.record for above in classes_of(other.record.class_)}
    mapped = {column for column in sheet.mapping.columns.values() if column}
    return any(column.id in mapped and classes & set(column.links_to) for column in sheet.record.columns)


def known_records(sheet: SheetMapping, made: Records | None) -> Iterator[Known]:
    """Each record that was made of a sheet, with its name and identifier."""
    if made is None or sheet.record is None:
        return
    labels: dict[str, list[str]] = {}
    wanted = tuple(f"> <{name}> ".encode() for name in _NAMES)
    naming = b"\n".join(line for line in made.lines if any(mark in line for mark in wanted))
    for quad in parse(naming, format=RdfFormat.N_TRIPLES):
        subject, name = quad.subject, quad.object
        if isinstance(subject, NamedNode) and isinstance(name, Literal) and subject.value in made.things:
            labels.setdefault(subject.value, []).append(name.value)
    for iri, names in labels.items():
        yield Known(iri, classes_of(sheet.record.class_), tuple(names))
