"""Does what the controls for recording ask for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Qt
from qtpy.QtWidgets import QFileDialog, QProgressDialog

from cosmoloom.errors import CosmoloomError
from cosmoloom_explorer.exports import DATA, FIGURES, export_data, save_figure
from cosmoloom_explorer.publication_figure import publication_figure
from cosmoloom_explorer.shots import plan

if TYPE_CHECKING:
    from napari_cosmoloom.explorer import Explorer

RATE = 25.0
"""Frames per second of a movie."""
FULL_TURN = 360.0
MOVIES = "Movies (*.mp4 *.gif);;Folder of pictures (*)"


class Recorder(QObject):
    """Movies, figures and data of one explorer; a refusal is one line in its panel."""

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer)
        self._explorer = explorer
        section = explorer.controls.record
        section.movie.connect(lambda: self._ask("Save the movie", "universe.mp4", MOVIES, self.movie))
        section.figure.connect(lambda: self._ask("Save the figure", "universe.pdf", _kinds(FIGURES), self.figure))
        section.data.connect(lambda: self._ask("Save the density", "universe.npz", _kinds(DATA), self.data))

    def movie(self, path: str | Path) -> None:
        """Film what the controls say, with a window that shows progress and can cancel."""
        from napari_cosmoloom.movie import record

        explorer, section = self._explorer, self._explorer.controls.record
        way, limits = section.way.currentData(), explorer.state.limits
        shots = plan(
            explorer.keeper.session(),
            round(RATE * section.seconds.value()),
            redshifts=(limits.redshift[1], limits.redshift[0]) if way == "redshift" else None,
            turn=FULL_TURN if way == "turn" else 0.0,
        )
        dialog = QProgressDialog("Filming", "Cancel", 0, len(shots), explorer.controls)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)  # a slider moved meanwhile would be in the movie
        dialog.setMinimumDuration(0)

        def progress(done: int, _total: int) -> bool:
            dialog.setValue(done)
            return not dialog.wasCanceled()

        try:
            record(explorer, path, shots, rate=RATE, size=section.size.currentData(), progress=progress)
        finally:
            dialog.close()
            dialog.deleteLater()

    def figure(self, path: str | Path) -> None:
        """Save slices and statistics in the style of a paper."""
        presenter = self._explorer.presenter
        if presenter.frame is not None and presenter.statistics is not None:
            state = self._explorer.state.snapshot()
            save_figure(path, publication_figure(presenter.frame, presenter.statistics.statistics, state))

    def data(self, path: str | Path) -> None:
        """Save the generated density."""
        if self._explorer.presenter.frame is not None:
            export_data(path, self._explorer.presenter.frame, self._explorer.state.snapshot())

    def _ask(self, title: str, name: str, kinds: str, save: Callable[[str], None]) -> None:
        path, _ = QFileDialog.getSaveFileName(self._explorer.controls, title, name, kinds)
        if not path:
            return
        try:
            save(path)
        except CosmoloomError as error:
            self._explorer.controls.show_error(str(error))
        else:
            self._explorer.viewer.status = f"saved: {path}"


def _kinds(suffixes: tuple[str, ...]) -> str:
    return f"Files ({' '.join('*' + suffix for suffix in suffixes)})"
