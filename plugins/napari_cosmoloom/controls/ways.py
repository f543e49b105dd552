"""Ways from one universe to another along which every point is as typical as the ends."""

from __future__ import annotations

from random import SystemRandom

from qtpy.QtCore import QTimer, Signal
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLabel

from cosmoloom.pipeline.kept_latents import DRAWN
from cosmoloom_explorer import ExplorerState, Frame
from cosmoloom_explorer.saved_session import Bookmark
from napari_cosmoloom.controls.section import Report, Section, button, note
from napari_cosmoloom.controls.seed import LARGEST_DRAWN
from napari_cosmoloom.controls.value_slider import ValueSlider

PACE = 40
"""Between two looks whether the last step is on screen [ms]."""
STEP = 0.04
"""Share of a way per step of a walk: with ends at right angles, 3.6 degrees."""
ANOTHER = "another universe"


class WaysSection(Section):
    """A great circle to a bookmark or to another draw, and a walk that goes on from draw to draw.

    ``leaving(object)`` asks to begin a way to a bookmark, or to another draw where it is None.
    """

    held = Signal(bool)
    leaving = Signal(object)

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("WAYS BETWEEN UNIVERSES", state, report)
        self._bookmarks: tuple[Bookmark, ...] = ()
        self._ends: tuple[tuple[float, float], tuple[float, float]] | None = None
        self._landing = self._shown = False
        row = QHBoxLayout()
        row.setSpacing(6)
        self.target = QComboBox()
        self.target.setToolTip("Where the way leads: a bookmark of this model, or a universe that nobody chose.")
        self.target.setAccessibleName("end of the way")
        self.target.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.begin = button("begin", "Lay a great circle from here to there; redshift and \u03ba go along.")
        self.begin.clicked.connect(self._on_begun)
        self.walk = button("walk\N{HORIZONTAL ELLIPSIS}", "Go on and on, from draw to draw, or stop (Ctrl+Alt+W).")
        self.walk.setCheckable(True)
        self.walk.toggled.connect(self._on_walked)
        row.addWidget(QLabel("to"))
        row.addWidget(self.target, 1)
        row.addWidget(self.begin)
        row.addWidget(self.walk)
        self.rows.addLayout(row)
        self.way = ValueSlider("way", (0.0, 1.0), decimals=3, step=0.02, one_line=True)
        self.way.set_tool_tip("Share of the way along the great circle: equal steps are equal angles.")
        self.way.edited.connect(self._go)
        self.way.held.connect(self.held)
        self.rows.addWidget(self.way)
        self._text = note()
        self.rows.addWidget(self._text)
        self._timer = QTimer(self)
        self._timer.setInterval(PACE)
        self._timer.timeout.connect(self._on_tick)
        for event in (state.events.toward, state.events.fraction, state.events.origin, state.events.seed):
            event.connect(self._show_way)
        self.show_bookmarks(())
        self._show_way()

    def show_bookmarks(self, bookmarks: tuple[Bookmark, ...]) -> None:
        """Offer bookmarks of this model as ends."""
        self._bookmarks = tuple(kept for kept in bookmarks if kept.settings.model == self.state.model)
        chosen = self.target.currentText()
        self.target.clear()
        self.target.addItems([ANOTHER, *(kept.name for kept in self._bookmarks)])
        self.target.setCurrentIndex(max(0, self.target.findText(chosen)))

    def lay(self, toward: str, end: tuple[float, float] | None = None) -> None:
        """Begin a way to a latent by its name; to another redshift and kappa, too, where they are given."""
        here = self.state.redshift, self.state.kappa
        self._ends = None if end is None or end == here else (here, end)
        self.put("fraction", 0.0)
        self.put("toward", toward)

    def fly(self, toward: str) -> None:
        """Go all the way to a latent, and stay there."""
        self.lay(toward)
        self._landing, self._shown = True, True
        self._timer.start()

    def toggle(self) -> None:
        """Walk, or stop."""
        self.walk.toggle()

    def stop(self) -> None:
        """Stand still."""
        self._landing = False
        self.walk.setChecked(False)
        self._timer.stop()

    def show_frame(self, _frame: Frame) -> None:
        """Know that a step has come to the screen, so that walking never runs ahead of it."""
        self._shown = True

    def _on_begun(self) -> None:
        self.stop()
        index = self.target.currentIndex() - 1
        self.leaving.emit(self._bookmarks[index] if index >= 0 else None)

    def _on_walked(self, walking: bool) -> None:
        self.walk.setText("stop" if walking else "walk\N{HORIZONTAL ELLIPSIS}")
        if not walking:
            self._timer.stop()
            return
        self._landing, self._shown = False, True
        if not self.state.toward:
            self.lay(another())
        self._timer.start()

    def _on_tick(self) -> None:
        if not self._shown:
            return
        self._shown = False
        state = self.state
        if not state.toward:  # somebody went elsewhere meanwhile
            self.stop()
        elif state.fraction < 1.0:
            self._go(min(1.0, state.fraction + STEP))
        else:
            self.attempt(lambda: state.go_to_latent(state.toward))
            if self._landing:
                self.stop()
            else:
                self.lay(another())

    def _go(self, fraction: float) -> None:
        if not self.state.toward:
            self._show_way()
            return
        self.put("fraction", fraction)
        if self._ends is not None:
            (z, kappa), (end_z, end_kappa) = self._ends
            self.put("redshift", (1 - fraction) * z + fraction * end_z)
            self.put("kappa", kappa ** (1 - fraction) * end_kappa**fraction)

    def _show_way(self, *_: object) -> None:
        state = self.state
        self.way.setEnabled(bool(state.toward))
        self.way.set_value(state.fraction)
        start = state.origin or f"{DRAWN}{state.seed}"
        self._text.setText(f"from {start} to {state.toward}" if state.toward else f"at {start}; no way is laid")


def another() -> str:
    """Return the name of a draw that nobody chose."""
    return f"{DRAWN}{SystemRandom().randint(0, LARGEST_DRAWN)}"
