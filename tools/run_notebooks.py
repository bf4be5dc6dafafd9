"""Run the example notebooks and keep their outputs: ``python tools/run_notebooks.py``."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

PROJECT = Path(__file__).resolve().parents[1]


def run(file: Path) -> None:
    """Run a notebook in its own kernel; logs and second copies of pictures are not kept."""
    notebook = nbformat.read(file, as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": PROJECT}}).execute()
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
            for output in cell.outputs:
                output.get("data", {}).pop("image/jpeg", None)
    notebook.metadata.language_info = {"name": "python"}
    nbformat.write(notebook, file)


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = str(PROJECT)
    for found in sorted((PROJECT / "examples").glob("*.ipynb")):
        run(found)
