"""Bookmarks, session files, and the state as text."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QComboBox, QHBoxLayout

from cosmoloom_explorer import ExplorerState
from cosmoloom_explorer.saved_session import Bookmark
from napari_cosmoloom.controls.section import Report, Section, button


class SessionSection(Section):
    """What to keep of a state, and how to come back to it.

    Signals say what a person asked for: ``kept()`` and ``dropped(int)`` of bookmarks, ``recalled(int)`` to go to one,
    ``saving()`` and ``opening()`` of a session's file, ``copying(str)`` as "python" or "command".
    """

    kept = Signal()
    dropped = Signal(int)
    recalled = Signal(int)
    saving = Signal()
    opening = Signal()
    copying = Signal(str)

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("SESSION", state, report)
        self.bookmarks = QComboBox()
        self.bookmarks.setToolTip("States that were kept: settings and camera. Choose one to go back to it.")
        self.bookmarks.setAccessibleName("bookmarks")
        self.bookmarks.setPlaceholderText("no bookmarks")
        self.bookmarks.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.bookmarks.activated.connect(self.recalled)
        self.keep = button("keep", "Bookmark this state (Ctrl+Alt+B).")
        self.keep.clicked.connect(self.kept)
        self.drop = button("drop", "Forget the bookmark that is chosen.")
        self.drop.clicked.connect(lambda: self.dropped.emit(self.bookmarks.currentIndex()))
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.bookmarks, 1)
        row.addWidget(self.keep)
        row.addWidget(self.drop)
        self.rows.addLayout(row)
        self.save = button(
            "save\N{HORIZONTAL ELLIPSIS}",
            "Write settings, camera and bookmarks to a JSON file; edited latents go into an .npz file beside it.",
        )
        self.save.clicked.connect(self.saving)
        self.open = button("open\N{HORIZONTAL ELLIPSIS}", "Go on from a session's file.")
        self.open.clicked.connect(self.opening)
        self.python = button("copy Python", "Copy a script that makes this very field, in single precision.")
        self.python.clicked.connect(lambda: self.copying.emit("python"))
        self.command = button("copy command", "Copy the command that opens the explorer with these settings.")
        self.command.clicked.connect(lambda: self.copying.emit("command"))
        for pair in ((self.save, self.open), (self.python, self.command)):
            row = QHBoxLayout()
            row.setSpacing(6)
            for each in pair:
                row.addWidget(each, 1)
            self.rows.addLayout(row)
        self.show_bookmarks(())

    def show_bookmarks(self, bookmarks: tuple[Bookmark, ...], chosen: int = -1) -> None:
        """Offer bookmarks, with one of them chosen."""
        self.bookmarks.clear()
        self.bookmarks.addItems([bookmark.name for bookmark in bookmarks])
        self.bookmarks.setCurrentIndex(chosen)
        self.bookmarks.setEnabled(bool(bookmarks))
        self.drop.setEnabled(bool(bookmarks))
