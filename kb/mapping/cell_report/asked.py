"""What the shapes ask of a field, for whoever fills in its cell: its name, the form of a value, an example."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from kb.errors import either
from kb.mapping.values.codes import code_labels
from kb.protocols.background import background, local_name
from kb.protocols.catalogue import protocols
from kb.protocols.columns import Column
from kb.protocols.fields import CodeList, Field, fields

LISTED = 6
"""Labels of a code list that are named one by one."""

FORMS = {
    "text in a language": "text",
    "true or false": "yes or no",
    "point or shape, as WKT": "a point, such as POINT (1.3861 51.3897)",
}
"""Kind of a field (kb.protocols.fields) → what that is in a cell; any other is as it is."""


@dataclass(frozen=True)
class Asked:
    """Of one property shape."""

    name: str
    form: str = ""
    example: str = ""
    bounds: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    """IRIs of the code lists that it takes values from."""

    def suggestion(self, written: str) -> str:
        """What to write instead of what was written, or into the empty cell."""
        if written and self.schemes:
            near = [each for each in code_labels(self.schemes).find(written, close=False).near if each != written]
            if near:
                return perhaps(near)
        if self.schemes:
            labels = code_labels(self.schemes).all_shown()
            shown = ", ".join(labels[:LISTED])
            more = len(labels) - LISTED
            return f"Write one of: {shown}" + (f" … ({more} more in the code list)." if more > 0 else ".")
        parts = [self.form, *self.bounds, f"such as {self.example}" if self.example else ""]
        told = ", ".join(part for part in parts if part)
        return f"Write {told.rstrip('.')}." if told else ""


def perhaps(meant: Sequence[str]) -> str:
    """What may have been meant, nearest first: `Perhaps “Freehold” or “Leasehold”.`"""
    return f"Perhaps {either([f'“{each}”' for each in meant])}."


def asked(shape: str) -> Asked | None:
    """What a property shape of a protocol that ships asks for; None for any other shape."""
    return _all().get(shape)


def asked_in(column: Column) -> Asked:
    """What belongs into the cells of a column."""
    if column.part:
        return Asked(column.heading, column.description.rstrip(".").rpartition(": ")[2])
    lists = column.code_lists if column.field.code_list is None else (column.field.code_list,)
    return _asked(column.field, lists)


@cache
def _all() -> dict[str, Asked]:
    found: dict[str, Asked] = {}
    for protocol in protocols():
        for record in fields(protocol.id):
            for each in _within(record.fields):
                said = _asked(each, (each.code_list,) if each.code_list else ())
                found[each.shape] = said
                for rule in each.rules:
                    found.setdefault(rule.shape, replace(said, name=rule.name))
    return found


def _within(found: Iterable[Field]) -> Iterator[Field]:
    for each in found:
        yield each
        yield from _within(each.fields)


def _asked(field: Field, lists: tuple[CodeList, ...]) -> Asked:
    if field.fields:
        return Asked(field.name)
    form = FORMS.get(field.kind, field.kind)
    if form.startswith("link to"):
        form = "the name or the web address of the thing"
    example = field.examples[0] if field.examples else ""
    if lists:
        example = background().label(example) if "://" in example else example
        return Asked(field.name, form, example, field.bounds, tuple(each.iri for each in lists))
    if "://" in example and field.datatype is None:
        example = local_name(example).replace("-", " ").title()
    return Asked(field.name, form, "" if "such as" in form else example, field.bounds)
