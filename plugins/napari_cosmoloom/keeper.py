"""Bookmarks, session files and copies of the state, for one explorer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qtpy.QtCore import QObject
from qtpy.QtWidgets import QApplication, QFileDialog

from cosmoloom.errors import CosmoloomError
from cosmoloom.pipeline.kept_latents import KeptLatents
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
    latents : callable
        Returns what keeps latents that no seed draws, None while the explorer is closed.
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
        latents: Callable[[], KeptLatents | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._viewer, self._state, self._controls = viewer, state, controls
        self._go_to, self._training, self._latents = go_to, training, latents
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
        self._show_bookmarks(len(self.bookmarks) - 1)

    def drop(self, index: int) -> None:
        """Forget a bookmark."""
        self.bookmarks = tuple(kept for i, kept in enumerate(self.bookmarks) if i != index)
        self._show_bookmarks()

    def _show_bookmarks(self, chosen: int = -1) -> None:
        self._controls.session.show_bookmarks(self.bookmarks, chosen)
        self._controls.ways.show_bookmarks(self.bookmarks)

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
        self._show_bookmarks()
        self._go_to(session.settings, session.camera)

    def open(self, path: str | Path) -> None:
        """Go on from a session's file; raises as :meth:`SavedSession.load` does."""
        self.take_over(SavedSession.load(path, self._latents()))

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
            self._attempt(lambda: self.session().save(path, self._latents()))

    def _on_opening(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._controls, "Open a session", "", KIND)
        if path:
            self._attempt(lambda: self.open(path))

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            action()
        except CosmoloomError as error:
            self._controls.show_error(str(error))
