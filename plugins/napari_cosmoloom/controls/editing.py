"""Ask for more or less mass in a region, or for a halo at the crosshair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton

from cosmoloom_explorer import ExplorerState, colours, readouts
from napari_cosmoloom.controls.section import Report, Section, button, note
from napari_cosmoloom.controls.small_curve import SmallCurve
from napari_cosmoloom.controls.value_slider import ValueSlider

if TYPE_CHECKING:
    from cosmoloom.pipeline.latent_editing import Edited

RADII, FACTORS, HOLDS = (0.02, 0.3), (0.2, 5.0), (0.05, 20.0)
"""Radius over the side of the box, mass wanted over that before, weight of what is held [1]."""
HELD = 0.9
"""r(k) outside that is drawn as a line [1]."""


class EditingSection(Section):
    """Region, wish, and how far an edit has come.

    ``painting(bool)`` asks to paint a region in the main view or to end that, ``changing()`` for the edit,
    ``seeding()`` for a halo at the crosshair, ``cancelled()`` for the end of either.
    """

    held = Signal(bool)
    painting = Signal(bool)
    changing = Signal()
    seeding = Signal()
    cancelled = Signal()

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("EDIT THIS UNIVERSE", state, report)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.ball = QRadioButton("ball at the crosshair")
        self.ball.setToolTip("A ball around the point where the three slices cross: click into a slice to move it.")
        self.painted = QRadioButton("painted")
        self.painted.setToolTip("Voxels that are painted with the brush in the main view, slice by slice.")
        self._regions = QButtonGroup(self)
        for choice in (self.ball, self.painted):
            self._regions.addButton(choice)
            row.addWidget(choice)
        row.addStretch(1)
        self.ball.setChecked(True)
        self.painted.toggled.connect(self._on_painted)
        self.rows.addLayout(row)
        self.radius = ValueSlider("radius [Mpc/h]", (1.0, 2.0), decimals=1, step=0.5, one_line=True)
        self.radius.set_tool_tip("Radius of the ball, or of the brush.")
        self.factor = ValueSlider("mass \u00d7", FACTORS, logarithmic=True, step=0.1, one_line=True, marks=(1.0,))
        self.factor.set_value(1.5)
        self.factor.set_tool_tip("Mass of the region that is asked for, over what it is now.")
        self.hold = ValueSlider("hold", HOLDS, logarithmic=True, step=0.1, one_line=True, marks=(1.0,))
        self.hold.set_value(1.0)
        self.hold.set_tool_tip("How much r(k) outside of the region counts beside its mass.")
        for slider in (self.radius, self.factor, self.hold):
            slider.name.setMinimumWidth(84)
            self.rows.addWidget(slider)
        row = QHBoxLayout()
        row.setSpacing(6)
        self.change = button(
            "change mass\N{HORIZONTAL ELLIPSIS}", "Look for initial conditions with this mass, near these (Ctrl+Alt+D)."
        )
        self.change.clicked.connect(self.changing)
        self.halo = button("halo here\N{HORIZONTAL ELLIPSIS}", "Ask for a halo at the crosshair (Ctrl+Alt+H).")
        self.halo.clicked.connect(self.seeding)
        self.cancel = button("cancel", "Stop, and keep the best so far; undo brings back what was before.")
        self.cancel.clicked.connect(self.cancelled)
        for each in (self.change, self.halo, self.cancel):
            row.addWidget(each, 1)
        self.rows.addLayout(row)
        self.curve = SmallCurve()
        self.curve.setToolTip("r(k) between the field before and after, outside of the region; k in h/Mpc.")
        self.rows.addWidget(self.curve)
        self._text = note("r(k) outside, between before and after, appears here")
        self.rows.addWidget(self._text)
        self.show_busy(False)
        self.fold()

    def show_box(self, box_size: float) -> None:
        """Take radii that suit boxes of a side [Mpc/h]."""
        low, high = (share * box_size for share in RADII)
        self.radius.set_bounds((low, high))
        self.radius.set_value(0.5 * (low + high) if not low <= self.radius.value <= high else self.radius.value)

    def show_busy(self, busy: bool) -> None:
        """Offer to cancel while an edit is under way."""
        self.cancel.setEnabled(busy)
        for each in (self.change, self.halo):
            each.setEnabled(not busy)

    def show_edited(self, edited: Edited) -> None:
        """Show how far an edit has come, and what it does elsewhere."""
        self._text.setText(readouts.edit_text(edited))
        k = np.log10(edited.k.cpu().numpy())
        held = edited.held.double().cpu().numpy()
        low = min(0.8, float(held.min()) - 0.02)
        shown = [value for value in (0.1, 0.3, 1.0, 3.0) if k[0] < np.log10(value) < k[-1]]
        ticks = {float(np.log10(value)): f"{value:g}" for value in shown}
        self.curve.set_axes((float(k[0]), float(k[-1])), (low, 1.01), ticks, {1.0: "r = 1", HELD: f"{HELD:g}"})
        worst = int(held.argmin())
        self.curve.show_curve(k, held, ((float(k[worst]), float(held[worst]), colours.GENERATED),))

    def _on_painted(self, painted: bool) -> None:
        self.painting.emit(painted)
