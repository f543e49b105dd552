"""A volume larger than the model's: what it is made of, by what, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from cosmoloom_explorer import ExplorerState, colours
from cosmoloom_explorer.large_volume import Plan, Source, Start
from cosmoloom_explorer.volume_prospects import CUBED
from cosmoloom_explorer.volume_statistics import Measured
from napari_cosmoloom.controls.section import Report, Section, button, note
from napari_cosmoloom.controls.volume_curves import VolumeCurves
from napari_cosmoloom.views.large_volume_layer import PLACES

SOURCES: dict[Source, str] = {"generated": "generated field", "simulation": "field beside it"}
FACTORS = (1, 2, 4)
MORE = "\N{HORIZONTAL ELLIPSIS}"
INVITATION = f"Choose a refiner and add it once per doubling of the grid, or open a folder of one with {MORE}"


class LargeVolumeSection(Section):
    """What to weave, how far it is, and what to do with it.

    Signals say what a person asked for: ``planned()`` that the plan has changed, ``browsing()`` for the folder of
    another refiner, ``weaving()`` and ``cancelled()``, ``placed(str)`` where the volume is to stand, ``saving()``,
    ``copying()`` of the command, ``redrawing()`` of the patch under the crosshair.
    """

    planned = Signal()
    browsing = Signal()
    weaving = Signal()
    cancelled = Signal()
    placed = Signal(str)
    saving = Signal()
    copying = Signal()
    redrawing = Signal()

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("LARGE VOLUME", state, report)
        self.by: list[str] = []
        self._busy = False
        self.source = _combo("what is refined", "Which of the two fields is refined, as it is when weaving begins.")
        for source, title in SOURCES.items():
            self.source.addItem(title, source)
        self.factor = _combo(
            "how coarse the start is", "Start from the field itself, or from means over blocks of it: fewer voxels."
        )
        self.model = _combo("refiner", "A refiner without seams, or a model of patches: a published M2 or M1.")
        self.model.setPlaceholderText("no refiner is bundled")
        self.folder = button(f"folder{MORE}", "Offer the refiner, or the model of patches, in a folder.")
        self.more = button("add a scale", "Refine once more, by the model that is chosen.")
        self.less = button("take one back", "Leave the finest scale out.")
        self._row(QLabel("from"), self.source, self.factor)
        self._row(QLabel("by"), self.model, self.folder)
        self._row(self.more, self.less)
        self._bars = QVBoxLayout()
        self._bars.setSpacing(3)
        self.bars: list[QProgressBar] = []
        holder = QWidget()
        holder.setLayout(self._bars)
        self._bars.setContentsMargins(0, 0, 0, 0)
        self.rows.addWidget(holder)
        self.estimate, self.doubt, self.progress = note(INVITATION), note(colour=colours.WARNING), note()
        self.to_disk = QCheckBox("stream to disk")
        self.to_disk.setToolTip(
            "Write every tile into an OME-Zarr as it lands, and keep next to nothing in memory.  What was interrupted "
            "goes on when the same volume is woven to the same place."
        )
        self.weave = button("weave", "")
        self.place = _combo("where the large volume stands", "Where the large volume stands in the main view.")
        for place, title in PLACES.items():
            self.place.addItem(title, place)
        self.rows.addWidget(self.estimate)
        self.rows.addWidget(self.doubt)
        self._row(self.to_disk, self.weave)
        self.rows.addWidget(self.progress)
        self.save = button(f"save{MORE}", "Write the volume: OME-Zarr with every scale; NumPy or HDF5 of the finest.")
        self.copy = button("copy command", "Copy the command that makes this very volume, to the last bit.")
        self.redraw = button("redraw here", "Draw the patch under the crosshair anew, from another seed.")
        self.curves = VolumeCurves()
        self._row(QLabel("show"), self.place)
        self._row(self.save, self.copy, self.redraw)
        self.rows.addWidget(self.curves)
        self._connect()
        self.show_factors(state.limits.n)
        self.show_plan(None, "", [])
        self.show_busy(False)
        self.show_volume(shown=False, whole=False, redrawable=False)
        self.fold()

    def start(self) -> Start:
        """Return what a person chose to refine."""
        return Start(source=self.source.currentData(), factor=self.factor.currentData())

    def offer(self, name: str, title: str) -> None:
        """Offer a refiner by its name or folder, and choose it."""
        index = self.model.findData(name)
        if index < 0:
            self.model.addItem(title, name)
            index = self.model.count() - 1
        self.model.setCurrentIndex(index)

    def show_factors(self, n: int) -> None:
        """Offer the starts that a field of n^3 voxels has."""
        chosen = max(self.factor.currentIndex(), 0)
        blocked = self.factor.blockSignals(True)
        self.factor.clear()
        for factor in FACTORS:
            if n % factor == 0 and n // factor >= 4:
                title = f"{n}{CUBED} voxels" if factor == 1 else f"{n // factor}{CUBED} block means"
                self.factor.addItem(title, factor)
        self.factor.setCurrentIndex(min(chosen, self.factor.count() - 1))
        self.factor.blockSignals(blocked)

    def show_simulation(self, there: bool) -> None:
        """Offer the field beside, where there is one."""
        self.source.model().item(1).setEnabled(there)
        if not there:
            self.source.setCurrentIndex(0)

    def show_plan(self, plan: Plan | None, estimate: str, doubts: Sequence[str]) -> None:
        """Show the scales of a plan, what they take, and what speaks against them."""
        texts = []
        if plan is not None:
            titles = ["start", *(card.name for card in plan.cards)]
            texts = [
                f"{side}{CUBED} of {plan.box_size / side:.3g} Mpc/h \N{MIDDLE DOT} {title}"
                for side, title in zip(plan.sides, titles, strict=True)
            ]
        if texts != [bar.format() for bar in self.bars]:
            self._make_bars(texts)
        self.estimate.setText(estimate or INVITATION)
        self.doubt.setText("\n".join(doubts))
        self.doubt.setVisible(bool(doubts))
        self.less.setEnabled(bool(self.by))
        self.weave.setEnabled(self._busy or plan is not None)

    def show_stage(self, scale: int, share: float) -> None:
        """Fill the bars up to a scale."""
        for index, bar in enumerate(self.bars):
            bar.setValue(1000 if index < scale else round(1000 * share) if index == scale else 0)

    def show_busy(self, busy: bool) -> None:
        """Offer to cancel while a volume is woven."""
        self._busy = busy
        self.weave.setText("cancel" if busy else "weave")
        tip = "Stop after this tile; what has landed stays on screen." if busy else "Make the volume (Ctrl+Alt+J)."
        self.weave.setToolTip(tip)
        for each in (self.source, self.factor, self.more, self.to_disk):
            each.setEnabled(not busy)
        self.more.setEnabled(not busy and self.model.currentIndex() >= 0)
        self.less.setEnabled(not busy and bool(self.by))

    def show_volume(self, *, shown: bool, whole: bool, redrawable: bool) -> None:
        """Offer what can be done with the volume there is."""
        self.place.setEnabled(shown)
        self.save.setEnabled(whole)
        self.redraw.setEnabled(redrawable)

    def show_measured(self, measured: tuple[Measured, ...]) -> None:
        """Show statistics of the start and of the volume."""
        self.curves.show_measured(measured)

    def toggle(self) -> None:
        """Weave, or cancel."""
        (self.cancelled if self._busy else self.weaving).emit()

    def _row(self, *widgets: QWidget) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        for each in widgets:
            row.addWidget(each, 0 if isinstance(each, QLabel) or each is self.folder else 1)
        self.rows.addLayout(row)

    def _connect(self) -> None:
        for combo in (self.source, self.factor):
            combo.activated.connect(self.planned)
        self.to_disk.toggled.connect(self.planned)
        self.folder.clicked.connect(self.browsing)
        self.more.clicked.connect(self._on_more)
        self.less.clicked.connect(self._on_less)
        self.weave.clicked.connect(self.toggle)
        self.place.activated.connect(lambda _: self.placed.emit(self.place.currentData()))
        self.save.clicked.connect(self.saving)
        self.copy.clicked.connect(self.copying)
        self.redraw.clicked.connect(self.redrawing)
        self.model.currentIndexChanged.connect(lambda _: self.show_busy(self._busy))

    def _make_bars(self, texts: list[str]) -> None:
        for bar in self.bars:
            self._bars.removeWidget(bar)
            bar.deleteLater()
        self.bars = [_bar(text) for text in texts]
        for bar in self.bars:
            self._bars.addWidget(bar)

    def _on_more(self) -> None:
        self.by.append(self.model.currentData())
        self.planned.emit()

    def _on_less(self) -> None:
        self.by.pop()
        self.planned.emit()


def _bar(text: str) -> QProgressBar:
    bar = QProgressBar()
    bar.setRange(0, 1000)
    bar.setFixedHeight(18)
    bar.setFormat(text)
    bar.setAccessibleName(text)
    bar.setStyleSheet(
        f"QProgressBar {{ background: {colours.PANEL}; border: none; border-radius: 3px; color: {colours.TEXT};"
        " font-size: 11px; text-align: center; }"
        f" QProgressBar::chunk {{ background: #77{colours.SIMULATION[1:]}; border-radius: 3px; }}"
    )
    bar.setValue(0)
    return bar


def _combo(name: str, tip: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setToolTip(tip)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return combo


def title_of(name: str) -> str:
    """Return what a refiner is called in the list: its name, or the last words of its folder's path."""
    path = Path(name)
    return f"{path.parent.name}/{path.name}" if len(path.parts) > 2 else name
