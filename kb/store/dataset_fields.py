"""What a publisher says of a dataset itself besides title and licence: the fields of protocol dp-10, read as a row."""

from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from functools import cache

from kb import namespaces
from kb.errors import BadInput, near_it
from kb.mapping.identities import slug
from kb.mapping.mapping import Mapping
from kb.mapping.records import Around, Records, records
from kb.mapping.values.names import Names
from kb.namespaces import concept, expand
from kb.protocols import catalogue
from kb.protocols.columns import IDENTIFIER, Column, RecordColumns, record_columns
from kb.protocols.templates import entry
from kb.protocols.templates.entry import Section
from kb.store import sorted_lines

PROTOCOL = "dp-10"

LONGEST = 5_000
"""Characters of what is said in one field."""

_TITLE = expand("dcterms:title")
_SAID_ELSEWHERE = {
    IDENTIFIER, _TITLE, *(expand(f"dcterms:{name}") for name in ("publisher", "license", "conformsTo"))
}  # fmt: skip
_LABEL = f"<{expand('skos:prefLabel')}>".encode()
_ACCESS, _PLACE = expand("dcterms:accessRights"), expand("dcterms:spatial")


@cache
def fields() -> tuple[Column, ...]:
    """The fields that may be said, in the order of the protocol."""
    return tuple(each for each in _record().columns if each.path not in _SAID_ELSEWHERE)


def sections() -> list[Section]:
    """The questions of the form, group by group, without those that are answered elsewhere."""
    asked = {each.id for each in fields()}
    found = []
    for section in entry.sections(_record()):
        parts = [tuple(each for each in part if each.id in asked) for part in (section.asked, section.further)]
        if any(parts):
            found.append(Section(section.heading, *parts))
    return found


def name_of(column: Column) -> str:
    """What programs and the command call a field: `covered-from`."""
    return slug(column.heading)


def named(name: str) -> Column:
    """The field of this name, or id of a column; raises BadInput with the names."""
    names = {name_of(each): each for each in fields()}
    found = names.get(slug(name)) or next((each for each in fields() if each.id == name), None)
    if found is None:
        raise BadInput(f"{name!r}: no field of a dataset{near_it(name, names)}; the fields are: {', '.join(names)}")
    return found


def chosen(given: ReadOnly[str, str]) -> dict[str, str]:
    """Of what a form or a program gives what is said of the dataset: column id → text; blank says nothing."""
    said = {each.id: (given.get(each.id) or given.get(name_of(each)) or "").strip() for each in fields()}
    return {id: text for id, text in said.items() if text}


def faults(said: ReadOnly[str, str], names: Names) -> dict[str, str]:
    """Column id → why what was said there cannot be used."""
    if long := {id: f"more than {LONGEST:,} characters; say less" for id, text in said.items() if len(text) > LONGEST}:
        return long
    made = _read(namespaces.HOME, "dataset", "", said, names)
    return {
        column.id: f"{each.sentence} {each.suggestion and f'Perhaps {each.suggestion}.'}".strip()
        for each in made.problems
        if each.level in ("must", "should") and (column := _record().headed(each.place.heading))
    }


def lines(
    base: str,
    dataset: str,
    title: str,
    said: ReadOnly[str, str],
    names: Names,
    before: Sequence[bytes] = (),
    place: str = "",
    *,
    defaults: bool = True,
) -> list[bytes]:
    """Sorted lines of the fields: as said, else as they were `before`.

    With `defaults`, what neither says is told from what is known: everybody may see what is published here, and it
    covers the place that its body serves (`place`, an address). Raises BadInput for what cannot be read.
    """
    iri = sorted_lines.written(namespaces.dataset(base, dataset))
    had = {line.split(b" ", 2)[1] for line in sorted_lines.about(before, iri)}
    known = {_ACCESS: concept("confidentiality", "public"), _PLACE: place} if defaults else {}
    told = {
        column.id: known[column.path]
        for column in fields()
        if known.get(column.path) and _written(column.path) not in had
    } | dict(said)
    if wrong := faults(told, names):
        id, sentence = next(iter(wrong.items()))
        heading = next(each.heading for each in fields() if each.id == id)
        raise BadInput(f"what is said of the dataset, {heading}: {sentence}")
    made = _read(base, dataset, title, told, names) if told else None
    fresh = _fresh(made, iri) if made else []
    return sorted({*fresh, *_kept(before, iri, fresh)})


def _fresh(made: Records, iri: bytes) -> list[bytes]:
    """What the row says, under the address that the dataset has; its parts, such as a period, are named within it and
    need no name in words.
    """
    (minted,) = (sorted_lines.written(each) for each in made.things)
    names = {minted: iri}
    for line in made.lines:
        subject, predicate, value = line[:-2].split(b" ", 2)
        if subject == minted and predicate in _leading():
            names[value] = iri[:-1] + b"#" + predicate[1:-1].rpartition(b"/")[2] + b">"
    found = []
    for line in made.lines:
        subject, predicate, value = line[:-2].split(b" ", 2)
        if predicate in _predicates() if subject == minted else predicate != _LABEL:
            found.append(b" ".join((names.get(subject, subject), predicate, names.get(value, value), b".")))
    return found


def _kept(before: Sequence[bytes], iri: bytes, fresh: Sequence[bytes]) -> list[bytes]:
    """What was said before of what is not said now; of a period that goes on, its other end."""
    now = {line.split(b" ", 2)[1] for line in fresh if line.startswith(iri + b" ")}
    again = set(fresh)
    found = []
    for line in sorted_lines.about(before, iri):
        predicate, part = line.split(b" ", 2)[1], sorted_lines.object_of(line)
        if predicate not in _predicates() or (predicate in now and line not in again):
            continue
        found.append(line)
        if predicate in _leading():
            said = {(each.split(b" ", 2)[0], each.split(b" ", 2)[1]) for each in fresh}
            about = sorted_lines.about(before, part)
            found += [each for each in about if (part, each.split(b" ", 2)[1]) not in said]
    return found


def _read(base: str, dataset: str, title: str, said: ReadOnly[str, str], names: Names) -> Records:
    """What is said, as a sheet of one row would say it."""
    record = _record()
    own = {column.id: text for column in record.columns for text in (_own(column, dataset, title),) if text}
    sheet = entry.grid(record, {id: [text] for id, text in {**own, **said}.items()})
    headed = {heading: column.id for heading in sheet.headings if (column := record.headed(heading))}
    mapping = Mapping(PROTOCOL, catalogue.protocol(PROTOCOL).version, record.id, headed)
    return records(sheet, mapping, record, Around(base, names))


def _own(column: Column, dataset: str, title: str) -> str:
    return {IDENTIFIER: dataset, _TITLE: title}.get(column.path, "") if not column.leading else ""


def _record() -> RecordColumns:
    return record_columns(PROTOCOL)[0]


@cache
def _predicates() -> frozenset[bytes]:
    return frozenset(_written(each.leading or each.path) for each in fields())


@cache
def _leading() -> frozenset[bytes]:
    return frozenset(_written(each.leading) for each in fields() if each.leading)


def _written(iri: str) -> bytes:
    return f"<{iri}>".encode()
