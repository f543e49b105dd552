"""Every notebook runs from top to bottom, with parameters that make it small."""

import importlib.util
import io
from pathlib import Path

import matplotlib.image
import nbformat
import numpy as np
import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
NOTEBOOKS = sorted(path.stem for path in EXAMPLES.glob("*.ipynb"))
SMALL = {
    "first_box": "",
    "interpolating_redshift": "redshifts = [3.0, 0.75, 0.0]; n_samples = 2",
    "kappa_and_the_tail": "kappas = [2.0, 20.0]; n_samples = 2",
    "real_against_fake": "n_samples = 2",
    "statistics_of_an_ensemble": "n_samples = 3; n_simulated = 3",
    "encode_your_own_box": "steps = 2",
    "multiscale_256": (
        "train_boxes, train_size, train_particles, train_grid = 2, 40, 40, 40\n"
        "settings = '--set data.n=12 --set networks.width=4 --set networks.depth=2 --set networks.condition_width=4 "
        "--set networks.critic_widths=4,8 --set updates.batch=2 --set updates.iterations=2'\n"
        "coarse_size, coarse_particles = 64, 32"
    ),
    "train_on_your_simulation": (
        "n_boxes, box_size, particles, grid = 2, 32, 32, 32\n"
        "redshifts = '1,0'\n"
        "settings = '--set data.n=16 --set data.coarsen=1 --set networks.coarse_size=8 --set networks.detail_levels=1 "
        "--set networks.widths=8,8 --set networks.critic_widths=8,8 --set updates.batch=2 --set updates.iterations=2'\n"
        "n_samples = 2"
    ),
}
"""What is put in place of each notebook's parameters."""

DRAWING = ("plt.subplots(", ".show()", "Explorer(")
"""What a cell says that leaves a picture."""


@pytest.fixture(scope="module")
def notebook_figures():
    """The script that runs notebooks."""
    spec = importlib.util.spec_from_file_location("notebook_figures", EXAMPLES / "notebook_figures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.timeout(600)  # some start the program several times
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_in_silence_and_draws_every_figure(notebook_figures, name, tmp_path, monkeypatch):
    monkeypatch.setenv("PYVISTA_JUPYTER_BACKEND", "static")
    notebook = notebook_figures.run(EXAMPLES / f"{name}.ipynb", tmp_path, SMALL[name], timeout=500)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    pictures = notebook_figures.figures(notebook)
    assert len(pictures) == sum(any(word in source for word in DRAWING) for source in sources)
    assert all(np.ptp(matplotlib.image.imread(io.BytesIO(picture))) > 0.5 for picture in pictures)
    said = [output for cell in notebook.cells for output in cell.get("outputs", []) if output.get("name") == "stderr"]
    assert not said


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_stored_without_what_running_it_leaves(name):
    notebook = nbformat.read(EXAMPLES / f"{name}.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.metadata.get("tags") for cell in cells].count(["parameters"]) == 1
    assert not any(cell.outputs or cell.execution_count for cell in cells)
