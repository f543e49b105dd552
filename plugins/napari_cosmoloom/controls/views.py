"""Which view: how fields stand together, how volumes are drawn, which colours, and peaks."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLabel

from cosmoloom_explorer import ExplorerState
from cosmoloom_explorer.layouts import ISO_RANGE, LAYOUTS, RENDERINGS, TOP_RANGE
from napari_cosmoloom.controls.number_box import NumberBox
from napari_cosmoloom.controls.section import Report, Section, button, note

ROLES = {
    "difference": "colours: \u03c3 of unrelated fields; orange where the generated one is denser",
    "overlap": "orange: generated alone, blue: simulation alone, white: both",
    "swipe": "generated to the left of the crosshair's x, simulation to the right",
    "blink": "one after the other, at one place and in one contrast",
}


class ViewsSection(Section):
    """Choosers for the main view; ``auto_contrast()`` is emitted when colours shall be spread over what is shown."""

    auto_contrast = Signal()

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("FIELDS IN THE VIEW", state, report)
        self.layouts = _chooser(LAYOUTS, "how the fields stand (Ctrl+Alt+V)")
        self.layouts.activated.connect(lambda: self.put("layout", self.layouts.currentData()))
        self._row(QLabel("fields"), self.layouts)
        self.renderings = _chooser(RENDERINGS, "how a volume is drawn (Ctrl+Alt+M)")
        self.renderings.activated.connect(lambda: self.put("rendering", self.renderings.currentData()))
        self._row(QLabel("volume"), self.renderings)
        self._iso_label = QLabel("surface at \u03c1")
        self.iso = NumberBox(ISO_RANGE, decimals=1, step=1.0, suffix=" \u03c1\u0304")
        self.iso.setAccessibleName("density of the surface")
        self.iso.setToolTip("Density at which the surface stands [cosmic mean].")
        self.iso.valueChanged.connect(lambda value: self.put("iso_density", value))
        self._row(self._iso_label, self.iso)
        self._top_label, self.top = QLabel("densest"), NumberBox(TOP_RANGE, decimals=1, step=1.0, suffix=" %")
        self.top.setAccessibleName("share of the densest voxels")
        self.top.setToolTip("Share of each field's voxels that count as dense.")
        self.top.valueChanged.connect(lambda value: self.put("top_percent", value))
        self._row(self._top_label, self.top)
        self.locked = button("full contrast", "Colours from empty to densest; they never change by themselves.")
        self.locked.clicked.connect(lambda: self.put("contrast", (-1.0, 1.0)))
        self.auto = button("auto contrast", "Spread the colours over the fields shown, once (Ctrl+Alt+A).")
        self.auto.clicked.connect(self.auto_contrast)
        self.peaks = button("peaks", "Mark the densest peaks; click one for its density, height and mass (Ctrl+Alt+X).")
        self.peaks.setCheckable(True)
        self.peaks.clicked.connect(lambda checked: self.put("peaks", checked))
        self._row(self.locked, self.auto, self.peaks)
        self._role = note()
        self.rows.addWidget(self._role)
        for name in ("layout", "rendering", "iso_density", "top_percent", "contrast", "peaks"):
            state.events[name].connect(self._on_state_changed)
        self._on_state_changed()

    def _row(self, *widgets: Any) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        for each in widgets:
            row.addWidget(each, 0 if isinstance(each, QLabel) else 1)
        self.rows.addLayout(row)

    def _on_state_changed(self) -> None:
        state = self.state
        for chooser, value in ((self.layouts, state.layout), (self.renderings, state.rendering)):
            chooser.setCurrentIndex(chooser.findData(value))
        for box, number in ((self.iso, state.iso_density), (self.top, state.top_percent)):
            blocked = box.blockSignals(True)
            box.setValue(number)
            box.blockSignals(blocked)
        for widget in (self._iso_label, self.iso):
            widget.setVisible(state.rendering == "iso")
        for widget in (self._top_label, self.top):
            widget.setVisible(state.layout == "overlap")
        self.peaks.setChecked(state.peaks)
        self.locked.setEnabled(state.contrast != (-1.0, 1.0))
        self._role.setText(ROLES.get(state.layout, ""))
        self._role.setVisible(state.layout in ROLES)


def _chooser(names: Any, what: str) -> QComboBox:
    box = QComboBox()
    for key, name in names.items():
        box.addItem(name, key)
    box.setToolTip(what[0].upper() + what[1:] + ".")
    box.setAccessibleName(what.partition(" (")[0])
    return box

