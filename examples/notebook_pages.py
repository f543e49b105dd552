"""Show notebooks in JupyterLab and keep what their pages look like: wide and narrow, light and dark, on one sheet each.

python examples/notebook_pages.py examples/first_box.ipynb --out docs/pictures/pages
python examples/notebook_pages.py examples/*.ipynb --set "n_samples = 4" --out docs/pictures/pages

A browser is needed (apt install chromium).  The notebooks run for real, so that their widgets and 3D views are alive.
"""

import os
import sys
from argparse import ArgumentParser
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from notebook_figures import parameters_of
from PIL import Image

from ipycosmoloom.lab import Lab, command, open_browser, open_lab, open_notebook

WIDTHS = (1180, 560)
"""Of the cells [pixels]: a wide screen, and half of one or a phone."""
TALLEST = 9000
THEMES = ("JupyterLab Light", "JupyterLab Dark")
DRAWN_AFTER, SETTLED_AFTER = 15.0, 6.0
"""Views in 3D begin to draw when their cell has ended; widgets, plots and themes follow a new width [s]."""
SHEET, GAP = 1000, 8
"""Width of a sheet, and of what is between its pages [pixels]."""
QUIET = """() => {
  const style = document.createElement("style");
  style.textContent = ".jp-Notebook-footer, .jp-toast, .Toastify, .jp-InputArea-prompt { display: none !important; }";
  document.head.append(style);
}"""
DRESS = "(theme) => { window.jupyterapp.commands.execute('apputils:change-theme', { theme }); }"
DONE = """() => {
  const { content } = window.jupyterapp.shell.currentWidget;
  const codes = content.widgets.filter((cell) => cell.model.type === "code" && cell.model.sharedModel.source);
  return codes.every((cell) => cell.model.executionCount > 0 && cell.model.executionState !== "running");
}"""
END = """() => {
  const last = [...document.querySelectorAll(".jp-Notebook .jp-Cell")].at(-1).getBoundingClientRect();
  const panel = document.querySelector(".jp-WindowedPanel-outer").getBoundingClientRect();
  return [panel.left, panel.top, panel.width, last.bottom - panel.top];
}"""


def pages(page: Any, lab: Lab, name: str, patience: float) -> list[Image.Image]:
    """Run a notebook of the server's folder; return its pages, narrow after wide, dark after light."""
    page.set_viewport_size({"width": WIDTHS[0] + 60, "height": TALLEST})
    open_notebook(page, lab, name)
    page.evaluate(QUIET)
    for closed in ("application:toggle-left-area", "application:toggle-right-area"):
        if page.locator(".jp-SideBar-content:visible, #jp-left-stack:visible, #jp-right-stack:visible").count():
            command(page, closed)
    command(page, "notebook:run-all-cells")
    page.wait_for_function(DONE, timeout=1e3 * patience)
    page.wait_for_timeout(1e3 * DRAWN_AFTER)
    found = []
    for width in WIDTHS:
        for theme in THEMES:
            page.evaluate(DRESS, theme)
            page.set_viewport_size({"width": width + 60, "height": TALLEST})
            page.wait_for_timeout(1e3 * SETTLED_AFTER)
            page.evaluate("document.activeElement?.blur()")
            left, top, across, high = page.evaluate(END)
            clip = {"x": left, "y": top, "width": across, "height": min(high + 12, TALLEST - top)}
            found.append(Image.open(BytesIO(page.screenshot(clip=clip, timeout=120_000))).convert("RGB"))
    return found


def sheet(found: list[Image.Image]) -> Image.Image:
    """Return pages side by side, all on the same scale."""
    scale = (SHEET - GAP * (len(found) - 1)) / sum(one.width for one in found)
    small = [one.resize((round(one.width * scale), round(one.height * scale))) for one in found]
    made = Image.new("RGB", (SHEET, max(one.height for one in small)), (128, 128, 128))
    left = 0
    for one in small:
        made.paste(one, (left, 0))
        left += one.width + GAP
    return made


def main() -> None:
    """Read the command line."""
    parser = ArgumentParser(description="Keep what notebooks look like in JupyterLab.")
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--set", default="", help="lines of Python that follow the parameters")
    parser.add_argument("--patience", type=float, default=1800.0, help="longest time that a notebook may run [s]")
    parser.add_argument("--out", type=Path, default=Path("pages"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    # The program cosmoloom lies beside the Python that runs this.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    with TemporaryDirectory() as folder, open_lab(Path(folder)) as lab, open_browser() as browser:
        for path in options.notebooks:
            notebook = nbformat.read(path, as_version=4)
            if options.set:
                notebook.cells.insert(parameters_of(notebook) + 1, nbformat.v4.new_code_cell(options.set))
            nbformat.write(notebook, Path(folder) / path.name)
            page = browser.new_page()
            target = options.out / f"{path.stem}.jpg"
            sheet(pages(page, lab, path.name, options.patience)).save(target, quality=45, optimize=True)
            page.close()
            print(target)


if __name__ == "__main__":
    main()
