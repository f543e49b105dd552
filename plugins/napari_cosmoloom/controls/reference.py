"""Which held-out simulation stands beside the generated field."""

from __future__ import annotations

from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLabel

from cosmoloom_explorer import ExplorerState, Frame, ModelFacts, readouts
from napari_cosmoloom.controls.section import Report, Section, note


class ReferenceSection(Section):
    """Choice of the simulated sub-volume, with the redshift of its snapshot."""

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("SIMULATION BESIDE IT", state, report)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.choice = QComboBox()
        self.choice.setToolTip("Sub-volume of an N-body simulation that the model never saw in training.")
        self.choice.setAccessibleName("held-out simulation")
        self.choice.setEnabled(False)
        self.choice.currentIndexChanged.connect(lambda index: self.put("reference_index", max(index, 0)))
        row.addWidget(QLabel("held out"))
        row.addWidget(self.choice, 1)
        self.rows.addLayout(row)
        self._snapshot = note("loading")
        self.rows.addWidget(self._snapshot)
        state.events.reference_index.connect(self._on_index_changed)

    def show_facts(self, facts: ModelFacts) -> None:
        """Offer the sub-volumes that come with a model."""
        blocked = self.choice.blockSignals(True)
        self.choice.clear()
        self.choice.addItems([f"simulation {index + 1}" for index in range(facts.n_references)])
        self.choice.setCurrentIndex(min(self.state.reference_index, facts.n_references - 1))
        self.choice.blockSignals(blocked)
        self.choice.setEnabled(facts.n_references > 1)

    def show_frame(self, frame: Frame) -> None:
        """Say at which redshift the simulation is shown."""
        redshift = frame.view.field.redshift
        self._snapshot.setText(readouts.reference_text(self.state.reference_index, frame.reference_redshift, redshift))

    def _on_index_changed(self, index: int) -> None:
        blocked = self.choice.blockSignals(True)
        self.choice.setCurrentIndex(index)
        self.choice.blockSignals(blocked)
