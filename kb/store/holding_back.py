"""Publishing what conforms: records that violate a protocol are left out, with all that only they lead to."""

from collections.abc import Sequence

from kb.errors import NotConforming
from kb.mapping.body import CLASS
from kb.mapping.unreadable import NOTHING, Unreadable
from kb.namespaces import expand
from kb.protocols.check import check
from kb.protocols.parts import Records, subject_of
from kb.protocols.report import Report, Severity
from kb.protocols.targets import instances_by_class

_DESCRIBING = {expand("dcat:Dataset"), expand("org:Organization"), CLASS}
"""Classes of what is said of a dataset whatever it holds (kb.store.dataset_description)."""


def conforming(
    lines: Sequence[bytes], report: Report, engine: str, unreadable: Unreadable = NOTHING
) -> tuple[list[bytes], Report, int]:
    """The lines of the records that conform and could be read, the report of these, and how many were left out.

    A thing that leads to one that is left out is left out too, so that nothing points at what is not there; the rest
    is checked anew until nothing in it violates. Raises NotConforming where nothing is left.
    """
    kept, held = list(lines), unreadable.rows
    unread = {f"<{iri}>".encode() for iri in unreadable.records}
    while unread or not report.conforms:
        records = Records(kept)
        bad = {f"<{each.focus}>".encode() for each in report.results if each.severity is Severity.VIOLATION}
        doomed = records.leading_to(bad | unread) & records.spans.keys()
        if not doomed:
            raise NotConforming("what violates a protocol is no single record; mend it and send it again", report)
        held += len(doomed)
        parts = records.reached(doomed) - doomed
        remaining = records.reached(records.spans.keys() - doomed - parts)
        gone = doomed | (parts - remaining)
        kept = [line for line in kept if subject_of(line) not in gone]
        if not kept or (_about_data(lines) and not _about_data(kept)):
            raise NotConforming("no record conforms, so none can be published; mend them and send them again", report)
        report, unread = check(kept, engine=engine), set()
    return kept, report, held


def _about_data(lines: Sequence[bytes]) -> bool:
    """Whether there is a record, and not only a description of the dataset and its publisher."""
    return bool(instances_by_class(lines).keys() - _DESCRIBING)
