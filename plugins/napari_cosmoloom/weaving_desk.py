"""Does what the controls of the large volume ask for: plans, weaves, cancels, saves, redraws."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QObject
from qtpy.QtWidgets import QApplication, QFileDialog

from cosmoloom import models
from cosmoloom.data.atomic import require_writable
from cosmoloom.data.pyramid import block_mean
from cosmoloom.data.writers import require_known_suffix
from cosmoloom.errors import CosmoloomError, InvalidInputError
from cosmoloom.weaving import factor_of
from cosmoloom_explorer import ExplorerState, Frame
from cosmoloom_explorer.landing import Landing
from cosmoloom_explorer.large_volume import TILE, Plan
from cosmoloom_explorer.volume_jobs import Saved, command_for, keeping, redrawing, saving
from cosmoloom_explorer.volume_prospects import (
    CUBED,
    progress_text,
    prospects,
    require_room,
    stopped_text,
    woven_text,
)
from cosmoloom_explorer.weaving_jobs import Order, Rate, Woven, timing, weaving
from cosmoloom_explorer.workshop import Job, Progress, Workshop
from napari_cosmoloom.controls.large_volume import title_of
from napari_cosmoloom.controls.panel import ControlPanel
from napari_cosmoloom.views.large_volume_layer import LargeVolumeLayer

if TYPE_CHECKING:
    from cosmoloom.engine import Engine
    from cosmoloom.models.card import ModelCard
    from cosmoloom_explorer.outbox import Deliver

TIME, WEAVE, SAVE, KEEP, REDRAW = "time", "weave", "save", "keep", "redraw"
TOLD = 0.1
"""Shortest time between two texts of progress [s]."""
FOLDERS = ("", "model", "best")
"""Where in a chosen folder a refiner may lie: in itself, or where a training leaves it."""
PYRAMID, KINDS = "OME-Zarr (*.zarr)", "Volumes (*.zarr *.npz *.h5 *.npy)"


class WeavingDesk(QObject):
    """Makes large volumes for one explorer, on a thread of its own, beside everything else.

    Parameters
    ----------
    state : ExplorerState
        What is shown.
    controls : ControlPanel
        What asks, and where progress is shown.
    layer : LargeVolumeLayer
        Shows what lands.
    frame : callable
        Returns the frame on screen, None before the first.
    parent : QObject
        Owner.
    """

    def __init__(
        self, state: ExplorerState, controls: ControlPanel, layer: LargeVolumeLayer, *,
        frame: Callable[[], Frame | None], parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._state, self._controls, self._section, self.layer = state, controls, controls.large, layer
        self._frame = frame
        self._engine: Engine | None = None
        self._workshop: Workshop | None = None
        self._job, self._serial, self._told, self._failed = "", 0, 0.0, False
        self._rates: dict[str, float] = {}
        self._cards: dict[str, ModelCard] = {}
        self.order: Order | None = None
        self.woven: Woven | None = None
        self._copied: Order | None = None
        section = self._section
        section.planned.connect(self.plan)
        section.browsing.connect(self._on_browsing)
        section.weaving.connect(lambda: self._attempt(self.weave))
        section.cancelled.connect(self.cancel)
        section.placed.connect(layer.stand)
        section.saving.connect(lambda: self._attempt(self.save))
        section.copying.connect(lambda: self._attempt(self.copy))
        section.redrawing.connect(lambda: self._attempt(self.redraw))
        for name in models.refiner_names():
            self._offer(name)

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._job)

    def start(self, engine: Engine, deliver: Deliver) -> None:
        """Begin to work for an engine."""
        self._engine = engine
        self._workshop = Workshop(deliver, device=engine.device, threads=engine.threads)
        self._workshop.progressed.connect(self._on_progressed)
        self._workshop.finished.connect(self._on_finished)
        self._workshop.failed.connect(self._on_failed)

    def close(self) -> None:
        """Stop, wait for the tile that is being made, and let go of all volumes."""
        workshop, self._workshop, self._engine = self._workshop, None, None
        if workshop is not None:
            workshop.close()
        self.layer.close()
        self.order = self.woven = None

    def show_frame(self, frame: Frame) -> None:
        """Plan anew for what is on screen now."""
        self._section.show_simulation(frame.reference is not None)
        if self._section.factor.itemText(0) != f"{len(frame.generated)}{CUBED} voxels":
            self._section.show_factors(len(frame.generated))
        if self._section.by and not self.busy:
            self.plan()

    def open(self, folder: str | Path) -> None:
        """Offer the refiner, or the model of patches, in a folder."""
        found = [str(Path(folder) / inside) for inside in FOLDERS]
        self._attempt(lambda: self._offer_one_of(found))

    def plan(self) -> Plan | None:
        """Plan what is chosen, show what it takes, and return it; None where there is nothing to plan."""
        section, frame = self._section, self._frame()
        section.show_busy(bool(self._job) and self._job.startswith(WEAVE))
        if frame is None or not section.by:
            section.show_plan(None, "", [])
            return None
        try:
            plan = self._planned(frame)
        except CosmoloomError as error:
            section.show_plan(None, "nothing can be woven like this", [str(error)])
            return None
        section.show_plan(plan, *self._prospects(plan))
        self._time_next(plan)
        return plan

    def weave(self, out: str | Path | None = None) -> None:
        """Begin the volume that is planned; a pyramid is streamed to ``out``, asked for if that is wished.

        Raises
        ------
        InvalidInputError
            If there is nothing to weave, or no room for it.
        CosmoloomError
            If ``out`` cannot be written.
        """
        section, order = self._section, self._ordered()
        plan, landing, frame = order.plan, order.landing, order.frame
        if plan.seamless and section.to_disk.isChecked() and out is None:
            out = self._ask("Stream the volume to", "volume.zarr", PYRAMID)
            if out is None:
                return
        order = replace(order, out=None if out is None else Path(out))
        require_room(plan, order.out)
        self.order, self.woven = order, None
        if order.start.source == "generated" and frame.density is not None:  # seen at once; the worker's follows
            landing.provide(0, block_mean(frame.density, order.start.factor))
        self.layer.show(landing, self._title("Weaving"))
        section.show_plan(plan, *self._prospects(plan))
        section.show_stage(0, 0.0)
        section.show_measured(())
        section.show_volume(shown=True, whole=False, redrawable=False)
        self._begin(WEAVE, weaving(order, self._need()))

    def toggle(self) -> None:
        """Weave, or stop."""
        self._section.heading.setChecked(True)
        self._section.toggle()

    def cancel(self) -> None:
        """Stop after the tile that is being made; what has landed stays."""
        if self._workshop is not None:
            self._workshop.cancel()

    def save(self, out: str | Path | None = None) -> None:
        """Write the volume that is finished, asked where if not told; raises as writing does."""
        if self.order is None or self.woven is None or self.busy:
            return
        out = self._ask("Save the volume", "volume.zarr", KINDS) if out is None else out
        if out is None:
            return
        require_known_suffix(out)
        require_writable(Path(out))
        self._begin(SAVE, saving(self.order, self.woven.facts, Path(out)))

    def copy(self, out: str | Path | None = None) -> None:
        """Put the command on the clipboard; a start that no command can name is written to a file first."""
        order = self.order
        if order is None or (self._section.by and list(order.plan.by) != self._section.by):
            order = self._ordered()
        words = command_for(order, self._need().device)
        if words is not None:
            self._put(words)
            return
        if self.busy:
            raise InvalidInputError("the start is written to a file for this command: wait for the volume, or cancel")
        out = self._ask("Keep the start of the volume in", "start.npz", "NumPy (*.npz)") if out is None else out
        if out is not None:
            self._copied = order
            self._begin(KEEP, keeping(order, self._need(), Path(out)))

    def redraw(self) -> None:
        """Draw the patch under the crosshair anew, from a seed that nobody chose."""
        if self.order is None or self.woven is None or self.busy:
            return
        plan, n = self.order.plan, self._state.limits.n
        side = min(TILE, plan.sides[-1]) if plan.seamless else plan.cards[-1].n
        x, y, z = (int((at + 0.5) / n * plan.sides[-1]) // side for at in self._state.slices)
        self._begin(REDRAW, redrawing(self.woven, plan, (x, y, z), secrets.randbelow(10**6)))

    def remove(self) -> None:
        """Take the layer out."""
        self.layer.remove()

    def _ordered(self) -> Order:
        """Return the volume that is chosen now; raises InvalidInputError where nothing is."""
        frame = self._frame()
        if frame is None or not self._section.by:
            raise InvalidInputError("add a scale first: choose a refiner, or open the folder of one")
        plan = self._planned(frame)
        landing = Landing(plan.sides, plan.box_size)
        return Order(plan=plan, start=self._section.start(), frame=frame, seed=self._state.seed, landing=landing)

    def _planned(self, frame: Frame) -> Plan:
        start, by = self._section.start(), self._section.by
        redshift = frame.view.field.redshift
        if start.source == "simulation" and frame.reference_redshift is not None:
            redshift = frame.reference_redshift
        return Plan.of(
            len(frame.generated) // start.factor, frame.box_size, redshift, by, [self._cards[name] for name in by]
        )

    def _prospects(self, plan: Plan) -> tuple[str, list[str]]:
        return prospects(plan, self._rates, to_disk=plan.seamless and self._section.to_disk.isChecked())

    def _time_next(self, plan: Plan) -> None:
        """Find out how fast the next model is of which that is not known."""
        unknown = [name for name in plan.by if name not in self._rates]
        if unknown and not self.busy and self._workshop is not None:
            self._begin(TIME, timing(unknown[0]))

    def _begin(self, kind: str, job: Job) -> None:
        if self._workshop is None:
            return
        self._serial += 1
        self._job = f"{kind} {self._serial}"
        self._section.show_busy(kind == WEAVE)
        frame = self._frame()
        name = self._state.model if frame is None else frame.view.field.latent.model
        self._workshop.start(self._job, name, job)

    def _need(self) -> Engine:
        assert self._engine is not None, "asked for while the window is open"
        return self._engine

    def _on_progressed(self, progress: Progress) -> None:
        if progress.kind == self._job:
            self._take(progress.result)

    def _on_finished(self, progress: Progress) -> None:
        if progress.kind != self._job:
            return
        kind, self._job = self._job.partition(" ")[0], ""
        self._section.show_busy(False)
        result = progress.result
        self._told = 0.0
        if self._failed:
            self._failed = False
        elif kind == WEAVE and not (isinstance(result, Woven) and result.finished):
            self._say(stopped_text(None if self.order is None else self.order.out))
        elif result is not None:
            self._take(result)
        self.layer.settle()
        if self._section.by and kind == TIME:
            self.plan()

    def _on_failed(self, kind: str, text: str) -> None:
        if kind == self._job:
            self._failed = True
            self._controls.show_error(text)
            self._say(text)

    def _take(self, result: Any) -> None:
        if isinstance(result, Rate):
            self._rates[result.name] = result.value
        elif isinstance(result, Saved) and not self.busy:  # once, at the end
            self._on_saved(result)
        elif isinstance(result, Woven) and self.order is not None and result.landing is self.order.landing:
            self.layer.touch()
            if result.scale:
                self._rates[self.order.plan.by[result.scale - 1]] = result.rate
            if result.finished:
                self._on_woven(result)
            elif perf_counter() - self._told > TOLD:
                self._told = perf_counter()
                self._section.show_stage(result.scale, result.share)
                self._say(progress_text(self.order.plan, result, self._rates))

    def _on_woven(self, woven: Woven) -> None:
        if self.woven is woven:  # it comes as progress and as the end
            return
        self.woven = woven
        in_memory = woven.path is None
        self._section.show_stage(len(self._section.bars), 1.0)
        self._section.show_volume(shown=True, whole=in_memory, redrawable=in_memory)
        self._section.show_measured(woven.measured)
        self.layer.rename(self._title("Woven"))
        self._say(woven_text(woven))

    def _on_saved(self, saved: Saved) -> None:
        if self._copied is not None:
            order, self._copied = self._copied, None
            self._put(command_for(order, self._need().device, str(saved.path)) or "")
        else:
            self._say(f"saved: {saved.path}")

    def _title(self, what: str) -> str:
        assert self.order is not None
        plan, generated = self.order.plan, self.order.start.source == "generated"
        whose = "" if generated else f"{self.order.frame.reference_name}, "
        return f"{what} {plan.sides[-1]}{CUBED}, {whose}seed {self.order.seed}, z = {plan.redshift:g}"

    def _offer(self, name: str) -> None:
        """Offer what refines; raises as reading its card does, and if it refines nothing."""
        card = models.read_card(name)
        factor_of(card)
        self._cards[name] = card
        self._section.offer(name, title_of(name))

    def _offer_one_of(self, folders: list[str]) -> None:
        """Offer the first of some folders that holds a model; raises as reading its card does."""
        from cosmoloom.models.folder import CARD

        self._offer(next((folder for folder in folders if (Path(folder) / CARD).is_file()), folders[0]))
        self._section.show_busy(self.busy and self._job.startswith(WEAVE))

    def _on_browsing(self) -> None:
        folder = QFileDialog.getExistingDirectory(self._controls, "The folder of a refiner or of a model of patches")
        if folder:
            self.open(folder)

    def _ask(self, title: str, name: str, kinds: str) -> str | None:
        path, _ = QFileDialog.getSaveFileName(self._controls, title, name, kinds)
        return path or None

    def _put(self, text: str) -> None:
        QApplication.clipboard().setText(text)
        self._say(f"copied: {text}")

    def _say(self, text: str) -> None:
        self._section.progress.setText(text)

    def _attempt(self, action: Callable[[], object]) -> None:
        try:
            action()
        except CosmoloomError as error:
            self._controls.show_error(str(error))
