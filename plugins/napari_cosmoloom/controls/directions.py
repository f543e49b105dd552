"""Leading latent directions: the ways in which one universe can become another most strongly."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QHBoxLayout

from cosmoloom_explorer import ExplorerState, ModelFacts
from cosmoloom_explorer.settings import DIRECTION_RANGE
from napari_cosmoloom.controls.section import Report, Section, button, note
from napari_cosmoloom.controls.value_slider import ValueSlider


class DirectionsSection(Section):
    """One slider per leading direction, in standard deviations of the prior."""

    held = Signal(bool)

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("LATENT DIRECTIONS  (steps in \u03c3)", state, report)
        self.sliders = [self._make_slider(index) for index in range(len(state.directions))]
        row = QHBoxLayout()
        self._share = note("share of the first layer's variance in brackets")
        reset = button("zero", "Set all steps to zero.")
        reset.clicked.connect(lambda: self.put("directions", (0.0,) * len(self.state.directions)))
        row.addWidget(self._share, 1)
        row.addWidget(reset)
        self.rows.addLayout(row)
        state.events.directions.connect(self._on_directions_changed)

    def show_facts(self, facts: ModelFacts) -> None:
        """Name how much of the first layer's variance each direction explains."""
        for index, (slider, share) in enumerate(zip(self.sliders, facts.explained, strict=False)):
            slider.name.setText(f"{index + 1}  ({100 * share:.1f} %)")

    def _make_slider(self, index: int) -> ValueSlider:
        slider = ValueSlider(f"{index + 1}", DIRECTION_RANGE, step=0.1, one_line=True, marks=(0.0,))
        slider.name.setMinimumWidth(64)
        slider.set_tool_tip(
            f"Step along latent direction {index + 1}, added to the seed's latent, in standard deviations of its "
            "prior.\nDirections are the principal axes of the generator's first layer, the strongest first."
        )
        slider.edited.connect(lambda value: self.attempt(lambda: self.state.set_direction(index, value)))
        slider.held.connect(self.held)
        slider.set_value(self.state.directions[index])
        self.rows.addWidget(slider)
        return slider

    def _on_directions_changed(self, directions: tuple[float, ...]) -> None:
        for slider, step in zip(self.sliders, directions, strict=False):
            slider.set_value(step)
