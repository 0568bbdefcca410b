"""Reading a question: a SPARQL query file whose leading comment says in words what it asks, and with which parameters.

    # Which lessons come up in three or more pilots?
    # What a reader should know besides. A copied lesson does not count.
    # number: 28
    # keywords: lessons, pilots
    # parameter theme: skos:Concept in theme - The theme to look at
    # parameter least: xsd:integer - How many pilots at least
    # fixture: lessons from three pilots

The first line is the question, lines without a name the description. `number` is its place in the list of competency
questions. `fixture` says which data would answer it, where what ships can't. A parameter has a type (a class, a
datatype, or the concepts of a code list) and its default in the first `VALUES (?theme ?least) { (UNDEF 3) }` of the
query; UNDEF: any. A single parameter may have several defaults, one a row.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.errors import BadInput
from kb.namespaces import PREFIXES

UNDEF = "UNDEF"
PARAMETERS = re.compile(r"VALUES\s*\(((?:\s*\?\w+)+)\s*\)\s*\{\s*\(([^{}]*)\)\s*\}")
"""The block of the parameters: their names, and their defaults as written."""

DEFAULT = re.compile(r'"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^[^\s()]+)?|<[^<>\s]*>|[^\s()]+')

_NEXT_ROW = re.compile(r"\)\s*\(")
_FIELD = re.compile(r"(number|keywords|fixture|parameter\s+\w+):\s*(.*)")
_DECLARED = re.compile(r"(\w+:\w+)(?:\s+in\s+([a-z-]+))?\s+-\s+(.+)")
_FORM = re.compile(r"^\s*(SELECT|ASK|CONSTRUCT)\b", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Parameter:
    """`type` is a compact name, `code_list` the scheme of its concepts; `defaults` are as written, none: any value."""

    name: str
    type: str
    code_list: str | None
    description: str
    defaults: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """`id` is the file's stem, `text` the whole SPARQL query; `fixture` is None where what ships answers it."""

    id: str
    title: str
    description: str
    keywords: tuple[str, ...]
    number: int | None
    fixture: str | None
    parameters: tuple[Parameter, ...]
    text: str

    @property
    def form(self) -> str:
        """`select`, `ask` or `construct`."""
        found = _FORM.search(self.text)
        return found[1].lower() if found else "select"

    @property
    def query(self) -> str:
        """The query without its leading comment."""
        return "".join(self.text.splitlines(keepends=True)[_length_of_comment(self.text) :])


def parameters(text: str) -> dict[str, str]:
    """The parameters that a query declares, each with its defaults as written; empty when it declares none.

    A first block of several variables with several rows is a table of the query's own, not parameters.
    """
    found = PARAMETERS.search(text)
    if found is None or (_NEXT_ROW.search(found[2]) and len(found[1].split()) > 1):
        return {}
    names = [name.lstrip("?") for name in found[1].split()]
    defaults = DEFAULT.findall(found[2])
    if len(names) == 1 and defaults:
        return {names[0]: " ".join(defaults)}
    if len(names) != len(defaults):
        raise ValueError(f"{len(names)} parameters have {len(defaults)} defaults in: {found[0]}")
    return dict(zip(names, defaults, strict=True))


def question(path: Path) -> Question:
    """The question of a file; BadInput with file and line where its comment does not say what it must."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read as UTF-8 text: {error}") from error
    comments = [line.lstrip("# ").strip() for line in text.splitlines()[: _length_of_comment(text)]]
    if not comments or not comments[0].endswith("?"):
        raise BadInput(f"{path.name}, line 1: the first line is the question in words: # Which … ?")
    if _FORM.search(text) is None:
        raise BadInput(f"{path.name}: a question is a SELECT, ASK or CONSTRUCT query")
    said: dict[str, str] = {}
    description: list[str] = []
    for line, comment in enumerate(comments[1:], start=2):
        field = _FIELD.fullmatch(comment)
        if field is None:
            description.append(comment)
        elif field[1] in said or not field[2] or (field[1] == "number" and not field[2].isdecimal()):
            raise BadInput(f"{path.name}, line {line}: {field[1]} is said twice, or not as it should be: {comment}")
        else:
            said[field[1]] = field[2]
    return Question(
        id=path.stem,
        title=comments[0],
        description=" ".join(description),
        keywords=tuple(word.strip() for word in said.get("keywords", "").split(",") if word.strip()),
        number=int(said["number"]) if "number" in said else None,
        fixture=said.get("fixture"),
        parameters=tuple(_parameters(path, text, said)),
        text=text,
    )


def _parameters(path: Path, text: str, said: dict[str, str]) -> Iterator[Parameter]:
    try:
        defaults = parameters(text)
    except ValueError as error:
        raise BadInput(f"{path.name}: {error}") from error
    declared = {field.split()[1]: value for field, value in said.items() if field.startswith("parameter")}
    if declared.keys() != defaults.keys():
        differ = ", ".join(sorted(declared.keys() ^ defaults.keys()))
        raise BadInput(f"{path.name}: declared in only one of the comment and the first VALUES: {differ}")
    for name, default in defaults.items():
        found = _DECLARED.fullmatch(declared[name])
        if found is None or found[1].partition(":")[0] not in PREFIXES:
            raise BadInput(f"{path.name}: # parameter {name}: write type and meaning, as xsd:integer - The least grade")
        given = tuple(DEFAULT.findall(default)) if default != UNDEF else ()
        yield Parameter(name, found[1], found[2], found[3], given)


def _length_of_comment(text: str) -> int:
    """How many lines the leading comment has."""
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
