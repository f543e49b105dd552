"""Undo and redo of one explorer: which changes are a step, and where steps begin."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import QObject, Qt, QTimer
from qtpy.QtGui import QKeySequence, QShortcut
from qtpy.QtWidgets import QWidget

from cosmoloom_explorer import ExplorerState, History, Settings
from napari_cosmoloom.controls.display import DisplaySection
from napari_cosmoloom.latent_desk import LatentDesk

QUIET = 400
"""A change becomes a step of undo when nothing else changed for this time [ms]."""


class Undo(QObject):
    """Follows a state, and takes its changes back.

    Parameters
    ----------
    state : ExplorerState
        What is followed.
    display : DisplaySection
        Its buttons ask for undo and redo, and show whether there is any.
    go_to : callable
        Shows settings of any model.
    desk : callable
        Returns the desk of the latent: what it has under way is one step of undo.
    parent : QWidget
        Owner; the keys of undo and redo work within it.
    """

    def __init__(
        self,
        state: ExplorerState,
        display: DisplaySection,
        go_to: Callable[[Settings], None],
        *,
        desk: Callable[[], LatentDesk],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._state, self._display, self._go_to, self._desk = state, display, go_to, desk
        self.history = History(state.snapshot())
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET)
        self._quiet.timeout.connect(self.record)
        display.undo.connect(self.undo)
        display.redo.connect(self.redo)
        for key, action in ((QKeySequence.StandardKey.Undo, self.undo), (QKeySequence.StandardKey.Redo, self.redo)):
            shortcut = QShortcut(QKeySequence(key), parent)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action)

    def touch(self) -> None:
        """Take what changes now for a step, once nothing else changes."""
        self._quiet.start()

    def record(self) -> None:
        """Take the state as it is for a step."""
        if not self._desk().moving:
            self._quiet.stop()
            self.history.record(self._state.snapshot())
            self._show()

    def undo(self) -> None:
        """Take the last change back; an edit that is under way, too."""
        self._desk().abandon()
        self.record()
        self._restore(self.history.undo())

    def redo(self) -> None:
        """Bring back what was undone; a change made since then is a step of its own, and ends redo."""
        self._desk().abandon()
        self.record()
        self._restore(self.history.redo())

    def close(self) -> None:
        """Record no more."""
        self._quiet.stop()

    def _restore(self, settings: Settings | None) -> None:
        if settings is not None:
            self._go_to(settings)
            self._quiet.stop()
        self._show()

    def _show(self) -> None:
        self._display.show_history(can_undo=self.history.can_undo, can_redo=self.history.can_redo)
