"""The competency questions: one query file each, with the question in words in its first comment line."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kb import config
from kb.ask.binding import parameters
from kb.errors import BadInput, NotFound


@dataclass(frozen=True)
class Question:
    """`id` is the file's stem; `notes` are the comment lines after the first; `text` is the whole SPARQL query."""

    id: str
    title: str
    notes: str
    text: str

    @property
    def parameters(self) -> dict[str, str]:
        """Parameter → its default, as written in the query."""
        return parameters(self.text)


@cache
def questions(folder: Path | None = None) -> tuple[Question, ...]:
    """Every question of the folder (by default what ships), by id; BadInput where a file asks nothing in words."""
    return tuple(_question(path) for path in sorted((folder or config.shipped("queries")).glob("*.rq")))


def question(id: str) -> Question:
    """One question; raises NotFound with the known ones."""
    known = {each.id: each for each in questions()}
    if id not in known:
        raise NotFound(f"{id}: no such question; there are {', '.join(known)}")
    return known[id]


def _question(path: Path) -> Question:
    text = path.read_text(encoding="utf-8")
    comments: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        comments.append(line.lstrip("# ").strip())
    if not comments or not comments[0].endswith("?"):
        raise BadInput(f"{path.name}, line 1: the first line is the question in words: # Which … ?")
    return Question(path.stem, comments[0], " ".join(comments[1:]), text)
