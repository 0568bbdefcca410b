"""A query as it is written: its triple patterns, filters and groups, each with its place in the text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

HIDDEN = "__step"
"""How the variables start that stand for nodes without a name."""

LONGEST_SHOWN = 100
"""Characters of the query that a sentence repeats."""

_VARIABLES = re.compile(r"[?$](\w+)")


@dataclass(frozen=True)
class Place:
    """Where something stands; both count from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


@dataclass(frozen=True)
class Reason:
    """Why an answer is empty: where in the query, what is so, and what to do; the words are without a full stop."""

    what: str
    advice: str = ""
    at: Place | None = None

    def __str__(self) -> str:
        place = f"{str(self.at).capitalize()}: " if self.at else ""
        return f"{place}{self.what}." + (f" {self.advice}." if self.advice else "")


@dataclass(frozen=True)
class Node:
    """One place of a triple pattern, as a query writes it; `term` is None for variables and paths."""

    text: str
    term: NamedNode | Literal | None = None
    path: bool = False
    steps: tuple[NamedNode, ...] = ()
    """The properties of a path."""

    @property
    def open(self) -> bool:
        """Whether any term may stand there."""
        return self.term is None


@dataclass(frozen=True)
class Pattern:
    """A triple pattern, or one step of a path; `shown` is all that stands there, `step` its property if of several."""

    subject: Node
    predicate: Node
    object: Node
    shown: str
    at: Place
    step: str = ""

    @property
    def text(self) -> str:
        """The pattern as a statement of its own."""
        return f"{self.subject.text} {self.predicate.text} {self.object.text} ."

    @property
    def reversed(self) -> str:
        """The statement with subject and object exchanged."""
        return f"{self.object.text} {self.predicate.text} {self.subject.text} ."

    @property
    def turned(self) -> str:
        """The same as a reader is told to write it."""
        return " ".join(
            "?x" if node.text.startswith(f"?{HIDDEN}") else node.text
            for node in (self.object, self.predicate, self.subject)
        )

    @property
    def variables(self) -> frozenset[str]:
        """The names of its variables."""
        return frozenset(_VARIABLES.findall(self.subject.text + " " + self.predicate.text + " " + self.object.text))


@dataclass(frozen=True)
class Clause:
    """A part of a group that is no triple pattern: filter, minus, optional, union, graph, values, bind or select."""

    kind: str
    text: str
    at: Place
    groups: tuple["Group", ...] = ()
    graph: Node | None = None
    values: tuple[NamedNode | Literal, ...] = ()

    @property
    def removes(self) -> bool:
        """Whether it only takes solutions away."""
        return self.kind in ("filter", "minus")

    @property
    def shown(self) -> str:
        """The clause in one line."""
        return shortened(self.text)

    @property
    def variables(self) -> frozenset[str]:
        """The names of all variables in it."""
        return frozenset(_VARIABLES.findall(self.text))


Part = Pattern | Clause


@dataclass(frozen=True)
class Group:
    """What stands between two braces, in order."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Named:
    """An IRI that stands outside the pattern: of a graph after FROM (`named` after FROM NAMED), or described."""

    iri: NamedNode
    text: str
    at: Place
    named: bool = False


@dataclass(frozen=True)
class Modifier:
    """What follows the pattern and can leave nothing of its solutions; `without` is the query with nothing there."""

    kind: str
    """`offset` (LIMIT with it), `having` or `values`."""
    shown: str
    at: Place
    without: str
    values: tuple[NamedNode | Literal, ...] = ()


@dataclass(frozen=True)
class Written:
    """A query: what stands before its form, the graphs of its dataset clauses, its pattern, and what follows that."""

    form: str
    prologue: str
    dataset: str
    graphs: tuple[Named, ...]
    where: Group | None
    namespaces: dict[str, str] = field(default_factory=dict)
    limit: int | None = None
    modifiers: tuple["Modifier", ...] = ()
    described: tuple[Named, ...] = ()


def shortened(text: str) -> str:
    """The text in one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]} …"


def variables_between(parts: Sequence[Part], part: Part) -> list[str]:
    """The variables that a part shares with others, those without a name left out; sorted."""
    before = frozenset[str]().union(*(other.variables for other in parts))
    return sorted(name for name in before & part.variables if not name.startswith(HIDDEN))
