"""Reading a question: a SPARQL query file whose leading comment says in words what it asks, and with which parameters.

    # Which lessons come up in three or more pilots?
    # What a reader should know besides. A copied lesson does not count.
    # number: 28
    # keywords: lessons, pilots
    # parameter theme: skos:Concept in theme - The theme to look at
    # parameter least: xsd:integer - How many pilots at least
    # chart: desirable, mixed by strength
    # money: low, high in currency
    # fixture: lessons from three pilots

The first line is the question, those up to the first named one the description. `keywords` begins with the subject
under which the question is listed. `number` is its place in the list of competency questions. `fixture` says which
data would answer it, where what ships can't. A parameter has a type (a class, a datatype, or the concepts of a code
list) and its default in the first `VALUES (?theme ?least) { (UNDEF 3) }` of the query; UNDEF: any. A single parameter
may have several defaults, one a row. `chart` names the numbers to draw, several as parts of one bar, and the columns
that say whose they are, where the answer alone does not tell; `money` the columns that are sums of money, and the one
with the code of their currency.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal

from kb.errors import BadInput, QueryError, QueryRefused, near_it
from kb.intake import sparql
from kb.intake.cell import DATATYPES, of_datatype
from kb.intake.sparql import Term
from kb.intake.text import read_text
from kb.namespaces import PREFIXES, compact, expand
from kb.vocabulary import codes, terms

SUFFIX = ".rq"

BESIDE = frozenset(["format", "question", "snapshot"])
"""Names of what is said beside the parameters when a question is asked."""

TAKEN = BESIDE | {"limit", "offset", "query", "timeout", "update"}
"""Names that no parameter may have, since they mean something else to those who ask."""

ANYTHING = "rdfs:Resource"
"""The type of a parameter that takes any thing."""

_FIELD = re.compile(r"(number|keywords|chart|money|fixture|parameter\s+\w+):\s*(.*)")
_MISSPELT = re.compile(r"((?:[a-z]\w*\s+)?\w+|Parameter\s+\w+):(?:\s.*)?")
_DECLARED = re.compile(r"(\w+:\w+)(?:\s+in\s+([a-z-]+))?\s+-\s+(.+)")
_CHART = re.compile(r"(\w+(?:, \w+)*) by (\w+(?:, \w+)*)")
_MONEY = re.compile(r"(\w+(?:, \w+)*) in (\w+)")
_WANTED = "write type and meaning, as xsd:integer - The least grade, or skos:Concept in theme - The theme"


@dataclass(frozen=True)
class Parameter:
    """`type` is a compact name, `code_list` the scheme of its concepts; without `defaults` any value will do."""

    name: str
    type: str
    code_list: str | None
    description: str
    defaults: tuple[Term, ...]


@dataclass(frozen=True)
class Chart:
    """What to draw of an answer: bars of these numbers, several as parts of one bar, named by the columns `by`."""

    numbers: tuple[str, ...]
    by: tuple[str, ...]


@dataclass(frozen=True)
class Money:
    """The columns of an answer that are sums of money, and the column with the code of their currency (ISO 4217)."""

    amounts: tuple[str, ...]
    currency: str


@dataclass(frozen=True)
class Question:
    """`id` is the file's stem, `text` the whole file; `fixture` is None where what ships answers it.

    `form` is `select`, `ask` or `construct`; `query` is the text without the leading comment.
    """

    id: str
    title: str
    description: str
    keywords: tuple[str, ...]
    number: int | None
    fixture: str | None
    parameters: tuple[Parameter, ...]
    form: str
    query: str
    text: str
    chart: Chart | None = None
    money: Money | None = None

    @property
    def subject(self) -> str:
        """The keyword under which the question is listed: its first."""
        return self.keywords[0]

    @property
    def waits(self) -> str | None:
        """The sentence that says which data the question waits for; None where what ships answers it."""
        return f"This question waits for data: {self.fixture}." if self.fixture else None


def question(path: Path) -> Question:
    """The question of a file.

    Raises BadInput, with file and line as far as there is one, where the file cannot be read, its comment does not say
    what it must, its query is not well formed, or a default is not of its type.
    """
    text = read_text(path)
    lines = text.splitlines(keepends=True)
    length = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    title, description, said = _said(path, [line.lstrip("# ").strip() for line in lines[:length]])
    keywords = tuple(word.strip() for word in said.get("keywords", "").split(",") if word.strip())
    if not keywords:
        raise BadInput(f"{path}: a question is found by keywords, the first its subject: # keywords: lessons, pilots")
    try:
        form = sparql.form(text)
        sparql.check(text)
    except (BadInput, QueryRefused) as error:
        raise BadInput(f"{path}: {error}") from error
    except QueryError as error:
        raise BadInput(f"{path}{': ' if error.line is None else ', '}{error}") from error
    chart = _columns(path, text, said, "chart", _CHART, "findings by strength")
    money = _columns(path, text, said, "money", _MONEY, "low, high in currency")
    return Question(
        id=path.stem,
        title=title,
        description=" ".join(description),
        keywords=keywords,
        number=int(said["number"]) if "number" in said else None,
        fixture=said.get("fixture"),
        parameters=tuple(_parameters(path, text, said)),
        form=form,
        query="".join(lines[length:]),
        text=text,
        chart=Chart(*chart) if chart else None,
        money=Money(money[0], money[1][0]) if money else None,
    )


def _said(path: Path, comments: list[str]) -> tuple[str, list[str], dict[str, str]]:
    """The question in words, its description, and its fields by name."""
    if not comments or not comments[0].endswith("?"):
        raise BadInput(f"{path}, line 1: the first line is the question in words: # Which … ?")
    said: dict[str, str] = {}
    description: list[str] = []
    for line, comment in enumerate(comments[1:], start=2):
        field = _FIELD.fullmatch(comment)
        if field is None:
            if misspelt := _MISSPELT.fullmatch(comment):
                known = "number, keywords, chart, money, fixture and parameter NAME"
                raise BadInput(f"{path}, line {line}: {misspelt[1]!r} is no field; there are {known}")
            if comment and said:
                raise BadInput(f"{path}, line {line}: the description stands before the fields, each field on one line")
            description += [comment] if comment else []
            continue
        name = " ".join(field[1].split())
        if name in said:
            raise BadInput(f"{path}, line {line}: {name} is said twice")
        if not field[2] or (name == "number" and not field[2].isdecimal()):
            raise BadInput(f"{path}, line {line}: {name} is not as it should be: {comment}")
        said[name] = field[2]
    return comments[0], description, said


def _columns(
    path: Path, text: str, said: dict[str, str], field: str, form: re.Pattern[str], example: str
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The two lists of columns that `chart` or `money` names; None where the comment has no such line."""
    if field not in said:
        return None
    found = form.fullmatch(said[field])
    if found is None:
        raise BadInput(f"{path}: # {field}: write columns of the answer, as {example}")
    first, second = (tuple(names.split(", ")) for names in found.groups())
    known = sparql.variables(text)
    for name in (*first, *second):
        if name not in known:
            raise BadInput(f"{path}: # {field}: the answer has no column {name}{near_it(name, known)}")
    return first, second


