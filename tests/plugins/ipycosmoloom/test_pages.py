"""The sheets of pages in the docs show notebooks that were run, at both widths and in both themes."""

import importlib
from pathlib import Path

import numpy as np
import pytest
from nbformat import v4, write

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.mark.timeout(600)  # a server and a browser start first
def test_a_sheet_shows_wide_and_narrow_light_and_dark_pages(lab, browser, monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)
    shown = importlib.import_module("notebook_pages")
    monkeypatch.setattr(shown, "DRAWN_AFTER", 0.1)
    monkeypatch.setattr(shown, "SETTLED_AFTER", 1.0)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [v4.new_markdown_cell("# A title"), v4.new_code_cell("print(6 * 7)")]
    notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    write(notebook, lab.folder / "page.ipynb")
    page = browser.new_page()
    found = shown.pages(page, lab, "page.ipynb", 100)
    page.close()
    assert [one.width > 900 for one in found] == [True, True, False, False]
    assert [float(np.asarray(one).mean()) > 128 for one in found] == [True, False, True, False]
    assert shown.sheet(found).width == shown.SHEET
