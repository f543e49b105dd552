"""What a restless person does to the window: moves any slider, presses any button, turns the camera, at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from qtpy.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QDoubleSpinBox, QSpinBox, QWidget

if TYPE_CHECKING:
    from napari_cosmoloom.explorer import Explorer

DIALOGS = ("\N{HORIZONTAL ELLIPSIS}", "keys", "copy")
"""In the labels of buttons that open another window, or write to the clipboard."""
KINDS = (QAbstractSlider, QAbstractButton, QComboBox, QSpinBox, QDoubleSpinBox)


class RandomEvents:
    """Draws controls of an explorer and does something to them, as a hand would.

    Parameters
    ----------
    explorer : Explorer
        Whose controls, slices, plots and camera are used; models are not changed.
    seed : int
        Of the draws.
    """

    def __init__(self, explorer: Explorer, seed: int) -> None:
        self._explorer = explorer
        self._rng = np.random.default_rng(seed)

    def act(self) -> str:
        """Do one thing and return what, in a few words."""
        if self._rng.random() < 0.2:
            return self._turn_camera()
        widgets = self._widgets()
        widget = widgets[int(self._rng.integers(len(widgets)))]
        name = widget.accessibleName() or getattr(widget, "text", str)() or widget.toolTip().partition("\n")[0]
        self._use(widget)
        return f"{type(widget).__name__} {name!r}"

    def _widgets(self) -> list[QWidget]:
        explorer = self._explorer
        found = [
            widget
            for panel in (explorer.controls, explorer.slices, explorer.plots)
            for kind in KINDS
            for widget in panel.findChildren(kind)
        ]
        return [widget for widget in found if self._usable(widget)]

    def _usable(self, widget: QWidget) -> bool:
        if not (widget.isEnabled() and widget.isVisible()) or self._explorer.controls.model.isAncestorOf(widget):
            return False
        if widget.objectName().startswith("qt_") or type(widget).__name__ == "QScrollBar":
            return False
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        return not any(word in text for word in DIALOGS)

    def _use(self, widget: Any) -> None:
        if isinstance(widget, QAbstractButton):
            widget.click()
        elif isinstance(widget, QComboBox):
            if widget.count():
                index = int(self._rng.integers(widget.count()))
                widget.setCurrentIndex(index)
                widget.activated.emit(index)
        else:
            low, high = widget.minimum(), widget.maximum()
            at = low + (high - low) * self._rng.random()
            widget.setValue(at if isinstance(widget, QDoubleSpinBox) else round(at))

    def _turn_camera(self) -> str:
        camera = self._explorer.viewer.scene.camera
        if self._rng.random() < 0.5:
            x, y, z = camera.angles
            camera.angles = (x, y + float(self._rng.uniform(-20, 20)), z)
            return "camera turned"
        camera.zoom *= float(self._rng.uniform(0.9, 1.1))
        return "camera zoomed"
