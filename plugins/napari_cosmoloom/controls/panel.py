"""All controls in one column."""

from __future__ import annotations

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from cosmoloom.models.card import ModelCard
from cosmoloom_explorer import ExplorerState, Frame, ModelFacts, StatisticsFrame, colours
from cosmoloom_explorer.training import Training
from napari_cosmoloom.controls.atlas import AtlasSection
from napari_cosmoloom.controls.component import ComponentSection
from napari_cosmoloom.controls.directions import DirectionsSection
from napari_cosmoloom.controls.display import DisplaySection
from napari_cosmoloom.controls.editing import EditingSection
from napari_cosmoloom.controls.kappa import KappaSection
from napari_cosmoloom.controls.large_volume import LargeVolumeSection
from napari_cosmoloom.controls.model import ModelSection
from napari_cosmoloom.controls.named_directions import NamedDirectionsSection
from napari_cosmoloom.controls.own_box import OwnBoxSection
from napari_cosmoloom.controls.reconstruction import ReconstructionSection
from napari_cosmoloom.controls.record import RecordSection
from napari_cosmoloom.controls.redshift import RedshiftSection
from napari_cosmoloom.controls.reference import ReferenceSection
from napari_cosmoloom.controls.section import note
from napari_cosmoloom.controls.seed import SeedSection
from napari_cosmoloom.controls.session import SessionSection
from napari_cosmoloom.controls.training import TrainingSection
from napari_cosmoloom.controls.typicality import TypicalitySection
from napari_cosmoloom.controls.views import ViewsSection
from napari_cosmoloom.controls.ways import WaysSection
from napari_cosmoloom.focus import show_focus


class ControlPanel(QWidget):
    """The explorer's controls, with a line for timings and one for errors.

    ``held(bool)`` is emitted while a slider's handle is held.
    """

    held = Signal(bool)

    def __init__(
        self, state: ExplorerState, names: tuple[str, ...], card: ModelCard, training: Training | None = None
    ) -> None:
        super().__init__()
        self._error = note(colour=colours.WARNING)
        self._timings = note()
        self._timings.setWordWrap(False)
        self._timings.setToolTip("Milliseconds of each stage when it last ran, from network to picture.")
        self.model = ModelSection(state, self.show_error, names, card, training)
        self.training = TrainingSection(state, self.show_error, training)
        self.redshift = RedshiftSection(state, self.show_error, card)
        self.kappa = KappaSection(state, self.show_error)
        self.seed = SeedSection(state, self.show_error)
        self.ways = WaysSection(state, self.show_error)
        self.named = NamedDirectionsSection(state, self.show_error)
        self.directions = DirectionsSection(state, self.show_error)
        self.component = ComponentSection(state, self.show_error)
        self.typicality = TypicalitySection(state, self.show_error)
        self.atlas = AtlasSection(state, self.show_error)
        self.editing = EditingSection(state, self.show_error)
        self.editing.show_box(card.box_size)
        self.reference = ReferenceSection(state, self.show_error)
        self.own_box = OwnBoxSection(state, self.show_error)
        self.reconstruction = ReconstructionSection(state, self.show_error)
        self.large = LargeVolumeSection(state, self.show_error)
        self.display = DisplaySection(state, self.show_error)
        self.views = ViewsSection(state, self.show_error)
        self.record = RecordSection(state, self.show_error)
        self.session = SessionSection(state, self.show_error)
        column = QWidget()
        rows = QVBoxLayout(column)
        rows.setContentsMargins(10, 6, 10, 6)
        rows.setSpacing(10)
        for section in (
            self.model, self.training, self.redshift, self.kappa, self.seed, self.ways, self.named, self.directions,
            self.component, self.typicality, self.atlas, self.editing, self.reference, self.own_box,
            self.reconstruction, self.large, self.display, self.views, self.session, self.record,
        ):  # fmt: skip
            rows.addWidget(section)
        rows.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(column)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 4)
        outer.setSpacing(2)
        outer.addWidget(scroll, 1)
        for line in (self._error, self._timings):
            line.setContentsMargins(10, 0, 10, 0)
            outer.addWidget(line)
        self._error.hide()
        show_focus(self)
        self.named.searched.connect(self.directions.show_matching)
        for section in (
            self.training, self.redshift, self.kappa, self.ways, self.named, self.directions, self.component,
            self.editing,
        ):  # fmt: skip
            section.held.connect(self.held)

    def show_card(self, card: ModelCard) -> None:
        """Go to another model."""
        self.model.show_card(card)
        self.redshift.show_card(card)
        self.kappa.show_limits()
        self.component.show_limits()
        self.editing.show_box(card.box_size)

    def show_facts(self, facts: ModelFacts) -> None:
        """Show what is known of a model once it is loaded."""
        self.kappa.show_facts(facts)
        self.directions.show_facts(facts)
        self.reference.show_facts(facts)

    def show_frame(self, frame: Frame) -> None:
        """Show what belongs to the fields on screen."""
        self.training.show_frame(frame)
        self.component.show_latent(frame.latent)
        self.ways.show_frame(frame)
        self.reference.show_frame(frame)
        self._error.hide()

    def show_statistics(self, frame: StatisticsFrame) -> None:
        """Show what was measured of the field and of its latent."""
        self.kappa.show_statistics(frame.statistics)
        self.typicality.show_statistics(frame)
        self.reconstruction.show_statistics(frame)

    def show_training(self, training: Training) -> None:
        """Show what a running training has written by now."""
        self.model.show_training(training)
        self.training.show_training(training)

    def show_timings(self, text: str) -> None:
        """Show how long the stages took."""
        self._timings.setText(text)

    def show_error(self, text: str) -> None:
        """Show one line of an error, until the next frame."""
        self._error.setText(text)
        self._error.show()
