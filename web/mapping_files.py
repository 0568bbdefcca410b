"""The mapping of a submission as files to keep: as `whatworks` reads it, and as CSV on the Web metadata."""

import json

from flask import Blueprint, Response

from kb.errors import NotFound
from kb.mapping.csvw import csvw
from kb.mapping.mapping import Mapping, written_mappings
from kb.store import decisions
from kb.store.state import State
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submission
from web.authority import bearer, own, own_page, signed_in
from web.reading import reader

blueprint = Blueprint("mapping_files", __name__)


@blueprint.after_request
def _private(response: Response) -> Response:
    return own_page(response)


@blueprint.get("/publish/<id>/mapping.json")
def page_mapping(id: str) -> Response:
    """The mapping file. Raises NotFound where the submission has no sheet."""
    return _mapping(own(signed_in(), id))


@blueprint.get("/publish/<id>/mapping-csvw.json")
def page_csvw(id: str) -> Response:
    """The same as CSV on the Web. Raises NotFound likewise."""
    return _csvw(own(signed_in(), id))


@blueprint.get("/api/submissions/<id>/mapping")
def api_mapping(id: str) -> Response:
    """The mapping file, which can be posted to this address again. Raises NotFound likewise."""
    return _mapping(own(bearer("submit"), id))


@blueprint.get("/api/submissions/<id>/mapping-csvw")
def api_csvw(id: str) -> Response:
    """The same as CSV on the Web. Raises NotFound likewise."""
    return _csvw(own(bearer("submit"), id))


def _mapping(submission: Submission) -> Response:
    found = [mapping for _, mapping in _mappings(submission)]
    return _file(written_mappings(found), "application/json", f"{submission.dataset}-mapping.json")


def _csvw(submission: Submission) -> Response:
    """A file describes one table (Metadata Vocabulary for Tabular Data §5.4), several are a group of tables (§5.3)."""
    base = State(reader().folder).publisher(submission.publisher).base
    tables = [json.loads(csvw(mapping, file, base)) for file, mapping in _mappings(submission)]
    if len(tables) > 1:
        contexts = [table.pop("@context") for table in tables]
        content = {"@context": contexts[0], "tables": tables}
    else:
        content = tables[0]
    written = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    return _file(written, "application/csvm+json", f"{submission.dataset}-metadata.json")


def _mappings(submission: Submission) -> list[tuple[str, Mapping]]:
    """File and mapping of each sheet: as it was confirmed, else as it is proposed."""
    place = SubmissionFolder(reader().folder, submission.id)
    sheets = [each for each in place.decisions() if each.record]
    if not sheets:
        raise NotFound("this submission has no sheet that is read by a mapping")
    return [(each.file, decisions.decided(each, {}, number)) for number, each in enumerate(sheets)]


def _file(text: str, media_type: str, name: str) -> Response:
    response = Response(text, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
