"""The redshift: one universe, earlier or later."""

from __future__ import annotations

from qtpy.QtCore import Signal

from cosmoloom.models.card import ModelCard
from cosmoloom_explorer import ExplorerState, readouts
from napari_cosmoloom.controls.section import Report, Section, note
from napari_cosmoloom.controls.value_slider import ValueSlider


class RedshiftSection(Section):
    """Redshift slider with growth factor and marks where the model was trained."""

    held = Signal(bool)

    def __init__(self, state: ExplorerState, report: Report, card: ModelCard) -> None:
        super().__init__("TIME", state, report)
        self.slider = ValueSlider("redshift z", state.limits.redshift, decimals=3, step=0.05)
        self.slider.set_tool_tip(
            "Redshift of the generated universe: the same seed grows from early (high z) to today (0).\n"
            "Marks below the slider are redshifts of the training simulations.\n"
            "Ctrl+Alt+Left and Ctrl+Alt+Right step through time."
        )
        self.slider.edited.connect(lambda value: self.put("redshift", value))
        self.slider.held.connect(self.held)
        self.rows.addWidget(self.slider)
        self._readout = note()
        self.rows.addWidget(self._readout)
        self.show_card(card)
        state.events.redshift.connect(self._on_redshift_changed)

    def show_card(self, card: ModelCard) -> None:
        """Take range, marks and cosmology from a card."""
        self._universe = card.universe
        low, high = card.redshift_range
        self._trained = "trained at this redshift alone" if low == high else "| trained here"
        self.slider.set_bounds(card.redshift_range, card.trained_redshifts)
        self._on_redshift_changed(self.state.redshift)

    def _on_redshift_changed(self, redshift: float) -> None:
        self.slider.set_value(redshift)
        self._readout.setText(readouts.redshift_text(redshift, self._universe) + "    " + self._trained)
