"""The seed: which universe."""

from __future__ import annotations

from random import SystemRandom

from qtpy.QtWidgets import QHBoxLayout, QLabel

from cosmoloom_explorer import ExplorerState
from cosmoloom_explorer.settings import SEED_RANGE
from napari_cosmoloom.controls.number_box import WholeBox
from napari_cosmoloom.controls.section import Report, Section, button

LARGEST_DRAWN = 99_999
"""Drawn seeds stay short enough to be read out and typed again."""


class SeedSection(Section):
    """The seed as a number that can be typed in, and a button for another one."""

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("UNIVERSE", state, report)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.box = WholeBox(SEED_RANGE)
        self.box.setToolTip("Seed of the latent vector: the same seed is the same universe, on every machine.")
        self.box.setAccessibleName("seed")
        self.box.valueChanged.connect(self._go_to)
        self.new = button("new", "Draw another universe (Ctrl+Alt+N).")
        self.new.clicked.connect(self.draw)
        label = QLabel("seed")
        label.setBuddy(self.box)
        row.addWidget(label)
        row.addWidget(self.box, 1)
        row.addWidget(self.new)
        self.rows.addLayout(row)
        state.events.seed.connect(self._on_seed_changed)
        self._on_seed_changed(state.seed)

    def draw(self) -> None:
        """Set a seed that nobody chose."""
        self._go_to(SystemRandom().randint(0, LARGEST_DRAWN))

    def _go_to(self, seed: int) -> None:
        self.attempt(lambda: self.state.go_to_seed(seed))

    def _on_seed_changed(self, seed: int) -> None:
        blocked = self.box.blockSignals(True)
        self.box.setValue(seed)
        self.box.blockSignals(blocked)
