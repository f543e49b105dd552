"""Single components of the latent, set by hand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QHBoxLayout

from cosmoloom_explorer import ExplorerState
from cosmoloom_explorer.settings import COMPONENT_RANGE
from napari_cosmoloom.controls.number_box import WholeBox
from napari_cosmoloom.controls.section import Report, Section, button, note
from napari_cosmoloom.controls.value_slider import ValueSlider


class ComponentSection(Section):
    """Pick a component by its index and set its value."""

    held = Signal(bool)

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("SINGLE COMPONENT", state, report)
        self._latent: NDArray[np.float32] | None = None
        row = QHBoxLayout()
        row.setSpacing(8)
        self.index = WholeBox((0, state.limits.latent_size - 1))
        self.index.setPrefix("# ")
        self.index.setFixedWidth(84)
        self.index.setToolTip("Index of the latent component that the slider sets.")
        self.index.setAccessibleName("index of the latent component")
        self.index.valueChanged.connect(self._show_value)
        self.value = ValueSlider("", COMPONENT_RANGE, step=0.1, one_line=True, marks=(0.0,))
        self.value.set_tool_tip("Value of this latent component, in place of what seed and directions give.")
        self.value.edited.connect(self._on_edited)
        self.value.held.connect(self.held)
        row.addWidget(self.index)
        row.addWidget(self.value, 1)
        self.rows.addLayout(row)
        last = QHBoxLayout()
        self._by_hand = note()
        release = button("release", "Give all components back to seed and directions.")
        release.clicked.connect(lambda: self.put("components", ()))
        last.addWidget(self._by_hand, 1)
        last.addWidget(release)
        self.rows.addLayout(last)
        state.events.components.connect(self._show_value)
        self._show_value()
        self.fold()

    def show_limits(self) -> None:
        """Take the number of components of another model."""
        self.index.setRange(0, self.state.limits.latent_size - 1)

    def show_latent(self, latent: NDArray[np.float32]) -> None:
        """Show the latent that was decoded last."""
        self._latent = latent
        self._show_value()

    def _on_edited(self, value: float) -> None:
        self.attempt(lambda: self.state.set_component(self.index.value(), value))

    def _show_value(self) -> None:
        index, by_hand = self.index.value(), dict(self.state.components)
        if index in by_hand:
            self.value.set_value(by_hand[index])
        elif self._latent is not None and index < len(self._latent):
            self.value.set_value(float(self._latent[index]))
        self._by_hand.setText("set by hand: " + ", ".join(map(str, by_hand)) if by_hand else "none set by hand")
