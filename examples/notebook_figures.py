"""Run notebooks from top to bottom and keep their figures as pictures.

python examples/notebook_figures.py examples/first_box.ipynb --out figures
python examples/notebook_figures.py examples/*.ipynb --set "n_samples = 4" --out figures
"""

import base64
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient


def parameters_of(notebook: nbformat.NotebookNode) -> int:
    """Return the number of the cell that is tagged as parameters."""
    return next(i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", []))


def run(path: Path, folder: Path, changes: str = "", timeout: float | None = None) -> nbformat.NotebookNode:
    """Run a notebook in a folder, with lines of Python after its parameters; return it with its outputs."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(parameters_of(notebook) + 1, nbformat.v4.new_code_cell(changes))
    # The program cosmoloom lies beside the Python that runs this.
    program = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    client = NotebookClient(notebook, timeout=timeout, kernel_name="python3", resources={"metadata": {"path": folder}})
    client.execute(env={**os.environ, "PATH": program})
    return notebook


def figures(notebook: nbformat.NotebookNode) -> list[bytes]:
    """Return the pictures that the cells of a notebook have drawn, as PNG files."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    drawn = (output["data"].get("image/png") for output in outputs if "data" in output)
    return [base64.b64decode(picture) for picture in drawn if picture]


def main() -> None:
    """Read the command line."""
    parser = ArgumentParser(description="Run notebooks and keep their figures.")
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--set", default="", help="lines of Python that follow the parameters")
    parser.add_argument("--out", type=Path, default=Path("figures"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for path in options.notebooks:
        with TemporaryDirectory() as folder:
            pictures = figures(run(path, Path(folder), options.set))
        for number, picture in enumerate(pictures, start=1):
            target = options.out / f"{path.stem}_{number}.png"
            target.write_bytes(picture)
            print(target)


if __name__ == "__main__":
    main()
