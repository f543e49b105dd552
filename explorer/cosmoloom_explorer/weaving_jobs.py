"""Making large volumes, as the workshop takes it: timing what refines, and weaving."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from cosmoloom.pipeline.kept_latents import DRAWN
from cosmoloom_explorer.landing import Landing
from cosmoloom_explorer.large_volume import TILE, Plan, Start, batch_on
from cosmoloom_explorer.volume_statistics import Measured, measure
from cosmoloom_explorer.workshop import Job

if TYPE_CHECKING:
    from cosmoloom.box import Box
    from cosmoloom.engine import Engine
    from cosmoloom.keys import LatentKey
    from cosmoloom.pipeline.model import Model
    from cosmoloom.pipeline.multiscale.landed import Landed
    from cosmoloom.pipeline.multiscale.noise import Place
    from cosmoloom_explorer.frames import Frame

@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Order:
    """A volume that is asked for, and all that decides it.

    Attributes
    ----------
    plan : Plan
        What refines, and how far.
    start : Start
        What of the frame is refined.
    frame : Frame
        What is on screen.
    seed : int
        Of all that is added.
    landing : Landing
        Takes what lands.
    out : Path or None
        Pyramid to stream to, of refiners alone; in memory without.
    """

    plan: Plan
    start: Start
    frame: Frame
    seed: int
    landing: Landing
    out: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Woven:
    """How far a volume is.

    Attributes
    ----------
    landing : Landing
        Which one.
    scale, n : int
        Scale that is being made, and its voxels per side.
    share : float
        How much of that scale is done, in (0, 1].
    rate : float
        Voxels per second of that scale; 0 before it is known.
    facts : dict
        What is kept beside the volume.
    start : Box
        What it is made of.
    path : Path or None
        Where a finished volume is on disk.
    finished : bool
        Whether all scales are done.
    measured : tuple of Measured
        Of the start and of the finest scale, once they were taken.
    """

    landing: Landing
    scale: int
    n: int
    share: float
    rate: float
    facts: dict[str, Any]
    start: Box
    path: Path | None = None
    finished: bool = False
    measured: tuple[Measured, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Rate:
    """Voxels per second that a model of this name makes."""

    name: str
    value: float


class Stages:
    """Storage of :func:`cosmoloom.pipeline.multiscale.weave_seamless.weave_seamless` that a landing knows of.

    Parameters
    ----------
    landing : Landing
        Told of each scale.
    store : PyramidStore, optional
        Where the scales are kept; by default in memory.
    """

    def __init__(self, landing: Landing, store: Any = None) -> None:
        self._landing, self._store = landing, store

    def level(self, scale: int, n: int, tile: int) -> Any:
        """Return the array of a scale, NaN where nothing is."""
        if self._store is None:
            array: Any = np.full((n,) * 3, np.nan, dtype=np.float32)
        else:
            array = self._store.level(scale, n, tile)
        self._landing.provide(scale, array)
        return array

    def has(self, scale: int, index: Place) -> bool:
        """Whether a tile was made before."""
        return self._store is not None and self._store.has(scale, index)


def timing(name: str) -> Job:
    """Find out how fast one refiner, or one model of patches, is on this machine."""

    def run(model: Model) -> Iterator[Any]:
        from cosmoloom.pipeline.multiscale.field import ArrayField
        from cosmoloom.pipeline.multiscale.patch_canvas import PatchCanvas
        from cosmoloom.pipeline.multiscale.seamless import Circumstances, RefinedField
        from cosmoloom.weaving import are_refiners, open_patch_models

        device = str(model.device)
        if are_refiners([name]):
            from cosmoloom.models.refiners import load_refiner

            below = ArrayField(np.ones((TILE // 2,) * 3, dtype=np.float32))
            given = Circumstances(seed=0, growth=1.0, box_size=float(TILE // 2), periodic=True, tile=TILE)
            tile = RefinedField(load_refiner(name)[0].to(device), below, scale=1, circumstances=given)
            start = perf_counter()
            made = tile.compute((0, 0, 0)).size
        else:
            (patches,) = open_patch_models([name], device=device)
            m, factor = patches.generator.patch, patches.generator.factor
            low = np.ones((m // factor,) * 3, dtype=np.float32)
            canvas = PatchCanvas(patches, n=m, low=low, seed=0, scale=1)
            start = perf_counter()
            made = canvas.make([(0, 0, 0)]).size
        yield Rate(name, made / (perf_counter() - start))

    return run


def weaving(order: Order, engine: Engine) -> Job:
    """Make a large volume of what is on screen; the engine keeps the simulations beside."""

    def run(model: Model) -> Iterator[Any]:
        from cosmoloom.weaving import facts_of

        plan, landing = order.plan, order.landing
        box, name = start_box(model, order, engine)
        facts = facts_of(box, name, plan.by, seed=order.seed, periodic=box.periodic)
        pieces, store = _pieces(order, box, facts, str(model.device))
        done = None
        for done in _paced(pieces, landing, facts, box):
            yield done
        if store is not None:
            store.finish()
            _reopen(landing, store.path)
        assert done is not None, "every stream begins with the start"
        finest = len(plan.sides) - 1
        yield Woven(
            landing=landing, scale=finest, n=plan.sides[-1], share=1.0, rate=done.rate, facts=facts, start=box,
            path=None if store is None else store.path, finished=True, measured=measure(landing, box),
        )  # fmt: skip

    return run


def start_box(model: Model, order: Order, engine: Engine) -> tuple[Box, str]:
    """Return what is refined, in single precision, and what the command calls it."""
    from cosmoloom.box import Box
    from cosmoloom.data.pyramid import block_mean

    start, frame, key = order.start, order.frame, order.frame.view.field
    if start.source == "simulation":
        assert frame.view.reference is not None, "the window offers it only where there is one"
        found, name = engine.reference(frame.view.reference), frame.reference_name
    else:
        where: dict[str, Any] = {} if key.kappa is None else {"kappa": key.kappa}
        if is_draw(key.latent):
            sampled, name = model.sample(seed=key.latent.seed, redshift=key.redshift, **where), key.latent.model
        else:
            sampled, name = model.sample(latent=frame.latent, redshift=key.redshift, **where), "edited latent"
        assert isinstance(sampled, Box), "the explorer shows volumes"
        found = sampled
    if start.factor == 1:
        return found, name
    density = block_mean(found.density, start.factor)
    means = Box(
        density=density, box_size=found.box_size, redshift=found.redshift, periodic=found.periodic, label=found.label
    )
    return means, f"block means of {name}"


def is_draw(latent: LatentKey) -> bool:
    """Whether a latent is that of its seed and nothing else."""
    changed = latent.directions or latent.components or latent.toward or latent.tilts
    return not changed and latent.origin in ("", f"{DRAWN}{latent.seed}")


def _pieces(order: Order, box: Box, facts: dict[str, Any], device: str) -> tuple[Iterator[Landed], Any]:
    """Return the stream of a volume, and the store that it goes to, if it goes to one."""
    from cosmoloom.pipeline.multiscale.ome_zarr import PyramidStore
    from cosmoloom.pipeline.multiscale.patchwise import weave_patches
    from cosmoloom.pipeline.multiscale.weave_seamless import weave_seamless
    from cosmoloom.weaving import open_patch_models, open_refiners

    plan, landing = order.plan, order.landing
    if not plan.seamless:
        models = open_patch_models(plan.by, device=device)
        pieces = weave_patches(
            box.density, models, seed=facts["seed"], wrapped=facts["periodic"], memory=int(batch_on(device) * 1e9)
        )
        return _gathered(pieces, landing), None
    opened = open_refiners(
        box, plan.by, seed=facts["seed"], periodic=facts["periodic"], tile=TILE, device=device
    )
    store = None
    if order.out is not None:
        store = PyramidStore(
            order.out, sides=list(plan.sides), box_size=box.box_size, plan={**facts, "tile": TILE}, facts=facts
        )
    return weave_seamless(box.density, opened.refiners, opened.circumstances, Stages(landing, store)), store


def _gathered(pieces: Iterator[Landed], landing: Landing) -> Iterator[Landed]:
    """Put patches into arrays of a landing."""
    for piece in pieces:
        if landing.stage(piece.scale) is None or piece.scale == 0:
            landing.provide(piece.scale, np.full((piece.n,) * 3, np.nan, dtype=np.float32))
        landing.stage(piece.scale)[piece.where] = piece.density
        yield piece


def _paced(pieces: Iterator[Landed], landing: Landing, facts: dict[str, Any], box: Box) -> Iterator[Woven]:
    """Tell a landing of every piece, and how fast they come."""
    scale, made, begun = 0, 0, perf_counter()
    landed = begun
    for piece in pieces:
        if piece.scale != scale:
            scale, made, begun = piece.scale, 0, landed
        landed = perf_counter()
        made += piece.density.size
        a, b, c = piece.density.shape
        landing.land(scale, piece.corner, (a, b, c))
        rate = made / max(landed - begun, 1e-9) if scale else 0.0
        yield Woven(
            landing=landing, scale=scale, n=piece.n, share=piece.share, rate=rate, facts=facts, start=box
        )


def _reopen(landing: Landing, path: Path) -> None:
    """Read a store that has got its name by that."""
    from cosmoloom.pipeline.multiscale.ome_zarr import open_pyramid

    for scale, array in enumerate(reversed(open_pyramid(path)[0])):
        landing.exchange(scale, array)
