"""From the session's worker thread to Qt's loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from qtpy.QtCore import QObject, Qt, QTimer, Signal


class Bridge(QObject):
    """Run callables on the thread that made the bridge, in the order in which they were handed over.

    Each has a turn of the loop to itself, so that mouse and keys get theirs in between.
    """

    _handed_over = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Callable[[], None]] = deque()
        self._turn = QTimer(self)
        self._turn.timeout.connect(self._on_turn)
        self._handed_over.connect(self._on_handed_over, Qt.ConnectionType.QueuedConnection)

    def deliver(self, run: Callable[[], None]) -> None:
        """Let ``run()`` be called on the bridge's own thread; callable from any thread."""
        self._handed_over.emit(run)

    def _on_handed_over(self, run: Callable[[], None]) -> None:
        self._waiting.append(run)
        self._turn.start(0)

    def _on_turn(self) -> None:
        run = self._waiting.popleft()
        if not self._waiting:
            self._turn.stop()
        run()
