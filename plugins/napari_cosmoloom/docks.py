"""The docks of slices and plots beside the explorer's own, and how wide they are."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import QObject, QTimer
from qtpy.QtWidgets import QWidget

from cosmoloom_explorer.layouts import Layout
from napari_cosmoloom import napari_window
from napari_cosmoloom.layers import FieldLayers
from napari_cosmoloom.slice_panel import SlicePanel
from napari_cosmoloom.statistics_panel import StatisticsPanel

SLICES_WIDTH = 344
"""Of the slices' dock beside the main view [pixels]."""
RESIZED = 50
"""Docks have their new sizes after this time [ms]."""


class Docks(QObject):
    """Opens the docks, gives them room and takes them out again.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose window they are in.
    slices, plots
        What they hold.
    layers : FieldLayers
        Fitted into the room that is left.
    parent : QWidget
        The explorer's own widget, whose width is not theirs.
    """

    def __init__(
        self, viewer: Any, slices: SlicePanel, plots: StatisticsPanel, layers: FieldLayers, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._viewer, self._panels, self._beside = viewer, (slices, plots), parent
        self._layers = layers
        self._docks: tuple[Any, ...] = ()
        self._width = 0
        self._resized = QTimer(self)
        self._resized.setSingleShot(True)
        self._resized.setInterval(RESIZED)
        self._resized.timeout.connect(self._on_resized)

    @property
    def slices(self) -> Any:
        """The dock of the slices."""
        return self._docks[0]

    @property
    def plots(self) -> Any:
        """The dock of the plots."""
        return self._docks[1]

    def open(self) -> None:
        """Add the docks to the window."""
        if not self._docks:
            add, (slices, plots) = self._viewer.window.add_dock_widget, self._panels
            self._docks = (
                add(slices, name="Slices", area="left", add_vertical_stretch=False),
                add(plots, name="Statistics", area="bottom"),
            )

    def make_room(self, layout: Layout) -> None:
        """Give the slices most of the window where they are the view, and else a column."""
        if self._docks:
            room = napari_window.main_window(self._viewer).width() - self._beside.width()
            self._width = int(0.8 * room) if layout == "orthogonal" else SLICES_WIDTH
            self._panels[0].place(wide=layout == "orthogonal")
            napari_window.resize_docks(self._viewer, {self.slices: self._width}, {})
            self._resized.start()

    def keep_camera(self) -> None:
        """Leave the camera where it is now, though docks may still have to find their sizes."""
        self._resized.stop()

    def _on_resized(self) -> None:
        width, self._width = self._width, 0
        if width and self.slices.width() != width:
            # The dock has not heard that its content has become narrower.
            self.slices.setMinimumWidth(self._panels[0].minimumSizeHint().width())
            napari_window.resize_docks(self._viewer, {self.slices: width}, {})
            self._resized.start()
        else:
            self._layers.enclose()

    def remove(self) -> bool:
        """Take the docks out; return whether there were any."""
        docks, self._docks = self._docks, ()
        for dock in docks:
            try:
                self._viewer.window.remove_dock_widget(dock)
            except (LookupError, RuntimeError):  # a person closed it before
                continue
            dock.deleteLater()
        for panel in self._panels:
            panel.deleteLater()
        return bool(docks)
