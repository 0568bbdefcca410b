"""What an entered record names and nobody has described yet: made with it where a name and a kind are enough for that,
else to be entered first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kb.mapping.new_things import decision, makeable
from kb.protocols.catalogue import protocols
from kb.protocols.columns import Column, RecordColumns, record_columns
from kb.protocols.templates import tables
from kb.protocols.templates.writing import DIVIDER

PLAIN = "yes"
"""What is chosen for a thing that has no kinds."""


@dataclass(frozen=True)
class Offer:
    """`kinds`: what can be chosen to make it with the record, none where that is not enough; `forms`: where each kind
    of thing that it may be is entered, name and address."""

    kinds: tuple[tuple[str, str], ...]
    forms: tuple[tuple[str, str], ...]


def field(column: Column) -> str:
    """The name of the form's field in which it is said that what a column names is new."""
    return f"new-{column.id}"


def offers(record: RecordColumns, answers: Mapping[str, Sequence[str]], refused: Collection[str]) -> dict[str, Offer]:
    """Column id → what is offered, for the columns whose headings were `refused` or of which something is new."""
    return {
        each.id: Offer(_kinds(each) if len(_names(answers, each)) == 1 else (), _forms(each))
        for each in record.columns
        if each.links_to and (each.heading in refused or any(answers.get(field(each), ()))) and answers.get(each.id)
    }


def chosen(record: RecordColumns, answers: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Name of a field of the form → what was chosen there."""
    found = {field(each): next(iter(answers.get(field(each), ())), "") for each in record.columns if each.links_to}
    return {name: kind for name, kind in found.items() if kind}


def decisions(record: RecordColumns, answers: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str]]:
    """Column id → what is written → the decision that makes it, for a mapping's values."""
    made = chosen(record, answers)
    found = {}
    for each in record.columns:
        kind = made.get(field(each), "")
        names = _names(answers, each)
        if len(names) == 1 and kind in dict(_kinds(each)):
            found[each.id] = {names[0]: decision(names[0], "" if kind == PLAIN else kind)}
    return found


def _names(answers: Mapping[str, Sequence[str]], column: Column) -> list[str]:
    """What is written in a field; of several names one decision could not say which is new."""
    texts = (text for answer in answers.get(column.id, ()) for text in answer.split(DIVIDER))
    return [text.strip() for text in texts if text.strip()]


def _kinds(column: Column) -> tuple[tuple[str, str], ...]:
    made = makeable(column)
    if made is None:
        return ()
    return tuple(made.kinds()) if made.kind else ((PLAIN, made.record.record.name),)


def _forms(column: Column) -> tuple[tuple[str, str], ...]:
    return tuple(
        (record.record.name, f"/protocols/{protocol.id}/{tables.slug(record)}/new")
        for protocol in protocols()
        for record in record_columns(protocol.id)
        if record.class_ in column.links_to
    )
