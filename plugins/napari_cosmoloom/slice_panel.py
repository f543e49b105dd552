"""Three orthogonal slices of the generated and the simulated field, next to each other."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QGridLayout, QLabel, QSlider, QWidget

from cosmoloom_explorer import ExplorerState, Frame, colours, readouts
from cosmoloom_explorer.slices import AXES, PLANES, Plane, slice_image
from napari_cosmoloom.colour_bar import ColourBar
from napari_cosmoloom.focus import show_focus
from napari_cosmoloom.slice_tile import LEFT, SliceTile

WIDE = 1.1
"""Width over height from which three planes stand side by side [1]."""


class SlicePanel(QWidget):
    """Six tiles and three sliders; moving a slice cuts the frame on screen and runs nothing else."""

    def __init__(self, state: ExplorerState, box_size: float) -> None:
        super().__init__()
        self._state, self._box_size = state, box_size
        self._frame: Frame | None = None
        self.tiles: dict[tuple[int, Plane], SliceTile] = {}
        self.sliders: dict[int, QSlider] = {}
        self._labels: dict[int, QLabel] = {}
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(6, 4, 6, 2)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(2)
        self._wide: bool | None = None
        self._headings = QLabel("Generated"), QLabel("Simulation")
        for heading, colour in zip(self._headings, (colours.GENERATED, colours.SIMULATION), strict=True):
            heading.setStyleSheet(f"color: {colour}; font-weight: 600;")
            heading.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for plane in PLANES:
            for column, colour in enumerate((colours.GENERATED, colours.SIMULATION)):
                tile = SliceTile(plane, box_size=box_size, colour=colour, with_scale=column == 0)
                tile.pointed.connect(lambda across, up, plane=plane: self._on_pointed(plane, across, up))
                self.tiles[column, plane] = tile
        self._sliders = {plane.normal: self._make_slider(plane) for plane in PLANES}
        self.bar = ColourBar(state.shown_kappa, state.colouring)
        self.place(wide=False)
        show_focus(self)
        state.events.slices.connect(self._on_slices_changed)
        state.events.contrast.connect(self._on_contrast_changed)
        self._on_slices_changed()

    def show_frame(self, frame: Frame) -> None:
        """Show the fields of a frame."""
        self._frame = frame
        self.bar.show_scaling(frame.view.scaled.display_kappa, frame.view.scaled.colouring)
        if frame.view.scaled.band is not None:
            self.bar.show_waves(readouts.waves_text(frame.view.scaled.band, frame.rms))
        titles = readouts.slice_titles(frame)
        for heading, title in zip(self._headings, titles, strict=True):
            heading.setText(title)
        self._cut(PLANES)

    def show_box(self, box_size: float) -> None:
        """Go to boxes of another side [Mpc/h]; the state's limits say how many voxels they have."""
        self._box_size = box_size
        for slider in self.sliders.values():
            blocked = slider.blockSignals(True)
            slider.setRange(0, self._state.limits.n - 1)
            slider.blockSignals(blocked)
        for tile in self.tiles.values():
            tile.show_box_size(box_size)
        self._on_slices_changed()

    def clear(self) -> None:
        """Let go of the last frame."""
        self._frame = None
        self._cut(PLANES)

    def _make_slider(self, plane: Plane) -> QWidget:
        axis = AXES[plane.normal]
        line = QWidget()
        row = QGridLayout(line)
        row.setContentsMargins(LEFT - 6, 0, 0, 2)
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, self._state.limits.n - 1)
        slider.setToolTip(f"Where the {plane.title} slice cuts the {axis} axis.")
        slider.setAccessibleName(f"slice position along {axis}")
        slider.valueChanged.connect(lambda position: self._state.set_slice(plane.normal, position))
        label = QLabel()
        label.setMinimumWidth(104)
        label.setStyleSheet("font-size: 11px;")
        row.addWidget(slider, 0, 0)
        row.addWidget(label, 0, 1)
        self.sliders[plane.normal], self._labels[plane.normal] = slider, label
        return line

    def resizeEvent(self, event: Any) -> None:
        """Stand in three columns where there is more room across than down."""
        super().resizeEvent(event)
        self.place(wide=self.width() > WIDE * self.height())

    def place(self, *, wide: bool) -> None:
        """Put the planes below each other, or side by side with the simulation's in the second row."""
        if wide == self._wide:
            return
        self._wide = wide
        grid = self._grid
        while grid.count():
            grid.takeAt(0)
        for index in range(8):
            grid.setRowStretch(index, 0)
            grid.setColumnStretch(index, 0)
        tile_rows = (1, 3) if wide else (1, 3, 5)
        for row in tile_rows:
            grid.setRowStretch(row, 1)
        for i, plane in enumerate(PLANES):
            for j in (0, 1):
                grid.addWidget(self.tiles[j, plane], *((1 + 2 * j, i) if wide else (2 * i + 1, j)))
                self.tiles[j, plane].show_scale(wide or j == 0)
            grid.addWidget(self._sliders[plane.normal], *((4, i, 1, 1) if wide else (2 * i + 2, 0, 1, 2)))
            # The left column has the labels of the axes besides.
            grid.setColumnStretch(i, 1 if wide else (160 + LEFT, 160, 0)[i])
        for j, heading in enumerate(self._headings):
            grid.addWidget(heading, *((2 * j, 0, 1, 3) if wide else (0, j)))
        grid.addWidget(self.bar, 7, 0, 1, 3 if wide else 2)

    def _on_contrast_changed(self, contrast: tuple[float, float]) -> None:
        self.bar.show_contrast(contrast)
        self._cut(PLANES)

    def _on_pointed(self, plane: Plane, across: float, up: float) -> None:
        n = self._state.limits.n
        moved = list(self._state.slices)
        moved[plane.across] = min(int(across * n), n - 1)
        moved[plane.up] = min(int(up * n), n - 1)
        self._state.slices = (moved[0], moved[1], moved[2])

    def _on_slices_changed(self) -> None:
        n, slices = self._state.limits.n, self._state.slices
        for axis, slider in self.sliders.items():
            blocked = slider.blockSignals(True)
            slider.setValue(slices[axis])
            slider.blockSignals(blocked)
            position = (slices[axis] + 0.5) * self._box_size / n
            self._labels[axis].setText(f"{AXES[axis]} = {position:.1f} Mpc/h")
        for (_, plane), tile in self.tiles.items():
            tile.show_lines((slices[plane.across] + 0.5) / n, (slices[plane.up] + 0.5) / n)
        self._cut(PLANES)

    def _cut(self, planes: tuple[Plane, ...]) -> None:
        frame = self._frame
        if frame is not None and len(frame.generated) != self._state.limits.n:
            frame = None  # of the model before: positions of the new one mean nothing in it
        for column in (0, 1):
            volume = None if frame is None else (frame.generated, frame.reference)[column]
            colouring = self._state.colouring if frame is None else frame.view.scaled.colouring
            for plane in planes:
                position = self._state.slices[plane.normal]
                image = None if volume is None else slice_image(volume, plane, position)
                self.tiles[column, plane].show_image(image, colouring, self._state.contrast)
