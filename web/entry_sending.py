"""A record entered in a form goes to a dataset of the publisher who has signed in: a submission that adds a row."""

from dataclasses import dataclass

from flask import g

from kb.errors import BadInput
from kb.protocols.catalogue import Protocol
from kb.protocols.columns import RecordColumns
from kb.protocols.templates import tables
from kb.store import releases
from kb.store.sessions import Sessions, form_key
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submission, new_id
from kb.store.submitting import register
from kb.store.tokens import Token
from web.authority import session_value
from web.reading import reader
from web.receiving import check_rate, most_an_hour
from web.submissions import check_dataset


@dataclass(frozen=True)
class Sender:
    """Who has signed in: the publisher, the names of its datasets, and the key that its forms carry."""

    publisher: str
    datasets: tuple[str, ...]
    form_key: str


def sender() -> Sender | None:
    """Who has signed in here, or nobody."""
    value = session_value()
    token = Sessions(reader().folder).token(value) if value else None
    if token is None:
        return None
    g.private = True
    names = [name for publisher, name in releases.datasets(reader().folder) if publisher == token.publisher]
    return Sender(token.publisher, tuple(names), form_key(value))


def send(token: Token, protocol: Protocol, record: RecordColumns, row: dict[str, str], dataset: str) -> Submission:
    """Queues the row to be added to what the dataset holds, which may be nothing yet.

    Raises BadInput for a name that no dataset may have, TooBusy where the publisher has sent many.
    """
    if not dataset:
        raise BadInput("Choose a dataset, or give a new one its name")
    check_dataset(token.publisher, dataset)
    check_rate(token.publisher)
    folder, id = reader().folder, new_id()
    path = SubmissionFolder(folder, id).place(1, tables.file_name(protocol.id, record))
    path.write_text(tables.table(record, [row]), encoding="utf-8", newline="")
    return register(folder, token, dataset, id, {}, chosen=protocol.id, method="add", most=most_an_hour())
