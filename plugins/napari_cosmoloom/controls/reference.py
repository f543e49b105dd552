"""Which held-out simulation stands beside the generated field."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLabel

from cosmoloom.evaluate.reference import Source
from cosmoloom_explorer import ExplorerState, Frame, ModelFacts, readouts
from napari_cosmoloom.controls.section import Report, Section, button, note


class ReferenceSection(Section):
    """Choice of the simulated sub-volume: which simulation, at which redshift, from which seed.

    ``blind_test()`` says that a person wants to find out whether he can tell generated slices from simulated ones.
    """

    blind_test = Signal()

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("SIMULATION BESIDE IT", state, report)
        self._sources: tuple[Source, ...] = ()
        row = QHBoxLayout()
        row.setSpacing(8)
        self.choice = QComboBox()
        self.choice.setToolTip("Sub-volume of an N-body simulation that the model never saw in training.")
        self.choice.setAccessibleName("held-out simulation")
        self.choice.setEnabled(False)
        self.choice.currentIndexChanged.connect(lambda index: self.put("reference_index", max(index, 0)))
        self.choice.activated.connect(lambda _: self.put("own_box", None))
        row.addWidget(QLabel("held out"))
        row.addWidget(self.choice, 1)
        self.rows.addLayout(row)
        self._snapshot = note("loading")
        self.rows.addWidget(self._snapshot)
        self.test = button(
            "blind test\N{HORIZONTAL ELLIPSIS}", "Slices without labels: can you tell which are simulated (Ctrl+Alt+T)?"
        )
        self.test.setEnabled(False)
        self.test.clicked.connect(self.blind_test)
        self.rows.addWidget(self.test)
        state.events.reference_index.connect(self._on_index_changed)

    def show_facts(self, facts: ModelFacts) -> None:
        """Offer the sub-volumes that come with a model."""
        blocked = self.choice.blockSignals(True)
        self.choice.clear()
        self._sources = facts.references
        self.choice.addItems([source.label for source in facts.references])
        self.choice.setCurrentIndex(min(self.state.reference_index, len(facts.references) - 1))
        self.choice.blockSignals(blocked)
        self.choice.setEnabled(len(facts.references) > 1)
        self.test.setEnabled(bool(facts.references))

    def show_frame(self, frame: Frame) -> None:
        """Say at which redshift the simulation is shown."""
        reference = frame.view.reference
        if reference is not None and reference.own_box is not None:
            self._snapshot.setText(readouts.own_box_text(reference.own_box, frame.view.field.redshift))
            self._snapshot.setToolTip(reference.own_box[0])
            return
        if reference is None or reference.index >= len(self._sources):
            self._snapshot.setText(readouts.NO_REFERENCE)
            return
        source = self._sources[reference.index]
        self._snapshot.setText(readouts.reference_text(source, reference.redshift, frame.view.field.redshift))
        self._snapshot.setToolTip(readouts.source_text(source, frame.box_size))

    def _on_index_changed(self, index: int) -> None:
        blocked = self.choice.blockSignals(True)
        self.choice.setCurrentIndex(index)
        self.choice.blockSignals(blocked)
