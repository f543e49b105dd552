"""The explorer in JupyterLab, in a real browser: one notebook, page and kernel, in the order of the tests."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pytest

from ipycosmoloom.bench import DRAG
from ipycosmoloom.lab import Lab, command, show_notebook

pytestmark = pytest.mark.timeout(900)  # a server, a browser and a kernel start first
POSITIONS = 100
PATIENCE = 200_000
"""Longest wait for anything [ms]."""
SWITCH_OF_WEBGL = """
const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind === "webgl2" && window.withoutWebGL ? null : get.call(this, kind, ...rest);
};
"""
IN_KERNEL = """async (code) => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  const future = kernel.requestExecute({ code: "", user_expressions: { value: code }, store_history: false });
  return (await future.done).content.user_expressions.value.data["text/plain"];
}"""
RUN_CELL = """(index) => {
  window.jupyterapp.shell.currentWidget.content.activeCellIndex = index;
  window.jupyterapp.commands.execute("notebook:run-cell");
}"""
PIXELS = """(canvas) => {
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [160, 80];
  const context = copy.getContext("2d");
  context.drawImage(canvas, 0, 0, copy.width, copy.height);
  return [...context.getImageData(0, 0, copy.width, copy.height).data];
}"""
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
CUT = f"""() => {{
  const kernel = {KERNEL};
  kernel.serverSettings.WebSocket = class extends WebSocket {{
    constructor(url, ...rest) {{ super("ws://127.0.0.1:9/", ...rest); }}
  }};
  kernel._ws.close();
}}"""
"""The connection ends, and new ones go where nobody listens."""
EXPLORER, BUSY, PARTS, WITHOUT_WEBGL = range(4)
CELLS = (
    "from ipycosmoloom import Explorer\nexplorer = Explorer({folder!r})\nexplorer",
    "import time\ntime.sleep(3600)",
    """from ipycosmoloom import RedshiftSlider, SliceView, StatisticsView
