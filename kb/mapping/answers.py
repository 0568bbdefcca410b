"""Whether what a person answers about a value is understood, before files are read by it."""

from kb.mapping.mapping import Mapping
from kb.mapping.plan import is_point
from kb.mapping.values.codes import NEW
from kb.mapping.values.names import Names
from kb.mapping.values.reader import reader
from kb.protocols.columns import RecordColumns


def misunderstood(answer: str, column: str, mapping: Mapping, about: RecordColumns, names: Names) -> str:
    """Why the answer cannot be used in the column with this id, in a sentence; empty where it can, or says nothing."""
    field = about.column(column)
    if not answer or answer.startswith(NEW) or is_point(field):
        return ""
    said = reader(field, Mapping(mapping.protocol, mapping.version, mapping.record, dates=mapping.dates), names)(answer)
    if said.terms or said.remark is None:
        return ""
    choices = f" Perhaps {', or '.join(said.remark.choices[:3])}." if said.remark.choices else ""
    return said.remark.sentence + choices
