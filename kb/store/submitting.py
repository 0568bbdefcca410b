"""What a publisher does with its submissions: sends them, decides, publishes, discards; for pages and programs alike.

All raise Gone for a submission that was discarded, and WrongState where its state does not allow it.
"""

from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence

from kb.errors import BadInput, NotConforming
from kb.mapping.mapping import Mapping, read_mappings
from kb.protocols.catalogue import protocol
from kb.store import dataset_fields, releases
from kb.store.dataset_description import LICENCES, licence_iri
from kb.store.folder import DataFolder
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Method, Submission, Submissions, new_id
from kb.store.tokens import Token


def register(
    folder: DataFolder,
    token: Token,
    dataset: str,
    id: str,
    fields: ReadOnly[str, str],
    *,
    chosen: str = "",
    method: Method = "replace",
    at_once: bool = False,
    most: int | None = None,
) -> Submission:
    """Queues what lies in the folder of the new submission `id`, or leaves nothing of it.

    `fields`: title, licence (an IRI) and other fields of the dataset, and `mapping`, a file of mappings; `chosen`: a
    protocol; `most`: submissions that a publisher may send within an hour. Raises NotFound for an unknown protocol,
    BadInput, TooBusy.
    """
    place = SubmissionFolder(folder, id)
    try:
        for_protocol = protocol(chosen).id if chosen else ""
        place.make()
        if written := fields.get("mapping"):
            place.keep_mappings(mappings_of(written))
        if about := about_dataset(fields):
            place.keep_about(about)
        files = place.account()
        return Submissions(folder).add(
            id,
            token.publisher,
            dataset,
            files,
            token.name,
            protocol=for_protocol,
            method=method,
            at_once=at_once,
            most=most,
        )
    except BaseException:
        place.delete()
        raise


def restore(folder: DataFolder, token: Token, dataset: str, number: int, most: int | None = None) -> Submission:
    """Queues that release `number` is brought back, 0: that all content is taken back. Raises TooBusy."""
    numbers = releases.numbers(folder, token.publisher, dataset)
    return Submissions(folder).add(
        new_id(),
        token.publisher,
        dataset,
        [],
        token.name,
        method="restore",
        at_once=True,
        release=number,
        counts={"based_on": numbers[-1] if numbers else 0, "brought_back": number},
        most=most,
    )


def decide(folder: DataFolder, id: str, mappings: Sequence[Mapping], chosen: str = "") -> Submission:
    """Has the files read anew by these mappings, or where there are none by what is proposed for the protocol `chosen`.

    Raises NotFound for an unknown protocol.
    """
    for_protocol = protocol(chosen).id if chosen else ""

    def write() -> None:
        if mappings:
            SubmissionFolder(folder, id).keep_mappings(mappings)

    return Submissions(folder).queue(id, "read", protocol=for_protocol, write=write)


def check_again(folder: DataFolder, id: str) -> Submission:
    """Has the files read and checked anew, against what is published now."""
    return Submissions(folder).queue(id, "read")


def ask_to_publish(folder: DataFolder, token: Token, submission: Submission, *, hold_back: bool) -> Submission:
    """Queues the publication; raises NotConforming, with the report, where something stands against it."""
    if submission.state == "checked" and not submission.conforms and not hold_back:
        raise NotConforming(
            f"{submission.name}: violations of its protocols: {submission.counts.get('violations', 0)}, cells that "
            f"must be read and cannot be: {submission.counts.get('problems', 0)}; mend them and send the file again, "
            "or publish what conforms and hold the rest back",
            SubmissionFolder(folder, submission.id).report(),
        )
    deed = ("asked to publish", f"submission {submission.id[:8]}…")
    return Submissions(folder).queue(submission.id, "publish", hold_back=hold_back, deed=deed, token=token.name)


def discard(folder: DataFolder, token: Token, id: str) -> None:
    """Lets go of it and of its files."""
    Submissions(folder).discard(id, token=token.name)
    SubmissionFolder(folder, id).delete()


def say(folder: DataFolder, id: str, fields: ReadOnly[str, str]) -> Submission:
    """Has the files read anew, with what is said of the dataset in place of what was. Raises BadInput."""
    about = about_dataset(fields)
    return Submissions(folder).queue(id, "read", write=lambda: SubmissionFolder(folder, id).keep_about(about))


def about_dataset(fields: ReadOnly[str, str]) -> dict[str, str]:
    """What is kept of what was said of a dataset: title, licence (an IRI), and kb.store.dataset_fields by column id.

    Raises BadInput for another licence than those that can be chosen, by name or address as on the command line.
    """
    about = {name: fields[name].strip()[:300] for name in ("title", "licence") if fields.get(name)}
    if "licence" in about:
        written, about["licence"] = about["licence"], licence_iri(about["licence"])
        if about["licence"] not in LICENCES:
            choices = "; ".join(f"{name} ({iri})" for iri, name in LICENCES.items())
            raise BadInput(f"{written}: not one of the licences that can be chosen: {choices}")
    return about | dataset_fields.chosen(fields)


def mappings_of(text: str | bytes) -> list[Mapping]:
    """The mappings of a file that holds one, or a list of them; raises BadInput."""
    try:
        found = read_mappings(text if isinstance(text, str) else text.decode())
    except UnicodeDecodeError as error:
        raise BadInput(f"mapping: not UTF-8: {error}") from error
    if not found:
        raise BadInput("mapping: the list is empty")
    return found
