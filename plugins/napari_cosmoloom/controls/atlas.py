"""A map of samples of the model, to find a universe by what it is like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLabel

from cosmoloom_explorer import ExplorerState, readouts
from napari_cosmoloom.controls.atlas_map import AtlasMap
from napari_cosmoloom.controls.number_box import WholeBox
from napari_cosmoloom.controls.section import Report, Section, button, note

if TYPE_CHECKING:
    from cosmoloom.pipeline.latent_atlas import Atlas

FEWEST, USUAL, MOST = 3, 100, 2000


class AtlasSection(Section):
    """Draws samples in the background and flies to the one that is clicked.

    ``drawing(int)`` asks for a map of so many samples at the redshift and kappa on screen, ``cancelled()`` for its
    end, ``flying(int)`` to go to the universe of a seed.
    """

    drawing = Signal(int)
    cancelled = Signal()
    flying = Signal(int)

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("MAP OF SAMPLES", state, report)
        row = QHBoxLayout()
        row.setSpacing(6)
        self.count = WholeBox((FEWEST, MOST))
        self.count.setValue(USUAL)
        self.count.setToolTip("How many universes to draw: those of seeds 1, 2, 3 ...")
        self.count.setAccessibleName("number of samples")
        self.draw = button(
            "draw\N{HORIZONTAL ELLIPSIS}",
            "Draw samples at this redshift and \u03ba; the window goes on working (Ctrl+Alt+L).",
        )
        self.draw.clicked.connect(self._on_draw)
        row.addWidget(QLabel("samples"))
        row.addWidget(self.count, 1)
        row.addWidget(self.draw)
        self.rows.addLayout(row)
        row = QHBoxLayout()
        row.setSpacing(6)
        self.colour = QComboBox()
        self.colour.setToolTip("Which statistic colours the dots.")
        self.colour.setAccessibleName("colour of the map")
        self.colour.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.colour.currentIndexChanged.connect(self._on_coloured)
        row.addWidget(QLabel("colour"))
        row.addWidget(self.colour, 1)
        self.rows.addLayout(row)
        self.map = AtlasMap()
        self.map.chosen.connect(self.flying)
        self.rows.addWidget(self.map)
        self._text = note("each dot a universe; near dots have alike statistics")
        self.rows.addWidget(self._text)
        self._running = False
        state.events.seed.connect(self._show_here)
        state.events.origin.connect(self._show_here)
        state.events.model.connect(lambda _: self.map.show_atlas(None))
        self._show_here()
        self.fold()

    def start(self) -> None:
        """Draw a map, or stop drawing it."""
        self.heading.setChecked(True)
        self._on_draw()

    def show_busy(self, busy: bool) -> None:
        """Offer to cancel while samples are drawn."""
        self._running = busy
        self.draw.setText("cancel" if busy else "draw\N{HORIZONTAL ELLIPSIS}")

    def show_atlas(self, atlas: Atlas) -> None:
        """Show a map as far as it is drawn."""
        if not self.colour.count():
            from cosmoloom.pipeline.latent_atlas import COLOURINGS

            self.colour.addItems(COLOURINGS)
        self.map.show_atlas(atlas)
        self._text.setText(readouts.atlas_text(atlas))

    def _on_draw(self) -> None:
        if self._running:
            self.cancelled.emit()
        else:
            self.drawing.emit(self.count.value())

    def _on_coloured(self, column: int) -> None:
        self.map.colour_by(max(column, 0), self.colour.currentText())

    def _show_here(self, *_: object) -> None:
        self.map.show_seed(-1 if self.state.origin else self.state.seed)
