"""A box beside what the model makes of it: encode, refine, and how much of it is found again."""

from __future__ import annotations

import numpy as np
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QCheckBox, QHBoxLayout

from cosmoloom_explorer import ExplorerState, StatisticsFrame, colours
from cosmoloom_explorer.dice import dice_text
from napari_cosmoloom.controls.number_box import WholeBox
from napari_cosmoloom.controls.section import Report, Section, button, note
from napari_cosmoloom.controls.small_curve import SmallCurve

STEPS = 200
PERCENT = {5.0: "5", 25.0: "25", 50.0: "50", 75.0: "75", 95.0: "95 %"}
STRONG = 5.0
"""Significance that is drawn as a line [standard deviations]."""


class ReconstructionSection(Section):
    """Where the box beside lies in the latent space, and Dice of the two fields while anything moves.

    ``encoding()`` asks for the latent of the box beside, ``refining(int)`` to better it by so many steps,
    ``cancelled()`` to stop.
    """

    encoding = Signal()
    refining = Signal(int)
    cancelled = Signal()

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("RECONSTRUCT WHAT STANDS BESIDE", state, report)
        row = QHBoxLayout()
        row.setSpacing(6)
        self.encode = button(
            "encode\N{HORIZONTAL ELLIPSIS}", "Find the latent of the box beside, at its redshift (Ctrl+Alt+O)."
        )
        self.encode.clicked.connect(self.encoding)
        self.steps = WholeBox((1, 5000))
        self.steps.setValue(STEPS)
        self.steps.setSuffix(" steps")
        self.steps.setMinimumWidth(98)
        self.steps.setToolTip("How many steps to better the latent on screen by.")
        self.steps.setAccessibleName("steps of refinement")
        self.refine = button("refine\N{HORIZONTAL ELLIPSIS}", "Better the latent on screen, step by step (Ctrl+Alt+R).")
        self.refine.clicked.connect(self.start)
        self.cancel = button("cancel", "Stop, and keep the last step; undo brings back what was before.")
        self.cancel.clicked.connect(self.cancelled)
        for each, stretch in ((self.encode, 1), (self.steps, 1), (self.refine, 1), (self.cancel, 1)):
            row.addWidget(each, stretch)
        self.rows.addLayout(row)
        self.overlap = QCheckBox("show where the densest voxels agree")
        self.overlap.setToolTip("White: both; orange: generated alone; blue: simulation alone.")
        self.overlap.toggled.connect(lambda on: self.put("layout", "overlap" if on else "beside"))
        state.events.layout.connect(self._show_layout)
        self.rows.addWidget(self.overlap)
        self.dice, self.normalised, self.significance = SmallCurve(), SmallCurve(), SmallCurve()
        for curve, title, tip in (
            (self.dice, "Dice over the densest voxels; dots: chance", "2 N(both) / (N(generated) + N(simulation))"),
            (self.normalised, "normalised, (D \u2212 r) / (1 \u2212 r)", "0 for unrelated fields, 1 for equal ones"),
            (self.significance, "significance, (D \u2212 r) / \u03c3(r)", "in scatters of unrelated pairs"),
        ):
            curve.setToolTip(tip)
            curve.setAccessibleName(title)
            self.rows.addWidget(note(title))
            self.rows.addWidget(curve)
        self._score = note()
        self._progress = note()
        self.rows.addWidget(self._score)
        self.rows.addWidget(self._progress)
        self.show_busy(False)
        self._show_layout(state.layout)
        self.fold()

    def start(self) -> None:
        """Ask for as many steps of refinement as the box says."""
        self.refining.emit(self.steps.value())

    def show_busy(self, busy: bool) -> None:
        """Offer to cancel while a latent is looked for."""
        self.cancel.setEnabled(busy)
        for each in (self.encode, self.refine):
            each.setEnabled(not busy)

    def show_progress(self, text: str) -> None:
        """Say how far the work has come."""
        self._progress.setText(text)

    def show_statistics(self, frame: StatisticsFrame) -> None:
        """Show how well both fields on screen agree."""
        curves, chance = frame.statistics.dice, frame.chance
        if curves is None or chance is None or not self.heading.isChecked():
            return
        x, dice = curves.x, curves.generated
        dots = tuple((float(at), float(r), colours.SIMULATION) for at, r in zip(x, chance.mean, strict=True))[1::3]
        self.dice.set_axes((0.0, 100.0), (0.0, 1.02), PERCENT, {0.0: "0", 1.0: "D = 1"})
        self.dice.show_curve(x, dice, dots)
        normalised, significance = chance.normalised(dice), chance.significance(dice)
        low = min(-0.1, float(normalised.min()))
        self.normalised.set_axes((0.0, 100.0), (low, 1.02), PERCENT, {0.0: "0", 1.0: "1"})
        self.normalised.show_curve(x, normalised)
        top = max(2 * STRONG, float(np.ceil(significance.max() / STRONG)) * STRONG)
        bottom = min(-STRONG, float(significance.min()))
        ticks = {0.0: "0", top: f"{top:.0f} \u03c3"} | ({STRONG: "5 \u03c3"} if top < 6 * STRONG else {})
        self.significance.set_axes((0.0, 100.0), (bottom, top), PERCENT, ticks)
        self.significance.show_curve(x, significance)
        self._score.setText(dice_text(x, dice, chance))

    def _show_layout(self, layout: str) -> None:
        blocked = self.overlap.blockSignals(True)
        self.overlap.setChecked(layout == "overlap")
        self.overlap.blockSignals(blocked)
