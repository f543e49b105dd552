"""How the fields are shown, and steps back."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QButtonGroup, QHBoxLayout, QLabel

from cosmoloom.keys import Colouring
from cosmoloom_explorer import ExplorerState
from napari_cosmoloom.controls.section import Report, Section, button

COLOURINGS: tuple[Colouring, ...] = ("density", "error")


class DisplaySection(Section):
    """Volume or slice, panels, undo, redo and reset."""

    undo = Signal()
    redo = Signal()
    reset_camera = Signal()
    keys = Signal()

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("VIEW", state, report)
        self.volume = button("3D volume", "Show the whole volume (Ctrl+Alt+3).")
        self.slice = button("2D slice", "Show one slice, fast on any machine (Ctrl+Alt+2).")
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        for index, choice in ((3, self.volume), (2, self.slice)):
            choice.setCheckable(True)
            self._group.addButton(choice, index)
        self._group.idClicked.connect(lambda index: self.put("ndisplay", index))
        camera = button("fit", "Fit both fields into view.")
        camera.clicked.connect(self.reset_camera)
        self._row(self.volume, self.slice, camera)
        self.density = button("density", "Colours show the density \u03c1, scaled with \u03ba.")
        self.error = button(
            "error of \u03c1",
            "Colours show how much a small error of the network grows in the density:\n"
            "(d\u03c1/dx) dx / \u03c1 in every voxel, for the network's scaling.",
        )
        self._colours = QButtonGroup(self)
        for index, choice in enumerate((self.density, self.error)):
            choice.setCheckable(True)
            self._colours.addButton(choice, index)
        self._colours.idClicked.connect(lambda index: self.put("colouring", COLOURINGS[index]))
        self._row(QLabel("colours"), self.density, self.error)
        self.undo_button = button("undo", "Take back the last change (Ctrl+Alt+Z; Ctrl+Z in this panel).")
        self.redo_button = button("redo", "Bring back what was undone (Ctrl+Alt+Y; Ctrl+Shift+Z in this panel).")
        self.undo_button.clicked.connect(self.undo)
        self.redo_button.clicked.connect(self.redo)
        reset = button("reset", "Back to the opening redshift, \u03ba and latent; the seed stays.")
        reset.clicked.connect(lambda: self.attempt(state.reset))
        keys = button("keys", "List what keys do (Ctrl+Alt+K).")
        keys.clicked.connect(self.keys)
        self._row(self.undo_button, self.redo_button, reset, keys)
        state.events.ndisplay.connect(self._on_ndisplay_changed)
        state.events.colouring.connect(self._on_colouring_changed)
        self._on_ndisplay_changed(state.ndisplay)
        self._on_colouring_changed(state.colouring)
        self.show_history(can_undo=False, can_redo=False)

    def show_history(self, *, can_undo: bool, can_redo: bool) -> None:
        """Offer the steps that there are."""
        self.undo_button.setEnabled(can_undo)
        self.redo_button.setEnabled(can_redo)

    def _row(self, *buttons: object) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        for each in buttons:
            row.addWidget(each, 1)
        self.rows.addLayout(row)

    def _on_colouring_changed(self, colouring: Colouring) -> None:
        (self.density if colouring == "density" else self.error).setChecked(True)

    def _on_ndisplay_changed(self, ndisplay: int) -> None:
        (self.volume if ndisplay == 3 else self.slice).setChecked(True)
