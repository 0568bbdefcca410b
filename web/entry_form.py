"""One record of a protocol entered in a form: checked as a sheet would be, and taken away as a row of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, Flask, Response, current_app, g, render_template, request

from kb.config import Settings
from kb.errors import BadInput, NotSignedIn
from kb.mapping.mapping import Mapping as SheetMapping
from kb.mapping.records import Around, Records, records
from kb.protocols import catalogue
from kb.protocols.catalogue import Protocol
from kb.protocols.check import check
from kb.protocols.columns import Column, RecordColumns
from kb.protocols.report import Severity
from kb.protocols.templates import entry, tables
from kb.protocols.templates.workbook import workbook
from kb.store.known_names import names_of
from web import entry_new, sign_in, turns
from web.asking import client
from web.authority import FIELD, own_page, signed_in
from web.body import body
from web.entry_sending import send, sender
from web.negotiation import CSV, HTML, choose
from web.protocol_template import XLSX
from web.reading import snapshot
from web.representation import respond, see_other

blueprint = Blueprint("entry_form", __name__)
blueprint.register_error_handler(NotSignedIn, sign_in.lead_here)

_BASE = "https://area.example"
"""Under which the record stands while it is checked; a publisher's own base is known when it is published."""

_NAMELESS = "Give it a name, or an identifier of your own: nothing tells yet what it is about."

AT_ONCE, PER_CLIENT = 4, 2
"""Records of strangers that are checked at a time in each worker, and for one client."""


def install(app: Flask) -> None:
    """Gives the application its count of records that are being checked."""
    turns.install(app, "records", "records are being checked", AT_ONCE, PER_CLIENT)


@blueprint.after_request
def _private(response: Response) -> Response:
    return own_page(response) if g.get("private") else response


Answers = Mapping[str, Sequence[str]]


@dataclass
class Checked:
    """What the check says of the answers: heading → sentences, and those that belong to no question."""

    faults: dict[str, list[str]] = field(default_factory=dict)
    """What must be put right."""
    advice: dict[str, list[str]] = field(default_factory=dict)
    """What should be better."""


@blueprint.get("/protocols/<id>/<name>/new")
def blank(id: str, name: str) -> Response:
    """The empty form. Raises NotFound."""
    protocol, record = _type(id, name)
    return _page(protocol, record, {}, None)


def filled(id: str, name: str, answers: Answers) -> Response:
    """The form with what is known of a record already. Raises NotFound."""
    return _page(*_type(id, name), answers, None)


@blueprint.post("/protocols/<id>/<name>/new")
def entered(id: str, name: str) -> Response:
    """The form with what is wrong (422), the checked record, or the record as a file. Raises NotFound, TooBusy."""
    protocol, record = _type(id, name)
    body()  # within bounds, before the form is read
    answers = {column.id: request.form.getlist(column.id) for column in record.columns}
    answers |= {name: request.form.getlist(name) for name in map(entry_new.field, record.columns)}
    asked = request.form.get("do", "check")
    if asked == "change":
        return _page(protocol, record, answers, None)
    with turns.of("records").taken(client()):
        checked = checked_record(protocol, record, answers)
    if checked.faults:
        response = _page(protocol, record, answers, checked)
        response.status_code = 422
        return response
    if asked in ("csv", "xlsx"):
        return _file(protocol, record, answers, asked)
    if asked != "send":
        return _page(protocol, record, answers, checked)
    token = signed_in("submit")
    dataset = (request.form.get("new-dataset", "") or request.form.get("dataset", "")).strip()
    try:
        decided = _mapping(protocol, record, answers, [each.heading for each in record.columns])
        return see_other(f"/publish/{send(token, record, _row(record, answers), dataset, decided).id}")
    except BadInput as error:
        response = _page(protocol, record, answers, checked, str(error))
        response.status_code = 400
        return response