from ipywidgets import HBox, VBox
parts = [RedshiftSlider(explorer), SliceView(explorer), StatisticsView(explorer)]
VBox([parts[0], HBox(parts[1:])])""",
    "from ipycosmoloom import VolumeView\nflat = VolumeView(explorer)\nflat",
)


def pixels(canvas: Any) -> np.ndarray:
    """Return the colours of a canvas, shape (m, 4)."""
    return np.array(canvas.evaluate(PIXELS), dtype=np.uint8).reshape(-1, 4)


class Notebook:
    """A notebook in a page; its first cell shows an explorer of the tiny model."""

    def __init__(self, lab: Lab, page: Any) -> None:
        self.lab, self.page = lab, page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def run(self, cell: int) -> None:
        self.page.evaluate(RUN_CELL, cell)

    def ask(self, expression: str) -> Any:
        return json.loads(self.page.evaluate(IN_KERNEL, expression))

    def wait_for(self, condition: str, **options: Any) -> None:
        """Wait for a condition on the first explorer, which is named ``root``, and what it shows, ``shown``."""
        script = f"""(given) => {{
          const root = document.querySelector(".cosmoloom");
          const shown = root && {{ redshift: Number(root.dataset.redshift), plotted: Number(root.dataset.plotted) }};
          return root && ({condition});
        }}"""
        self.page.wait_for_function(script, timeout=PATIENCE, **options)

    def wait_until_settled(self) -> None:
        redshift = self.ask("explorer.redshift")
        self.wait_for("shown.redshift === given && shown.plotted === given", arg=redshift)
        assert self.ask("explorer.live.frame.view.field.redshift") == redshift

    def click_slider(self, share: float) -> None:
        slider = self.page.locator(".cosmoloom").first.locator(".cl-slider input[type=range]").first
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        self.page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)

    @property
    def message(self) -> str:
        return self.page.locator(".cl-alert").first.inner_text()

    def until(self, reached: Callable[[], bool], otherwise: str) -> None:
        end = monotonic() + 1e-3 * PATIENCE
        while not reached():
            assert monotonic() < end, otherwise
            self.page.wait_for_timeout(200)


@pytest.fixture(scope="module")
def notebook(lab: Lab, browser: Any, tiny_model_folder: Path) -> Iterator[Notebook]:
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.add_init_script(SWITCH_OF_WEBGL)
    opened = Notebook(lab, page)
    show_notebook(page, lab, [cell.format(folder=str(tiny_model_folder)) for cell in CELLS], run=False)
    opened.run(EXPLORER)
    opened.wait_for("Number.isFinite(shown.plotted)")
    yield opened
    page.close()


def test_after_a_drag_through_100_positions_the_last_frame_is_the_last_state(notebook):
    drag = notebook.page.evaluate(DRAG, [POSITIONS, 10])
    assert [redshift for _, redshift in drag["frames"]] == sorted(
        (redshift for _, redshift in drag["frames"]), reverse=True
    ), "a frame came after a newer one"
    assert drag["frames"][-1][1] == notebook.ask("explorer.redshift") == 0.0
    notebook.wait_until_settled()


def test_mouse_and_keys_move_the_slider(notebook):
    notebook.click_slider(0.5)
    notebook.wait_for("shown.redshift > 1 && shown.redshift < 2")
    before = notebook.ask("explorer.redshift")
    notebook.page.keyboard.press("ArrowLeft")
    notebook.wait_for("shown.redshift < given", arg=before)
    assert notebook.ask("explorer.redshift") == pytest.approx(before - 0.003)
    notebook.wait_until_settled()


def test_the_notebook_keeps_a_picture_for_where_no_kernel_runs(notebook):
    command(notebook.page, "docmanager:save")
    notebook.page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty", timeout=PATIENCE)
    saved = json.loads((notebook.lab.folder / "notebook.ipynb").read_text())
    assert len(saved["cells"][EXPLORER]["outputs"][0]["data"]["image/png"]) > 10_000


def test_the_saved_notebook_exports_to_a_page_with_that_picture(notebook):
    exporter = pytest.importorskip("nbconvert").HTMLExporter
    saved = notebook.lab.folder / "notebook.ipynb"
    page, _ = exporter().from_filename(str(saved))
    picture = json.loads(saved.read_text())["cells"][EXPLORER]["outputs"][0]["data"]["image/png"]
    assert f"data:image/png;base64,{picture[:60]}" in page


def test_volumes_are_drawn_and_turned_by_keys(notebook):
    page = notebook.page
    page.get_by_role("button", name="volume").click()
    canvas = page.locator(".cl-volume-pixels").first
    page.wait_for_function("document.querySelector('.cl-volume-pixels')?.width > 300", timeout=PATIENCE)
    notebook.until(lambda: pixels(canvas)[:, :3].std() > 5, "nothing was drawn")
    notebook.wait_until_settled()
    page.wait_for_timeout(1000)
    before = pixels(canvas)
    page.locator(".cl-volume-overlay").first.focus()
    page.keyboard.press("ArrowRight")
    notebook.until(lambda: (before != pixels(canvas)).mean() > 0.01, "the key turned nothing")
    page.get_by_role("button", name="slices").click()


def test_parts_in_a_layout_of_ones_own_move_together(notebook):
    notebook.run(PARTS)
    everywhere = "[...document.querySelectorAll('.cosmoloom')].filter((one) => Number(one.dataset.redshift) === given)"
    here = notebook.ask("explorer.redshift")
    notebook.wait_for(f"{everywhere}.length === 4", arg=here)
    assert notebook.ask("setattr(parts[0], 'redshift', 0.25) or 1") == 1
    notebook.wait_for(f"{everywhere}.length === 4", arg=0.25)
    assert notebook.ask("[part.close() for part in parts] and 1") == 1


def test_without_webgl_pictures_of_the_kernel_stand_in(notebook):
    page = notebook.page
    page.evaluate("window.withoutWebGL = true")
    notebook.run(WITHOUT_WEBGL)
    overlay = page.locator(".cosmoloom").last.locator(".cl-volume-overlay")
    overlay.wait_for(timeout=PATIENCE)
    page.wait_for_function("[...document.querySelectorAll('.cosmoloom')].at(-1).dataset.redshift", timeout=PATIENCE)
    notebook.until(lambda: pixels(overlay)[:, 0].std() > 5, "nothing was drawn")
    assert notebook.ask("flat.close() or 1") == 1


def test_a_busy_kernel_is_explained_and_an_interrupt_brings_the_picture(notebook):
    notebook.run(BUSY)
    notebook.page.wait_for_function(f"{KERNEL}.status === 'busy'", timeout=PATIENCE)
    notebook.click_slider(0.3)
    notebook.wait_for("['waiting', 'silent'].includes(root.dataset.state)")
    assert "busy with a cell" in notebook.message
    command(notebook.page, "notebook:interrupt-kernel")
    notebook.wait_for("root.dataset.state === 'live' && shown.plotted > 0.5 && shown.plotted < 1.5")
    assert notebook.message == ""
    notebook.wait_until_settled()


def test_a_lost_connection_is_explained_and_comes_back_with_what_was_set_meanwhile(notebook):
    page = notebook.page
    page.evaluate(CUT)
    notebook.wait_for("root.dataset.state === 'away'")
    assert "No connection to the kernel" in notebook.message
    notebook.click_slider(0.7)
    page.evaluate(f"() => {{ {KERNEL}.serverSettings.WebSocket = WebSocket; {KERNEL}.reconnect(); }}")
    notebook.wait_for("root.dataset.state === 'live' && shown.plotted > 1.8")
    assert notebook.message == ""
    notebook.wait_until_settled()


def test_a_restarted_kernel_is_explained_and_the_cell_makes_another_explorer(notebook):
    before = notebook.ask("__import__('os').getpid()")
    notebook.page.evaluate(f"() => {{ {KERNEL}.restart(); }}")
    notebook.wait_for("root.dataset.state === 'gone'")
    assert "Run its cell again" in notebook.message
    assert notebook.ask("int('explorer' in globals())") == 0
    notebook.run(EXPLORER)
    notebook.wait_for("root.dataset.state === 'live' && Number.isFinite(shown.plotted)")
    assert notebook.page.locator(".cosmoloom").count() == 1
    assert len(notebook.lab.ask("GET", "kernels")) == 1
    assert not Path(f"/proc/{before}").exists(), "the old kernel still runs"
    own = "sum(thread.name.startswith('cosmoloom-') for thread in __import__('threading').enumerate())"
    assert notebook.ask(own) == 2, "a worker of the explorer and the engine's thread"


def test_the_page_saw_no_error(notebook):
    assert notebook.errors == []
