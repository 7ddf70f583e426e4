"""Every notebook runs from top to bottom in a study, and defines nothing."""

import ast
import os
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "notebooks").glob("*.py"))


def test_there_are_four_notebooks():
    assert [path.stem for path in SCRIPTS] == [
        "01_academy_prepost", "02_monthly_media_tone", "03_walks_evaluation",
        "04_which_design",
    ]  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_notebook_is_what_its_script_says(script):
    notebook = nbformat.read(script.with_suffix(".ipynb"), as_version=4)
    wanted = jupytext.read(script)
    assert [(c.cell_type, c.source) for c in notebook.cells] == [
        (c.cell_type, c.source) for c in wanted.cells
    ]
    assert not any(cell.get("outputs") for cell in notebook.cells), "outputs are not committed"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_notebook_defines_nothing(script):
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    tree = ast.parse(script.read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, defined)]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("default")  # the kernel's own libraries warn
def test_the_notebook_runs(script, example):
    notebook = nbformat.read(script.with_suffix(".ipynb"), as_version=4)
    where = {"metadata": {"path": str(example.root / "notebooks")}}
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=where).execute()
    shown = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    assert any("Generated data" in str(o.get("data", {})) for o in shown)
    assert any("image/svg+xml" in o.get("data", {}) for o in shown)
    assert not [o for o in shown if o.output_type == "stream" and o.name == "stderr"]
