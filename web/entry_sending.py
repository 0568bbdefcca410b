"""A record entered in a form goes to a dataset of the publisher who has signed in: a submission that adds a row."""

from dataclasses import dataclass

from flask import g

from kb.errors import BadInput, NotSignedIn
from kb.mapping.mapping import Mapping, written_mappings
from kb.protocols.columns import RecordColumns
from kb.protocols.templates import tables
from kb.store import releases
from kb.store.sessions import form_key
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submission, new_id
from kb.store.submitting import register
from kb.store.tokens import Token
from web.authority import session_token, session_value
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
    """Who has signed in here, or nobody, as when a session has ended: the form is anybody's."""
    try:
        token = session_token()
    except NotSignedIn:
        return None
    g.private = True
    names = [name for publisher, name in releases.datasets(reader().folder) if publisher == token.publisher]
    return Sender(token.publisher, tuple(names), form_key(session_value()))


def send(token: Token, record: RecordColumns, row: dict[str, str], dataset: str, mapping: Mapping) -> Submission:
    """Queues the row to be added to what the dataset holds, which may be nothing yet. The mapping is that of the row,
    and goes with it where it decides something.

    Raises BadInput for a name that no dataset may have, TooBusy where the publisher has sent many.
    """
    if not dataset:
        raise BadInput("Choose a dataset, or give a new one its name")
    check_dataset(token.publisher, dataset)
    check_rate(token.publisher)
    folder, id = reader().folder, new_id()
    path = SubmissionFolder(folder, id).place(1, tables.file_name(mapping.protocol, record))
    path.write_text(tables.table(record, [row]), encoding="utf-8", newline="")
    fields = {"mapping": written_mappings([mapping])} if mapping.values else {}
    return register(folder, token, dataset, id, fields, chosen=mapping.protocol, method="add", most=most_an_hour())