def _parameters(path: Path, text: str, said: dict[str, str]) -> Iterator[Parameter]:
    try:
        block = sparql.values(text)
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from error
    defaults = sparql.terms(text, block) if block else {}
    declared = {name.split()[1]: value for name, value in said.items() if name.startswith("parameter ")}
    if declared.keys() != defaults.keys():
        differ = ", ".join(sorted(declared.keys() ^ defaults.keys()))
        raise BadInput(f"{path}: declared in only one of the comment and the first VALUES: {differ}")
    for name, given in defaults.items():
        found = _DECLARED.fullmatch(declared[name])
        if found is None or found[1].partition(":")[0] not in PREFIXES:
            raise BadInput(f"{path}: # parameter {name}: {_WANTED}")
        if name in TAKEN:
            raise BadInput(f"{path}: # parameter {name}: no parameter may be called {' or '.join(sorted(TAKEN))}")
        if found[2] and not codes(found[2]):
            raise BadInput(f"{path}: # parameter {name}: there is no code list {found[2]}")
        if wrong := _mistyped(found[1], given):
            raise BadInput(f"{path}: # parameter {name}: {wrong}")
        yield Parameter(name, found[1], found[2], found[3], given)


def _mistyped(type: str, defaults: Sequence[Term]) -> str | None:
    """What is wrong where the type is not known, or a default is not of it."""
    known = {ANYTHING, *map(compact, DATATYPES), *(compact(each.iri) for each in terms() if each.kind == "class")}
    if type not in known:
        return f"there is no type {type}{near_it(type, known)}"
    wrong = next((default for default in defaults if not _is_of(default, type)), None)
    return None if wrong is None else f"the default {wrong} is no {type}"


def _is_of(default: Term, type: str) -> bool:
    """Whether a literal is of the datatype; which class a thing has, no query file says."""
    if expand(type) in DATATYPES:
        return isinstance(default, Literal) and of_datatype(default, expand(type))
    return type == ANYTHING or not isinstance(default, Literal)
