"""Each question gives its expected answer (tests/queries/{id}.srj) on the knowledge that ships.

To write the answers again after the knowledge changed, and then read the difference:
    python -m tests.test_questions
"""

import json
from pathlib import Path
from typing import Any

import pytest

from kb import config
from kb.ask.query import answer
from kb.ask.questions import Question, question, questions
from kb.errors import BadInput, NotFound
from kb.store.folder import DataFolder
from kb.store.shipped import publish_shipped
from kb.store.snapshots import Snapshot, Snapshots

ANSWERS = Path(__file__).parent / "queries"


def shipped_snapshot(data: Path) -> Snapshot:
    publish_shipped(DataFolder(data), config.load({}, data=data))
    return Snapshots(DataFolder(data)).current()


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return shipped_snapshot(tmp_path_factory.mktemp("shipped"))


def answered(snapshot: Snapshot, asked: Question) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer(snapshot, asked.text, "json"))
    return found


@pytest.mark.parametrize("asked", questions(), ids=lambda asked: asked.id)
def test_a_question_gives_its_expected_answer(snapshot: Snapshot, asked: Question) -> None:
    expected = json.loads((ANSWERS / f"{asked.id}.srj").read_text(encoding="utf-8"))
    assert expected["results"]["bindings"], "an expected answer without rows would hold for anything"
    assert answered(snapshot, asked) == expected


def test_every_question_has_an_answer_and_every_answer_a_question() -> None:
    assert {path.stem for path in ANSWERS.glob("*.srj")} == {asked.id for asked in questions()}
    assert len(questions()) >= 15


def test_an_unknown_question_names_the_known_ones() -> None:
    with pytest.raises(NotFound, match="claimed-savings"):
        question("no-such")


def test_a_file_without_a_question_in_words_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mute.rq").write_text("SELECT * WHERE { ?s ?p ?o }", encoding="utf-8")
    with pytest.raises(BadInput, match=r"mute\.rq, line 1"):
        questions(tmp_path)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        current = shipped_snapshot(Path(folder))
        ANSWERS.mkdir(exist_ok=True)
        for each in questions():
            text = json.dumps(answered(current, each), ensure_ascii=False, indent=1)
            (ANSWERS / f"{each.id}.srj").write_text(text + "\n", encoding="utf-8")
