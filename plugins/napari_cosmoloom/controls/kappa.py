"""kappa and its jobs: condition of the network, where it reads one, and scaling of the display."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QCheckBox

from cosmoloom.live_statistics import LiveStatistics
from cosmoloom_explorer import ExplorerState, ModelFacts, readouts
from napari_cosmoloom.controls.amplification import Amplification
from napari_cosmoloom.controls.section import Report, Section, note
from napari_cosmoloom.controls.value_slider import ValueSlider

CONDITION = (
    "Density that is scaled to x = 0, in units of the cosmic mean: x = 2 \u03c1/(\u03c1+\u03ba) \u2212 1.\n"
    "It conditions the network, which was trained on a range of \u03ba, and scales every field shown.\n"
    "A larger \u03ba resolves denser haloes; a smaller one resolves voids.\n"
    "Ctrl+Alt+Up and Ctrl+Alt+Down step it."
)
LOOK = (
    "Density that is shown at the middle of the colours, in units of the cosmic mean: x = 2 \u03c1/(\u03c1+\u03ba) "
    "\u2212 1.\nThis network has a scaling of its own and reads no \u03ba: another \u03ba is another look at the same "
    "field.\nCtrl+Alt+Up and Ctrl+Alt+Down step it."
)


class KappaSection(Section):
    """Logarithmic sliders of kappa for network and display, locked together unless a person parts them."""

    held = Signal(bool)

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("SCALING", state, report)
        limits = state.limits
        self._facts: ModelFacts | None = None
        self._dense: float | None = None
        self.network = ValueSlider("\u03ba  [mean density]", limits.kappa, logarithmic=True, step=0.5)
        self.network.edited.connect(lambda value: self.put("kappa", value))
        self.network.held.connect(self.held)
        self.rows.addWidget(self.network)
        self._role = note()
        self.rows.addWidget(self._role)
        self._units = note()
        self.rows.addWidget(self._units)
        self.amplification = Amplification()
        self.rows.addWidget(self.amplification)
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
        self.show_limits()

    def show_limits(self) -> None:
        """Take ranges and role of kappa from another model."""
        limits = self.state.limits
        self.network.set_bounds(limits.kappa)
        self.network.set_tool_tip(CONDITION if limits.kappa_conditions else LOOK)
        self.display.set_bounds(limits.display_kappa)
        self._on_kappa_changed()

    def show_facts(self, facts: ModelFacts) -> None:
        """Take the network's scaling."""
        self._facts = facts
        self._show_amplification()

    def show_statistics(self, statistics: LiveStatistics) -> None:
        """Show where the densest voxels of the field lie."""
        if statistics.dense != self._dense:
            self._dense = statistics.dense
            self._show_amplification()

    def _on_locked(self, locked: bool) -> None:
        self.put("display_kappa", None if locked else self.state.shown_kappa)

    def _on_kappa_changed(self) -> None:
        conditions, follows = self.state.limits.kappa_conditions, self.state.display_kappa is None
        self.network.set_value(self.state.kappa)
        self.display.set_value(self.state.shown_kappa)
        self.locked.setVisible(conditions)  # where the display is kappa's only job, there is nothing to part
        self.display.setVisible(not follows)
        blocked = self.locked.blockSignals(True)
        self.locked.setChecked(follows)
        self.locked.blockSignals(blocked)
        self._role.setText(readouts.kappa_role(conditions=conditions, follows=follows))
        self._units.setText(readouts.kappa_text(self.state.kappa))
        self._show_amplification()

    def _show_amplification(self) -> None:
        if self._facts is not None:
            self.amplification.show_scaling(self._facts.scaling_at(self.state.kappa), self._dense)
