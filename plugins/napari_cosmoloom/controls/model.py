"""Which model is explored, and what it is."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLabel

from cosmoloom.models.card import ModelCard
from cosmoloom_explorer import ExplorerState, readouts
from napari_cosmoloom.controls.section import Report, Section, note


class ModelSection(Section):
    """The model's name, with the facts of its card.

    ``chosen(str)`` is emitted when a person picks another model.
    """

    chosen = Signal(str)

    def __init__(self, state: ExplorerState, report: Report, names: tuple[str, ...], card: ModelCard) -> None:
        super().__init__("MODEL", state, report)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.names = QComboBox()
        self.names.addItems(list(dict.fromkeys((state.model, *names))))
        self.names.setToolTip("The generator that weaves the fields. Each model comes with a card of facts.")
        self.names.setAccessibleName("model")
        self.names.currentTextChanged.connect(self.chosen)
        row.addWidget(QLabel("name"))
        row.addWidget(self.names, 1)
        self.rows.addLayout(row)
        self._facts = note()
        self.rows.addWidget(self._facts)
        self.show_card(card)
        state.events.model.connect(self._on_model_changed)

    def show_card(self, card: ModelCard) -> None:
        """Show the facts of a card; all of them are in the tooltip."""
        facts = readouts.model_facts(card)
        self._facts.setText(" \N{MIDDLE DOT} ".join(value for name, value in facts if name in ("volume", "latent")))
        rows = "".join(f"<tr><td>{name}&nbsp;&nbsp;</td><td>{value}</td></tr>" for name, value in facts)
        self._facts.setToolTip(f"<p>{card.description}</p><table>{rows}</table>")

    def _on_model_changed(self, model: str) -> None:
        blocked = self.names.blockSignals(True)
        self.names.setCurrentText(model)
        self.names.blockSignals(blocked)
