"""The checkpoints of a training: the same universe, more and more learned."""

from __future__ import annotations

import numpy as np
from qtpy.QtCore import Qt, QTimer, Signal
from qtpy.QtWidgets import QCheckBox, QHBoxLayout, QSlider

from cosmoloom_explorer import ExplorerState, Frame, colours, readouts
from cosmoloom_explorer.training import Training
from napari_cosmoloom.controls.section import Report, Section, button, note
from napari_cosmoloom.controls.small_curve import SmallCurve

PACE = 600
"""Shortest stay at a checkpoint while playing [ms]."""


class TrainingSection(Section):
    """A slider over the checkpoints, with the validation error of each; hidden where there is no training.

    ``chosen(str)`` is emitted with the folder of the checkpoint to show; ``held(bool)`` while the slider is held.
    """

    chosen = Signal(str)
    held = Signal(bool)

    def __init__(self, state: ExplorerState, report: Report, training: Training | None) -> None:
        super().__init__("TRAINING", state, report)
        self.training = training
        self._shown = ""
        row = QHBoxLayout()
        row.setSpacing(8)
        self.play = button("play", "Show one checkpoint after the other.")
        self.play.setCheckable(True)
        self.play.setFixedWidth(64)
        self.play.toggled.connect(self._on_played)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setTickPosition(QSlider.TickPosition.TicksBelow)
        self.slider.setPageStep(1)
        self.slider.setAccessibleName("checkpoint of the training")
        self.slider.setToolTip(
            "Checkpoints of the training, from early to late. Seed, redshift and \u03ba stay, so one and the same "
            "universe sharpens."
        )
        self.slider.valueChanged.connect(self._on_slider_moved)
        self.slider.sliderPressed.connect(lambda: self.held.emit(True))
        self.slider.sliderReleased.connect(lambda: self.held.emit(False))
        row.addWidget(self.play)
        row.addWidget(self.slider, 1)
        self.rows.addLayout(row)
        self.text = note()
        self.rows.addWidget(self.text)
        self.curve = SmallCurve()
        self.curve.setToolTip(
            "Validation error over the iterations, mean over the redshifts; lower is better. Orange: the checkpoint "
            "shown. Grey: the best."
        )
        self.rows.addWidget(self.curve)
        self.follow = QCheckBox("follow the newest")
        self.follow.setToolTip("Go to a new checkpoint as soon as a running training has written it.")
        self.follow.setChecked(True)
        self.rows.addWidget(self.follow)
        self._timer = QTimer(self)
        self._timer.setInterval(PACE)
        self._timer.timeout.connect(self._on_tick)
        state.events.model.connect(self._show_model)
        self._show_training()

    def show_training(self, training: Training) -> None:
        """Take over what a running training has written by now; go to the newest where that is wanted."""
        before, self.training = self.training, training
        was_newest = before is None or self.state.model == before.newest.model
        self._show_training()
        if was_newest and self.follow.isChecked() and self.state.model != training.newest.model:
            self.chosen.emit(training.newest.model)

    def show_frame(self, frame: Frame) -> None:
        """Know which checkpoint has come to the screen, so that playing never runs ahead of it."""
        self._shown = frame.view.field.latent.model

    def step(self, count: int) -> None:
        """Go some checkpoints on."""
        if self.training is not None:
            self.slider.setValue(self.slider.value() + count)

    def toggle(self) -> None:
        """Play, or stop playing."""
        if self.play.isEnabled():
            self.play.toggle()

    def stop(self) -> None:
        """Stop playing."""
        self.play.setChecked(False)

    def _show_training(self) -> None:
        training = self.training
        self.setVisible(training is not None)
        if training is None:
            return
        blocked = self.slider.blockSignals(True)
        self.slider.setRange(0, len(training.checkpoints) - 1)
        self.slider.blockSignals(blocked)
        several = len(training.checkpoints) > 1
        self.slider.setEnabled(several)
        self.play.setEnabled(several)
        self.curve.setVisible(len(training.scores) > 1)
        self._show_model(self.state.model)

    def _show_model(self, model: str) -> None:
        training = self.training
        if training is None:
            return
        index = training.index(model)
        if index is None:
            self.stop()
            self.text.setText("another model is shown; move the slider to come back")
            return
        blocked = self.slider.blockSignals(True)
        self.slider.setValue(index)
        self.slider.blockSignals(blocked)
        self.text.setText(readouts.checkpoint_text(training, index))
        self._show_scores(training, training.checkpoints[index].iteration)

    def _show_scores(self, training: Training, iteration: int) -> None:
        if len(training.scores) < 2:
            return
        x, y = (np.array(values, dtype=float) for values in zip(*training.scores, strict=True))
        last = max(x[-1], float(training.newest.iteration))
        top = 1.05 * float(y.max())
        self.curve.set_axes((0.0, last), (0.0, top), {0.0: "0", last: f"{last:,.0f}"}, {0.0: "0", top: f"{top:.2g}"})
        marks = [(float(iteration), colours.GENERATED)]
        if training.best is not None:
            marks.insert(0, (float(training.checkpoints[training.best].iteration), colours.MUTED))
        self.curve.show_curve(x, y, tuple((at, float(np.interp(at, x, y)), colour) for at, colour in marks))

    def _on_slider_moved(self, index: int) -> None:
        if self.training is not None:
            self.chosen.emit(self.training.checkpoints[index].model)

    def _on_played(self, playing: bool) -> None:
        self.play.setText("pause" if playing else "play")
        if not playing:
            self._timer.stop()
            return
        if self.slider.value() == self.slider.maximum():
            self.slider.setValue(0)
        self._timer.start()

    def _on_tick(self) -> None:
        if self._shown != self.state.model:
            return
        if self.slider.value() == self.slider.maximum():
            self.stop()
        else:
            self.slider.setValue(self.slider.value() + 1)
