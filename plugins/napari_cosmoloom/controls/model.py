"""Which model is explored, and what it is."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLabel

from cosmoloom.models.card import ModelCard
from cosmoloom_explorer import ExplorerState
from cosmoloom_explorer.training import Training
from napari_cosmoloom.controls.section import Report, Section, note

SHOWN = ("network", "voxels", "latent", "scaling")
"""Facts of a card that are always in sight."""


class ModelSection(Section):
    """The model's name, with the facts of its card.

    ``chosen(str)`` is emitted when a person picks another model, with its name or folder, or a training's folder.
    """

    chosen = Signal(str)

    def __init__(
        self, state: ExplorerState, report: Report, names: tuple[str, ...], card: ModelCard, training: Training | None
    ) -> None:
        super().__init__("MODEL", state, report)
        self._training = training
        row = QHBoxLayout()
        row.setSpacing(8)
        self.names = QComboBox()
        for name in names:
            self.names.addItem(name, name)
        if training is not None:
            self.names.addItem(f"{training.folder} (training)", training.folder)
        self._on_model_changed(state.model)
        self.names.setToolTip("The generator that weaves the fields. Each model comes with a card of facts.")
        self.names.setAccessibleName("model")
        self.names.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.names.activated.connect(lambda index: self.chosen.emit(self.names.itemData(index)))
        row.addWidget(QLabel("name"))
        row.addWidget(self.names, 1)
        self.rows.addLayout(row)
        self._facts = note()
        self.rows.addWidget(self._facts)
        self.show_card(card)
        state.events.model.connect(self._on_model_changed)

    def show_card(self, card: ModelCard) -> None:
        """Show the facts of a card; all of them are in the tooltip."""
        facts = card.facts()
        self._facts.setText(" \N{MIDDLE DOT} ".join(value for name, value in facts.items() if name in SHOWN))
        rows = "".join(f"<tr><td>{name}&nbsp;&nbsp;</td><td>{value}</td></tr>" for name, value in facts.items())
        self._facts.setToolTip(f"<p>{card.description}</p><table>{rows}</table>")

    def show_training(self, training: Training) -> None:
        """Know the checkpoints that a training has written by now."""
        self._training = training

    def _on_model_changed(self, model: str) -> None:
        training = self._training
        name = model if training is None or training.index(model) is None else training.folder
        if self.names.findData(name) < 0:  # a folder
            self.names.addItem(name, name)
        self.names.setCurrentIndex(self.names.findData(name))
