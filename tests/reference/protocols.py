"""docs/reference/protocols.md and protocols/: what each data protocol asks for, and what its check says."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby

from kb.namespaces import compact
from kb.protocols import catalogue
from kb.protocols.background import local_name
from kb.protocols.catalogue import Protocol
from kb.protocols.fields import Field, Record, fields
from kb.protocols.templates.about import OBLIGATIONS
from kb.vocabulary import term

from .code_lists import link
from .markdown import MADE, code, codes, table
from .markdown import page as joined

HEAD = f"""# The data protocols

{MADE} A protocol says what a record must hold so that areas can be compared. Each is one file of SHACL in
[shapes/](../../shapes), a page `/protocols/dp-NN` of a site, and a template to fill in: `whatworks template dp-NN`,
or `/protocols/dp-NN.xlsx`. The check is `whatworks check FILE --protocol dp-NN`.

A field is asked for in one of three ways:

{{meanings}}

The pages below give for each field what to write and, word for word, what the check says where it is not so. A
sentence that stops publication begins with **Must** where the field itself may be left out; a word in *italics* is
the severity of a rule that looks at more than one field."""


def index() -> str:
    """The page that lists them."""
    meanings = "\n".join(f"- **{word}**: {meaning}." for word, meaning in OBLIGATIONS.items())
    rows = [
        (f"[{each.id}](protocols/{each.id}.md)", each.title, _records(each), each.version)
        for each in catalogue.protocols()
    ]
    return joined([HEAD.format(meanings=meanings), table(("protocol", "title", "records", "version"), rows)])


def _records(protocol: Protocol) -> str:
    return ", ".join(record.name for record in fields(protocol.id))


def pages() -> Iterator[tuple[str, Callable[[], str]]]:
    """A page for each protocol."""
    for each in catalogue.protocols():
        yield f"protocols/{each.id}.md", partial(_page, each)


def _page(protocol: Protocol) -> str:
    return joined([*_head(protocol), *(part for record in fields(protocol.id) for part in _record(record))])


def _head(protocol: Protocol) -> Iterator[str]:
    yield f"# {protocol.id}: {protocol.title[0].lower()}{protocol.title[1:]}"
    yield f"{MADE} All protocols: [protocols.md](../protocols.md)."
    yield protocol.description
    said = [f"Version {protocol.version}, in [shapes/{protocol.id}.ttl](../../../shapes/{protocol.id}.ttl)."]
    titles = {each.iri: each for each in catalogue.protocols()}
    if parents := [titles[iri] for iri in protocol.profile_of]:
        said.append(f"Its data must satisfy {', '.join(f'[{each.id}]({each.id}.md)' for each in parents)} too.")
    if protocol.compares_records:
        said.append("Some of its rules compare records, so that a submission is checked whole.")
    yield " ".join(said)


def _record(record: Record) -> Iterator[str]:
    yield f"## {record.name}"
    yield f"{record.description} Class: {', '.join(map(_class, record.target_classes))}.".strip()
    for group, found in groupby(record.fields, key=lambda each: each.group):
        if group:
            yield f"**{group.label}**"
        yield table(("field", "asked", "what to write", "what the check says otherwise"), _rows(tuple(found), 0))


def _rows(found: tuple[Field, ...], depth: int) -> Iterator[tuple[str, str, str, str]]:
    for each in found:
        path = each.path if " " in each.path or "<" in each.path else compact(each.path)
        yield (
            f"{'– ' * depth}**{each.name}**<br>{code(path)}",
            each.obligation,
            "<br>".join(filter(None, (each.description, _holds(each), _examples(each)))),
            "<br>".join(_said(each)),
        )
        yield from _rows(each.fields, depth + 1)


def _holds(field: Field) -> str:
    words = [f"a code of {link(field.code_list.iri, '../')}" if field.code_list else field.kind]
    words += field.bounds
    words.append("may be repeated" if field.max_count is None else "")
    return f"*{'; '.join(filter(None, words))}*"


def _examples(field: Field) -> str:
    shown = [local_name(each) if field.code_list else each for each in field.examples]
    return f"For example {codes(shown)}" if shown else ""


def _said(field: Field) -> Iterator[str]:
    louder = field.severity.obligation != field.obligation and field.severity.obligation == "Must"
    for message in field.messages:
        yield f"**Must**: {message}" if louder else message
    for rule in field.rules:
        yield f"*{rule.obligation}*: {rule.message}"


def _class(iri: str) -> str:
    known = term(iri)
    return f"{known.label} ({code(compact(iri))})" if known else code(compact(iri))