def checked_record(protocol: Protocol, record: RecordColumns, answers: Answers) -> Checked:
    """Checks the record that the answers make, as a sheet of one row would be."""
    if not _filled(record, answers):
        return Checked({record.key.heading: ["Nothing is filled in yet."]})
    made = _made(protocol, record, answers)
    found = Checked()
    if not made.lines:  # nothing names the record; what else is wrong with it is told all the same
        _say(found.faults, record.key.heading, _NAMELESS)
        made = _made(protocol, record, {**answers, record.key.id: ["unnamed"]})
    for problem in made.problems:
        into = {"must": found.faults, "should": found.advice}.get(problem.level)
        column = record.headed(problem.place.heading)
        if problem.level == "should" and problem.place.written and column and not column.links_to:
            into = found.faults  # who fills in a form can put it right at once, and would lose what was written
        if into is not None:
            _say(into, problem.place.heading, f"{problem.sentence} {problem.suggestion}".strip())
    unread = {*found.faults, *found.advice}
    settings: Settings = current_app.config["SETTINGS"]
    try:
        report = check(made.lines, protocols=[protocol.id], engine=settings.shacl_engine)
    except BadInput as error:
        _say(found.faults, record.key.heading, str(error))
        return found
    for result in report.results:
        if result.severity is Severity.INFO:
            continue
        place = next(iter(made.locator.places(result)), None)
        heading = place.heading if place else ""
        into = found.faults if result.severity is Severity.VIOLATION else found.advice
        if not (heading and heading in unread):  # its value was left out, which has been said
            _say(into, heading, result.message)
    return found


def _made(protocol: Protocol, record: RecordColumns, answers: Answers) -> Records:
    sheet = entry.grid(record, answers)
    mapping = _mapping(protocol, record, answers, sheet.headings)
    return records(sheet, mapping, record, Around(_BASE, names_of(snapshot())))


def _mapping(
    protocol: Protocol, record: RecordColumns, answers: Answers, headings: Sequence[str]
) -> SheetMapping:
    """How a row with these headings is read, with what the answers make anew."""
    headed = {heading: column.id for heading in headings if (column := record.headed(heading))}
    new = entry_new.decisions(record, answers)
    return SheetMapping(protocol.id, protocol.version, record.id, headed, values=new)


def _say(into: dict[str, list[str]], heading: str, sentence: str) -> None:
    said = into.setdefault(heading, [])
    if sentence and sentence not in said:
        said.append(sentence)


def _type(id: str, name: str) -> tuple[Protocol, RecordColumns]:
    protocol = catalogue.protocol(id)
    return protocol, tables.record_named(protocol.id, name)


def _page(
    protocol: Protocol, record: RecordColumns, answers: Answers, checked: Checked | None, unsent: str = ""
) -> Response:
    """The form, or, once checked and without faults, the record; `unsent` says why it could not be sent."""
    found = checked or Checked()
    text = render_template(
        "entry-form.html",
        protocol=protocol,
        record=record,
        sections=entry.sections(record),
        answers=answers,
        headings={column.heading: column for column in record.columns},
        checked=checked,
        faults=_ordered(record, found.faults),
        advice=_ordered(record, found.advice),
        filled=_filled(record, answers),
        offers=entry_new.offers(record, answers, found.faults),
        new=entry_new.chosen(record, answers),
        sender=sender() if checked else None,
        field=FIELD,
        unsent=unsent,
        action=f"/protocols/{protocol.id}/{tables.slug(record)}/new",
    )
    return respond(text, choose((HTML,)))


def _ordered(record: RecordColumns, said: dict[str, list[str]]) -> dict[str, list[str]]:
    """In the order of the form."""
    places = {column.heading: place for place, column in enumerate(record.columns)}
    return dict(sorted(said.items(), key=lambda each: places.get(each[0], len(places))))


def _filled(record: RecordColumns, answers: Answers) -> list[tuple[Column, list[str]]]:
    values = [(column, [each for each in answers.get(column.id, ()) if each.strip()]) for column in record.columns]
    return [(column, given) for column, given in values if given]


def _row(record: RecordColumns, answers: Answers) -> dict[str, str]:
    """Id of a column → what its cell says."""
    sheet = entry.grid(record, answers)
    _, cells = sheet.rows[0]
    said = dict(zip(sheet.headings, cells, strict=True))
    return {column.id: said[heading] for heading in said if (column := record.headed(heading))}


def _file(protocol: Protocol, record: RecordColumns, answers: Answers, format: str) -> Response:
    row = _row(record, answers)
    if format == "xlsx":
        response = respond(workbook(protocol.id, {record.id: [row]}), XLSX)
    else:
        response = respond(tables.table(record, [row]), CSV)
    response.headers.set("Content-Disposition", "attachment", filename=f"{protocol.id}-{tables.slug(record)}.{format}")
    return response
