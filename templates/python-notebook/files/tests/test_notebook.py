from pathlib import Path

import nbformat
from nbclient import NotebookClient

PROJECT = Path(__file__).parents[1]


def test_the_notebook_runs_from_top_to_bottom() -> None:
    notebook = nbformat.read(PROJECT / "analysis.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": PROJECT}}).execute()
    printed = [output.text for cell in notebook.cells for output in cell.get("outputs", []) if "text" in output]
    assert printed == ["The warmest month was month 7.\n"]
