"""Movies, figures and data of what is on screen."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLabel

from cosmoloom_explorer import ExplorerState
from napari_cosmoloom.controls.number_box import NumberBox
from napari_cosmoloom.controls.section import Report, Section, button

WAYS = {
    "redshift": "redshift, early to late",
    "bookmarks": "from bookmark to bookmark",
    "turn": "once around the boxes",
}
SIZES = {(1280, 720): "1280 \u00d7 720", (1920, 1080): "1920 \u00d7 1080", (3840, 2160): "3840 \u00d7 2160"}


class RecordSection(Section):
    """What to record; ``movie()``, ``figure()`` and ``data()`` are emitted when a person asks for one."""

    movie = Signal()
    figure = Signal()
    data = Signal()

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("RECORD", state, report)
        self.way = QComboBox()
        for key, name in WAYS.items():
            self.way.addItem(name, key)
        self.way.setToolTip("What the movie goes through.")
        self.way.setAccessibleName("what the movie goes through")
        self.seconds = NumberBox((0.2, 600.0), decimals=1, step=1.0, suffix=" s")
        self.seconds.setValue(8.0)
        self.seconds.setToolTip("Length of the movie.")
        self.seconds.setAccessibleName("length of the movie")
        self.size = QComboBox()
        for size, name in SIZES.items():
            self.size.addItem(name, size)
        self.size.setToolTip("Width and height of the movie [pixels]; cosmoloom movie makes any other.")
        self.size.setAccessibleName("size of the movie")
        film = button("movie\N{HORIZONTAL ELLIPSIS}", "Film the main view: MP4, GIF, or a folder of pictures.")
        film.clicked.connect(self.movie)
        draw = button("figure\N{HORIZONTAL ELLIPSIS}", "Slices and statistics for a paper: PDF, SVG or PNG.")
        draw.clicked.connect(self.figure)
        write = button(
            "data\N{HORIZONTAL ELLIPSIS}",
            "The generated density as it is shown: NumPy, HDF5, Zarr or VTK.\n"
            "Where the explorer computes in bfloat16, cosmoloom sample writes it in single precision.",
        )
        write.clicked.connect(self.data)
        for widgets in ((QLabel("path"), self.way), (self.seconds, self.size), (film, draw, write)):
            row = QHBoxLayout()
            row.setSpacing(6)
            for each in widgets:
                row.addWidget(each, 0 if isinstance(each, QLabel) else 1)
            self.rows.addLayout(row)
        self.buttons = {"movie": film, "figure": draw, "data": write}
