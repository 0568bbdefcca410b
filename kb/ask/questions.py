"""The questions that ship: one query file each, with what it asks in words in its leading comment."""

from functools import cache
from pathlib import Path

from kb import config
from kb.errors import NotFound
from kb.intake.query_file import Parameter, Question
from kb.intake.query_file import question as read

__all__ = ["Parameter", "Question", "question", "questions"]


@cache
def questions(folder: Path | None = None) -> tuple[Question, ...]:
    """Every question of the folder (by default what ships), by id; BadInput where a file asks nothing in words."""
    return tuple(read(path) for path in sorted((folder or config.shipped("queries")).glob("*.rq")))


def question(id: str) -> Question:
    """One question; raises NotFound with the known ones."""
    known = {each.id: each for each in questions()}
    if id not in known:
        raise NotFound(f"{id}: no such question; there are {', '.join(known)}")
    return known[id]
