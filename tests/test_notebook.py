"""The notebook that a researcher starts from runs against a real server, from its first cell to its last."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from flask import Flask
from nbclient import NotebookClient

from kb.ask.query import answer
from kb.ask.questions import question
from web.reading import snapshot

NOTEBOOK = Path(__file__).parent.parent / "docs" / "researcher.ipynb"


@pytest.fixture(scope="module")
def run(shipped_address: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENDPOINT", f"{shipped_address}/sparql")
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        notebook = nbformat.read(NOTEBOOK, as_version=4)
        folder = tmp_path_factory.mktemp("notebook")
        return NotebookClient(notebook, timeout=40, resources={"metadata": {"path": str(folder)}}).execute()


def outputs(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


def test_it_is_kept_without_answers() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")


def test_every_cell_runs_without_a_warning_and_it_draws_a_plot(run: Any) -> None:
    assert all(cell.execution_count for cell in run.cells if cell.cell_type == "code")
    assert [output for output in outputs(run) if output.get("name") == "stderr"] == []
    assert len([output for output in outputs(run) if "image/png" in output.get("data", {})]) == 1


def test_it_shows_the_whole_answers_of_this_snapshot_and_cites_it(run: Any, shipped_site: Flask) -> None:
    with shipped_site.test_request_context():
        current = snapshot()
    forecasts = answer(current, question("forecasts-never-followed-up").text, "csv").decode().count("\r\n") - 1
    printed = "".join(output["text"] for output in outputs(run) if output.get("name") == "stdout")
    assert f"{forecasts} forecasts and hopes" in printed
    assert "all that there are" in printed
    assert printed.count(f"snapshot={current.id}") == 2
    assert "@misc{" in printed
