"""Does what the controls of the latent ask for: directions, ways, maps, edits and reconstructions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from qtpy.QtCore import QObject

from cosmoloom.pipeline.kept_latents import DRAWN, Latent
from cosmoloom_explorer import ExplorerState, Frame, Settings, readouts
from cosmoloom_explorer.latent_jobs import changing, encoding, finding, fitting, joining, mapping, refining, seeding
from cosmoloom_explorer.saved_session import Bookmark
from cosmoloom_explorer.workshop import Job, Progress, Workshop
from napari_cosmoloom.controls.own_box import worded
from napari_cosmoloom.controls.panel import ControlPanel
from napari_cosmoloom.controls.ways import another
from napari_cosmoloom.region_brush import RegionBrush

if TYPE_CHECKING:
    from torch import Tensor

    from cosmoloom.engine import Engine
    from cosmoloom_explorer.outbox import Deliver

EDIT, FIND, JOIN, MAP, OPEN, RECONSTRUCT = "edit", "find", "join", "map", "open", "reconstruct"
MOVING = (EDIT, RECONSTRUCT)
"""Jobs whose every step goes on screen."""


class LatentDesk(QObject):
    """Runs the long work of one explorer, and brings its results into the state.

    Parameters
    ----------
    state : ExplorerState
        What results change.
    controls : ControlPanel
        What asks, and where progress is shown.
    brush : RegionBrush
        Paints regions.
    frame : callable
        Returns the frame on screen, None before the first.
    record : callable
        Makes the state a step of undo.
    parent : QObject
        Owner.
    """

    def __init__(
        self,
        state: ExplorerState,
        controls: ControlPanel,
        brush: RegionBrush,
        *,
        frame: Callable[[], Frame | None],
        record: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._state, self._controls, self._brush = state, controls, brush
        self._frame, self._record = frame, record
        self._engine: Engine | None = None
        self._workshop: Workshop | None = None
        self._job = ""
        self._place: tuple[str, float, float] | None = None
        self._end: Bookmark | None = None
        named, ways, atlas = controls.named, controls.ways, controls.atlas
        editing, reconstruction = controls.editing, controls.reconstruction
        named.finding.connect(self.find)
        ways.leaving.connect(self.leave)
        atlas.drawing.connect(self.draw)
        atlas.flying.connect(lambda seed: ways.fly(f"{DRAWN}{seed}"))
        editing.changing.connect(self.change)
        editing.seeding.connect(self.seed_halo)
        editing.painting.connect(self._on_painting)
        editing.radius.edited.connect(brush.size)
        controls.own_box.asking.connect(self.open)
        reconstruction.encoding.connect(self.encode)
        reconstruction.refining.connect(self.refine)
        for section in (atlas, editing, reconstruction):
            section.cancelled.connect(self.cancel)

    @property
    def moving(self) -> bool:
        """Whether a job is under way whose steps go on screen."""
        return self._job in MOVING

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return bool(self._job)

    def start(self, engine: Engine, deliver: Deliver) -> None:
        """Begin to work for an engine."""
        self._engine = engine
        self._workshop = Workshop(deliver, device=engine.device, threads=engine.threads)
        self._workshop.progressed.connect(self._on_progressed)
        self._workshop.finished.connect(self._on_finished)
        self._workshop.failed.connect(self._on_failed)

    def close(self) -> None:
        """Stop working and let go of the engine."""
        self._controls.ways.stop()
        workshop, self._workshop, self._engine = self._workshop, None, None
        if workshop is not None:
            workshop.close()

    def cancel(self) -> None:
        """Stop, and keep what was reached."""
        if self._workshop is not None:
            self._workshop.cancel()

    def abandon(self) -> None:
        """Stop, and let go of what was reached."""
        self._controls.ways.stop()
        self.cancel()
        self._set_job("")

    def find(self) -> None:
        """Look for directions by what they do, where the explorer stands."""
        frame, name = self._frame(), self._here()
        if self._engine is None or frame is None or name is None:
            return
        place = name, self._state.redshift, self._state.kappa
        self._place = place
        self._start(FIND, finding(self._engine.recipes, place))

    def leave(self, bookmark: Bookmark | None) -> None:
        """Lay a way from here to a bookmark, or to a draw that nobody chose."""
        if self._here() is None or self._engine is None:
            return
        if bookmark is None:
            self._controls.ways.lay(another())
            return
        self._end = bookmark
        self._start(JOIN, joining(self._engine.recipes, bookmark.settings))

    def draw(self, count: int) -> None:
        """Draw a map of samples at the redshift and kappa of the state."""
        self._start(MAP, mapping(count, self._state.redshift, self._state.kappa))

    def change(self) -> None:
        """Change the mass of the region."""
        editing = self._controls.editing
        self._edit(lambda frame: changing(
            frame.latent, self._region(frame), editing.factor.value, self._where(frame), hold=editing.hold.value
        ))  # fmt: skip

    def seed_halo(self) -> None:
        """Ask for a halo at the crosshair."""
        hold = self._controls.editing.hold.value
        self._edit(lambda frame: seeding(frame.latent, self._state.slices, self._where(frame), hold=hold))

    def open(self, path: str) -> None:
        """Put a box of one's own in the simulation's place, if it fits."""
        self._start(OPEN, fitting(path, *self._controls.own_box.chosen()))

    def encode(self) -> None:
        """Find the latent of the simulation, or of the box, beside."""
        frame = self._frame()
        if frame is None or frame.view.reference is None or self._engine is None:
            self._controls.show_error(readouts.NO_REFERENCE)
            return
        self._start(RECONSTRUCT, encoding(self._engine, frame.view.reference))

    def refine(self, steps: int) -> None:
        """Better the latent on screen as a reconstruction of the simulation beside."""
        frame = self._frame()
        if frame is None or frame.view.reference is None or self._engine is None:
            self._controls.show_error(readouts.NO_REFERENCE)
            return
        _, kappa = self._where(frame)
        self._start(RECONSTRUCT, refining(self._engine, frame.view.reference, frame.latent, kappa, steps))

    def _edit(self, make: Callable[[Frame], Job]) -> None:
        frame = self._frame()
        if frame is not None:
            self._start(EDIT, make(frame))

    def _start(self, kind: str, job: Job) -> None:
        if self._workshop is None:
            return
        if kind in MOVING:
            self._record()
            self._controls.ways.stop()
        self._set_job(kind)
        self._workshop.start(kind, self._state.model, job)

    def _set_job(self, kind: str) -> None:
        self._job, controls = kind, self._controls
        controls.named.show_busy(kind == FIND)
        controls.atlas.show_busy(kind == MAP)
        controls.editing.show_busy(kind == EDIT)
        controls.reconstruction.show_busy(kind == RECONSTRUCT)

    def _here(self) -> str | None:
        """Return the name of the latent on screen; one that a key had to make is kept, and becomes the origin."""
        frame, state = self._frame(), self._state
        if frame is None or self._engine is None:
            return None
        latent = frame.view.field.latent
        if not (latent.toward or latent.tilts or latent.directions or latent.components):
            name = state.origin or f"{DRAWN}{state.seed}"
        else:
            name = self._engine.recipes.kept.keep(frame.latent)
        state.go_to_latent(name)
        return name

    def _region(self, frame: Frame) -> Latent:
        if self._controls.editing.painted.isChecked():
            return self._brush.region
        from cosmoloom.pipeline.latent_editing import ball

        n = len(frame.generated)
        return ball(n, self._state.slices, self._controls.editing.radius.value * n / frame.box_size).numpy()

    @staticmethod
    def _where(frame: Frame) -> tuple[float, float]:
        """Return redshift and kappa of the field on screen; a network that reads no kappa takes any."""
        field = frame.view.field
        return field.redshift, frame.view.scaled.display_kappa if field.kappa is None else field.kappa

    def _on_painting(self, painting: bool) -> None:
        if painting:
            self._state.ndisplay = 2
            self._brush.begin(self._controls.editing.radius.value)
        else:
            self._brush.end()

    def _on_progressed(self, progress: Progress) -> None:
        if progress.kind == self._job:
            self._take(progress.result, lasting=False)

    def _on_finished(self, progress: Progress) -> None:
        kind = self._job
        if progress.kind != kind:
            return
        self._set_job("")
        if progress.result is not None:
            self._job = kind  # as far as _take is concerned
            self._take(progress.result, lasting=True)
            self._job = ""
        self._record()

    def _on_failed(self, kind: str, text: str) -> None:
        if kind == OPEN:
            self._controls.own_box.show_text(text)
        if kind == self._job:
            self._controls.show_error(worded(text))

    def _take(self, result: Any, *, lasting: bool) -> None:
        controls, kind = self._controls, self._job
        if kind == MAP:
            controls.atlas.show_atlas(result)
        elif kind == FIND and lasting and self._place is not None:
            self._state.tilts_at = self._place
        elif kind == JOIN and lasting and self._end is not None:
            settings: Settings = self._end.settings
            controls.ways.lay(self._keep(result, lasting=True), (settings.redshift, settings.kappa))
        elif kind == OPEN and lasting:
            self._state.own_box, text = result
            controls.own_box.show_text(text)
        elif kind == EDIT:
            controls.editing.show_edited(result)
            self._go(result.latent, lasting=lasting)
        elif kind == RECONSTRUCT:
            controls.reconstruction.show_progress(result.text)
            self._go(result.latent, lasting=lasting)
            if result.redshift is not None and abs(self._state.redshift - result.redshift) > 1e-6:
                self._state.redshift = result.redshift

    def _go(self, latent: Tensor, *, lasting: bool) -> None:
        self._state.go_to_latent(self._keep(latent, lasting=lasting))

    def _keep(self, latent: Tensor, *, lasting: bool) -> str:
        assert self._engine is not None
        return self._engine.recipes.kept.keep(np.asarray(latent), lasting=lasting)
