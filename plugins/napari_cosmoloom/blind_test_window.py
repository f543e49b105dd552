"""A window that lets a person try to tell generated slices from simulated ones."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QComboBox, QDialog, QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cosmoloom.errors import CosmoloomError
from cosmoloom_explorer import ModelFacts, Settings, readouts
from cosmoloom_explorer.blind_test import BlindTest, draw_test
from cosmoloom_explorer.trial_slices import Slice, TrialSlices
from napari_cosmoloom.bridge import Bridge
from napari_cosmoloom.controls.number_box import WholeBox
from napari_cosmoloom.controls.section import button, note
from napari_cosmoloom.plots.slice_picture import SlicePicture

if TYPE_CHECKING:
    from cosmoloom.engine import Engine

COUNTS = (20, 40, 80, 160)
KEYS = {Qt.Key.Key_S: True, Qt.Key.Key_Left: True, Qt.Key.Key_G: False, Qt.Key.Key_Right: False}
"""What each says: that the slice is simulated, or not."""


class BlindTestWindow(QDialog):
    """Shows slices without labels and takes answers by button or key; tells the score, then d' with its interval.

    Parameters
    ----------
    settings : Settings
        Whose model, display and redshift are tested.
    facts : ModelFacts
        Of the model.
    make_engine : callable
        Returns an engine for the thread that makes the slices.
    parent : QWidget
        Owner.
    """

    finished_test = Signal(object)

    def __init__(
        self, settings: Settings, facts: ModelFacts, make_engine: Callable[[], Engine], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Blind test")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings, self._facts = settings, facts
        self.test: BlindTest | None = None
        self._slices: dict[int, Slice] = {}
        self._shown_at = 0.0
        self._on_show: int | None = None
        self._maker = TrialSlices(make_engine(), Bridge(self).deliver, ready=self._on_ready, failed=self._on_failed)
        self.picture = SlicePicture()
        self.simulated = button("simulated  (S)", "This slice is cut from an N-body simulation (S, or left arrow).")
        self.generated = button("generated  (G)", "This slice was made by the network (G, or right arrow).")
        self.simulated.clicked.connect(lambda: self.answer(said_real=True))
        self.generated.clicked.connect(lambda: self.answer(said_real=False))
        self.count = QComboBox()
        self.count.addItems([f"{count} slices" for count in COUNTS])
        self.count.setCurrentIndex(1)
        self.count.setToolTip("Half of them are simulated. More slices make the interval narrower.")
        self.count.setAccessibleName("number of slices")
        self.seed = WholeBox((0, 2**31 - 1))
        self.seed.setPrefix("seed ")
        self.seed.setValue(1)
        self.seed.setToolTip("Seed of the choice and the order of the slices.")
        self.seed.setAccessibleName("seed of the test")
        self.again = button("begin", "Draw slices and begin; answers so far are dropped.")
        self.again.clicked.connect(self.begin)
        self.save = button("save CSV\N{HORIZONTAL ELLIPSIS}", "Write every answer and the result to a table.")
        self.save.clicked.connect(self._on_saving)
        self.score, self.result = QLabel(), note()
        self.result.setMinimumHeight(64)
        self._lay_out()
        self._offer()

    def begin(self) -> None:
        """Draw a test and show its first slice."""
        try:
            self.test = draw_test(
                self._settings, self._facts, count=COUNTS[self.count.currentIndex()], seed=self.seed.value()
            )
        except CosmoloomError as error:
            self.result.setText(str(error))
            return
        self._slices.clear()
        self.again.setText("begin anew")
        self._maker.make(self.test)
        self._show_next()

    def answer(self, *, said_real: bool) -> None:
        """Take an answer to the slice that is shown; before it is shown nothing happens."""
        if self.test is None or self._on_show is None:
            return
        self._slices.pop(self._on_show)
        self.test = self.test.answered(said_real=said_real, seconds=perf_counter() - self._shown_at)
        self._show_next()
        if self.test.next is None:
            self.finished_test.emit(self.test)

    def keyPressEvent(self, event: Any) -> None:
        """Answer; Escape closes."""
        if event.key() in KEYS:
            self.answer(said_real=KEYS[event.key()])
        else:
            super().keyPressEvent(event)

    def done(self, code: int) -> None:
        """Stop the thread when the window closes, whichever way."""
        self._maker.close()
        super().done(code)

    def _show_next(self) -> None:
        assert self.test is not None
        number = len(self.test.answers)
        picture = self._slices.get(number)
        self._on_show = number if picture is not None else None
        self.picture.show_slice(picture, "" if self.test.next is None else "making the slice")
        self.picture.setFocus()  # a box or a button would take keys for itself
        self._shown_at = perf_counter()
        self._offer()

    def _on_ready(self, test: BlindTest, number: int, picture: Slice) -> None:
        if self.test is None or test.trials is not self.test.trials:
            return  # of a test that was given up
        self._slices[number] = picture
        if self._on_show is None and number == len(self.test.answers):
            self._show_next()

    def _on_failed(self, text: str) -> None:
        self.result.setText(text)

    def _on_saving(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save the answers", "blind-test.csv", "Tables (*.csv)")
        if path and self.test is not None:
            try:
                self.test.save(path)
            except CosmoloomError as error:
                self.result.setText(str(error))

    def _offer(self) -> None:
        """Offer what can be done now, and tell how it stands."""
        waiting = self._on_show is not None
        for each in (self.simulated, self.generated):
            each.setEnabled(waiting)
        self.save.setEnabled(self.test is not None and bool(self.test.answers))
        self.score.setText(readouts.score_text(self.test))
        self.result.setText(readouts.sensitivity_text(self.test))

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 10, 12, 10)
        rows.setSpacing(8)
        size = f"{self._facts.card.box_size:g} Mpc/h wide"
        intro = note(
            f"Half of the slices are cut from held-out simulations, half were generated by {self._facts.name}; all are "
            f"{size}, one voxel thick and of one redshift. Which is which is told at the end, as a score."
        )
        rows.addWidget(intro)
        first = QHBoxLayout()
        for widget in (self.count, self.seed, self.again):
            first.addWidget(widget, 1)
        rows.addLayout(first)
        rows.addWidget(self.picture, 1)
        answers = QHBoxLayout()
        answers.addWidget(self.simulated, 1)
        answers.addWidget(self.generated, 1)
        rows.addLayout(answers)
        last = QHBoxLayout()
        last.addWidget(self.score, 1)
        last.addWidget(self.save)
        rows.addLayout(last)
        rows.addWidget(self.result)

