"""The questions that ship, as a program reads them: what each asks, what can be chosen in it, whether it has data."""

from collections.abc import Iterator
from typing import NotRequired

from typing_extensions import TypedDict

from kb.ask.questions import Parameter, Question, matching, questions, written
from kb.errors import NotFound
from web.question import href
from web.reading import snapshot


class Choice(TypedDict):
    """A parameter, and how its values are written; without `default` none need be given."""

    name: str
    meaning: str
    kind: str
    default: NotRequired[list[str]]


class ListedQuestion(TypedDict):
    """A question; `lacks` says which data it waits for."""

    id: str
    question: str
    about: str
    keywords: list[str]
    choices: list[Choice]
    lacks: NotRequired[str]
    address: str


class QuestionList(TypedDict):
    """Questions, and how many there are besides."""

    questions: list[ListedQuestion]
    total: int
    snapshot: str


def listed(words: str, site: str) -> QuestionList:
    """The questions in which all the words occur, those that have data first; `site` is the address of this site.

    Raises NotFound, which lists the subjects, where there is none.
    """
    found = matching(words)
    if not found:
        subjects = ", ".join(sorted({each.subject for each in questions()}))
        raise NotFound(f"{words!r}: no question has these words; the subjects are {subjects}")
    found.sort(key=lambda each: (bool(each.fixture), each.subject, each.title))
    return {
        "questions": [_listed(each, site) for each in found],
        "total": len(questions()),
        "snapshot": snapshot().id,
    }


def text(told: QuestionList) -> str:
    """The list as text, a line for each question and for what can be chosen in it."""
    return "\n".join(_lines(told))


def _listed(asked: Question, site: str) -> ListedQuestion:
    found: ListedQuestion = {
        "id": asked.id,
        "question": asked.title,
        "about": asked.description,
        "keywords": list(asked.keywords),
        "choices": [_choice(each) for each in asked.parameters],
        "address": f"{site}{href(asked.id)}",
    }
    if asked.fixture:
        found["lacks"] = asked.fixture
    return found


def _choice(parameter: Parameter) -> Choice:
    kind = f"{parameter.code_list}/code" if parameter.code_list else parameter.type
    found: Choice = {"name": parameter.name, "meaning": parameter.description, "kind": kind}
    if parameter.defaults:
        found["default"] = [written(term) for term in parameter.defaults]
    return found


def _lines(told: QuestionList) -> Iterator[str]:
    yield f"{len(told['questions'])} of {told['total']} questions. Snapshot {told['snapshot']}."
    for each in told["questions"]:
        lacks = f" (waits for data: {each['lacks']})" if "lacks" in each else ""
        yield f"{each['id']}: {each['question']}{lacks}"
        for choice in each["choices"]:
            default = f", default {' '.join(choice['default'])}" if "default" in choice else ", optional"
            yield f"    {choice['name']} ({choice['kind']}{default}): {choice['meaning']}"
