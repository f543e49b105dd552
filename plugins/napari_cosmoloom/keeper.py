"""Bookmarks, session files and copies of the state, for one explorer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qtpy.QtCore import QObject
from qtpy.QtWidgets import QApplication, QFileDialog

from cosmoloom.errors import CosmoloomError
from cosmoloom_explorer import ExplorerState
from cosmoloom_explorer.copy_as import as_command, as_python
from cosmoloom_explorer.saved_session import SUFFIX, Bookmark, Camera, SavedSession
from cosmoloom_explorer.settings import Settings
from napari_cosmoloom.cameras import read_camera
from napari_cosmoloom.controls.panel import ControlPanel

KIND = f"Sessions of the explorer (*{SUFFIX})"
GoTo = Callable[[Settings, Camera | None], None]


class Keeper(QObject):
    """Does what the session's controls ask for.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose camera is kept.
    state : ExplorerState
        What is kept.
    controls : ControlPanel
        Where bookmarks and errors are shown.
    go_to : callable
        Brings settings and a camera back.
    training : callable
        Returns the folder of the training that is open, None without one.
    parent : QObject
        Owner.
    """

    def __init__(
        self,
        viewer: Any,
        state: ExplorerState,
        controls: ControlPanel,
        go_to: GoTo,
        *,
        training: Callable[[], str | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._viewer, self._state, self._controls = viewer, state, controls
        self._go_to, self._training = go_to, training
        self.bookmarks: tuple[Bookmark, ...] = ()
        section = controls.session
        section.kept.connect(self.keep)
        section.dropped.connect(self.drop)
        section.recalled.connect(self.recall)
        section.saving.connect(self._on_saving)
        section.opening.connect(self._on_opening)
        section.copying.connect(self.copy)

    def keep(self) -> None:
        """Bookmark the state."""
        settings = self._state.snapshot()
        name = f"{len(self.bookmarks) + 1}: seed {settings.seed}, z = {settings.redshift:g}"
        self.bookmarks += (Bookmark(name=name, settings=settings, camera=read_camera(self._viewer)),)
        self._controls.session.show_bookmarks(self.bookmarks, len(self.bookmarks) - 1)

    def drop(self, index: int) -> None:
        """Forget a bookmark."""
        self.bookmarks = tuple(kept for i, kept in enumerate(self.bookmarks) if i != index)
        self._controls.session.show_bookmarks(self.bookmarks)

    def recall(self, index: int) -> None:
        """Go back to a bookmark."""
        bookmark = self.bookmarks[index]
        self._go_to(bookmark.settings, bookmark.camera)

    def session(self) -> SavedSession:
        """Return all that a session's file holds."""
        return SavedSession(
            settings=self._state.snapshot(),
            camera=read_camera(self._viewer),
            bookmarks=self.bookmarks,
            training=self._training(),
        )

    def take_over(self, session: SavedSession) -> None:
        """Go on from a session."""
        self.bookmarks = session.bookmarks
        self._controls.session.show_bookmarks(self.bookmarks)
        self._go_to(session.settings, session.camera)

    def copy(self, what: str) -> None:
        """Put the state on the clipboard as text, "python" or "command"."""
        settings, limits = self._state.snapshot(), self._state.limits
        if what == "python":
            text = as_python(settings, kappa_conditions=limits.kappa_conditions)
        else:
            text = as_command(settings, limits.defaults(settings.model))
        QApplication.clipboard().setText(text)
        self._viewer.status = f"copied: {text.splitlines()[-1]}"

    def _on_saving(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self._controls, "Save the session", "explorer" + SUFFIX, KIND)
        if path:
            self._attempt(lambda: self.session().save(path))

    def _on_opening(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._controls, "Open a session", "", KIND)
        if path:
            self._attempt(lambda: self.take_over(SavedSession.load(path)))

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            action()
        except CosmoloomError as error:
            self._controls.show_error(str(error))
