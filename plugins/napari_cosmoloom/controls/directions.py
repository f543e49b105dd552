"""Leading latent directions: the ways in which one universe can become another most strongly."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QHBoxLayout

from cosmoloom_explorer import ExplorerState, ModelFacts
from cosmoloom_explorer.settings import DIRECTION_RANGE, N_DIRECTIONS
from napari_cosmoloom.controls.named_directions import show_matching
from napari_cosmoloom.controls.section import Report, Section, button, note
from napari_cosmoloom.controls.value_slider import ValueSlider

TIP = (
    "Step along latent direction {name}, added to the seed's latent, in standard deviations of its prior.\n"
    "Directions are those along which the generator's beginning reacts most, the strongest first."
)


class DirectionsSection(Section):
    """One slider per leading direction, in standard deviations of the prior; hidden where a model has none."""

    held = Signal(bool)

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("LATENT DIRECTIONS  (steps in \u03c3)", state, report)
        self._count = 0
        self.sliders = [self._make_slider(index) for index in range(N_DIRECTIONS)]
        row = QHBoxLayout()
        row.addWidget(note("in brackets: share of what latents change"), 1)
        reset = button("zero", "Set all steps to zero.")
        reset.clicked.connect(lambda: self.put("directions", (0.0,) * len(self.state.directions)))
        row.addWidget(reset)
        self.rows.addLayout(row)
        state.events.directions.connect(self._on_directions_changed)

    def show_facts(self, facts: ModelFacts) -> None:
        """Offer the directions that there are, with how much of the first layer's variance each explains."""
        self.setVisible(bool(facts.explained))
        self._count = len(facts.explained)
        for slider in self.sliders[len(facts.explained) :]:
            slider.hide()
        for index, (slider, share) in enumerate(zip(self.sliders, facts.explained, strict=False)):
            name = facts.direction_names[index] if facts.direction_names else f"{index + 1}"
            slider.name.setText(f"{name}  ({100 * share:.1f} %)")
            slider.set_tool_tip(TIP.format(name=name))
            slider.show()

    def show_matching(self, text: str) -> None:
        """Show only the directions whose names hold some letters."""
        show_matching(self.sliders[: self._count], text)

    def _make_slider(self, index: int) -> ValueSlider:
        slider = ValueSlider(f"{index + 1}", DIRECTION_RANGE, step=0.1, marks=(0.0,))
        slider.edited.connect(lambda value: self.attempt(lambda: self.state.set_direction(index, value)))
        slider.held.connect(self.held)
        steps = self.state.directions
        slider.set_value(steps[index] if index < len(steps) else 0.0)
        self.rows.addWidget(slider)
        return slider

    def _on_directions_changed(self, directions: tuple[float, ...]) -> None:
        for slider, step in zip(self.sliders, directions, strict=False):
            slider.set_value(step)
