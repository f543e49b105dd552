"""What a view needs when it is first shown, made ahead while nobody does anything to the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from qtpy.QtCore import QObject, QTimer

PAUSE = 20
"""Between two steps, for whatever else is due [ms]."""


class WarmUp(QObject):
    """Takes one step in a turn of the loop, from :meth:`begin` on.

    Parameters
    ----------
    steps : sequence of callable
        In this order.
    resting : callable
        Tells whether nothing moves in the window; steps wait until then.
    parent : QObject
        Owner.
    """

    def __init__(self, steps: Sequence[Callable[[], Any]], resting: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._steps, self._resting = list(steps), resting
        self._timer = QTimer(self)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._on_turn)

    @property
    def done(self) -> bool:
        """Whether no step is left."""
        return not self._steps

    def begin(self) -> None:
        """Begin; goes on where it had come to."""
        if self._steps:
            self._timer.start()

    def close(self) -> None:
        """Leave the steps that are left."""
        self._steps.clear()
        self._timer.stop()

    def _on_turn(self) -> None:
        if self._steps and self._resting():
            self._steps.pop(0)()
        if not self._steps:
            self._timer.stop()
