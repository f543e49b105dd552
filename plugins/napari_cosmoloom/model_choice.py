"""Which model is open: a bundled one, a folder's, or a checkpoint of a training that may still run."""

from __future__ import annotations

from cosmoloom import models
from cosmoloom.errors import CosmoloomError
from cosmoloom_explorer import ExplorerState, Limits
from cosmoloom_explorer.outbox import Deliver
from cosmoloom_explorer.training import Training
from cosmoloom_explorer.training_watch import TrainingWatch
from napari_cosmoloom.controls.panel import ControlPanel
from napari_cosmoloom.slice_panel import SlicePanel


class ModelChoice:
    """Takes a state, its controls and slices from model to model.

    Parameters
    ----------
    state : ExplorerState
        What is shown.
    controls : ControlPanel
        Show the card, and choose models and checkpoints.
    slices : SlicePanel
        Shows boxes of another size.
    training : Training or None
        Whose checkpoints can be chosen.
    """

    def __init__(
        self, state: ExplorerState, controls: ControlPanel, slices: SlicePanel, training: Training | None
    ) -> None:
        self._state, self._controls, self._slices = state, controls, slices
        self._training = training
        self.watch: TrainingWatch | None = None
        controls.model.chosen.connect(self.use)
        controls.training.chosen.connect(self.use)

    @property
    def folder(self) -> str | None:
        """Of the training that is open."""
        return None if self._training is None else self._training.folder

    def start(self, deliver: Deliver) -> None:
        """Follow the training, on the viewer's own loop."""
        if self._training is not None:
            self.watch = TrainingWatch(self._training, deliver)
            self.watch.changed.connect(self._on_training_changed)

    def close(self) -> None:
        """Follow it no more."""
        self._controls.training.stop()
        if self.watch is not None:
            self.watch.close()

    def use(self, name: str) -> bool:
        """Go to a model, or to a training's newest checkpoint; return whether there is such a one."""
        training = self._training
        try:
            if training is not None and name == training.folder:
                name = training.newest.model
            index = None if training is None else training.index(name)
            card = models.read_card(name) if training is None or index is None else training.checkpoints[index].card
            limits, before = Limits.from_card(card), self._state.limits
        except CosmoloomError as error:
            self._controls.show_error(str(error))
            return False
        self._state.use_model(name, limits)
        self._controls.show_card(card)
        if limits != before:
            self._slices.show_box(card.box_size)
        return True

    def _on_training_changed(self, training: Training) -> None:
        self._training = training
        self._controls.show_training(training)
