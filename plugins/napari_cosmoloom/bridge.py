"""From the session's worker thread to Qt's loop."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import QObject, Qt, Signal


class Bridge(QObject):
    """Run callables on the thread that made the bridge, in the order in which they were handed over."""

    _handed_over = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._handed_over.connect(self._on_handed_over, Qt.ConnectionType.QueuedConnection)

    def deliver(self, run: Callable[[], None]) -> None:
        """Let ``run()`` be called on the bridge's own thread; callable from any thread."""
        self._handed_over.emit(run)

    def _on_handed_over(self, run: Callable[[], None]) -> None:
        run()
