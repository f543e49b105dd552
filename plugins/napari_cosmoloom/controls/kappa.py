"""kappa and its two jobs: condition of the network, and scaling of the display."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QCheckBox

from cosmoloom_explorer import ExplorerState, readouts
from napari_cosmoloom.controls.section import Report, Section, note
from napari_cosmoloom.controls.value_slider import ValueSlider


class KappaSection(Section):
    """Logarithmic sliders of kappa for network and display, locked together unless a person parts them."""

    held = Signal(bool)

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("SCALING", state, report)
        limits = state.limits
        self.network = ValueSlider("\u03ba  [mean density]", limits.kappa, logarithmic=True, step=0.5)
        self.network.set_tool_tip(
            "Density that is scaled to x = 0, in units of the cosmic mean: x = 2 \u03c1/(\u03c1+\u03ba) \u2212 1.\n"
            "It conditions the network, which was trained on a range of \u03ba, and scales every field shown.\n"
            "A larger \u03ba resolves denser haloes; a smaller one resolves voids.\n"
            "Ctrl+Alt+Up and Ctrl+Alt+Down step it."
        )
        self.network.edited.connect(lambda value: self.put("kappa", value))
        self.network.held.connect(self.held)
        self.rows.addWidget(self.network)
        self._units = note()
        self.rows.addWidget(self._units)
        self._jobs = note()
        self.rows.addWidget(self._jobs)
        self.locked = QCheckBox("display with the same \u03ba")
        self.locked.setToolTip("Untick to scale the picture otherwise than the network's condition.")
        self.locked.toggled.connect(self._on_locked)
        self.rows.addWidget(self.locked)
        self.display = ValueSlider("display \u03ba", limits.display_kappa, logarithmic=True, step=0.5, one_line=True)
        self.display.set_tool_tip("\u03ba of the picture alone, generated and simulated; no network runs.")
        self.display.edited.connect(lambda value: self.put("display_kappa", value))
        self.display.held.connect(self.held)
        self.rows.addWidget(self.display)
        state.events.kappa.connect(self._on_kappa_changed)
        state.events.display_kappa.connect(self._on_kappa_changed)
        self._on_kappa_changed()

    def show_limits(self) -> None:
        """Take the ranges of another model."""
        self.network.set_bounds(self.state.limits.kappa)
        self.display.set_bounds(self.state.limits.display_kappa)
        self._on_kappa_changed()

    def _on_locked(self, locked: bool) -> None:
        self.put("display_kappa", None if locked else self.state.shown_kappa)

    def _on_kappa_changed(self) -> None:
        kappa, shown = self.state.kappa, self.state.shown_kappa
        follows = self.state.display_kappa is None
        self.network.set_value(kappa)
        self.display.set_value(shown)
        self.display.setVisible(not follows)
        blocked = self.locked.blockSignals(True)
        self.locked.setChecked(follows)
        self.locked.blockSignals(blocked)
        self._units.setText(readouts.kappa_text(kappa))
        self._jobs.setText(
            f"Two jobs: network input, and display scaling. At \u03c1 = 100 an error in x grows "
            f"{readouts.kappa_amplification(shown):.0f}-fold in \u03c1."
        )
