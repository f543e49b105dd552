"""The published pipeline: each scale made patch by patch from the one below, streamed as it lands.

I3 -> M2 -> I2 -> M1 -> I1: from a coarse volume, whichever way it was made, patches with equal i + j + k go through
the network together.  Closing the stream between two batches stops the work.

References
----------
Perraudin et al. (2019), section 3, figure 2; Srivastava (2018), section 3.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.multiscale.landed import Landed
from cosmoloom.pipeline.multiscale.memory import affordable_batch
from cosmoloom.pipeline.multiscale.patch_canvas import PatchCanvas
from cosmoloom.pipeline.multiscale.patch_model import PatchModel
from cosmoloom.pipeline.multiscale.wavefront import wavefronts


def weave_patches(
    start: NDArray[np.float32],
    models: Sequence[PatchModel],
    *,
    seed: int,
    wrapped: bool = False,
    memory: int | None = None,
) -> Iterator[Landed]:
    """Refine a coarse volume by one model after another.

    Parameters
    ----------
    start : array, shape (n, n, n), float32
        rho / mean: a sample of M3 or of a conditional generator, or a simulation's block means to judge the
        refinements alone.
    models : sequence of PatchModel
        From coarse to fine; each scale has the last one's voxels times the model's factor.
    seed : int
        Of all noise, 0 or above.
    wrapped : bool
        Treat the volume as periodic as far as raster order allows, see :class:`PatchCanvas`; by default patches
        at the faces have nothing before them, as published.
    memory : int, optional
        What a batch may take [bytes]; by default as :func:`affordable_batch` finds.

    Yields
    ------
    Landed
        The start, then every patch as it is made, scale by scale.

    Raises
    ------
    InvalidInputError
        If a model refines nothing, or patches do not tile a scale, before anything is made of it.
    """
    if any(model.generator.factor == 1 for model in models):
        raise InvalidInputError(
            "a uni-scale model sees no coarse volume: give voxels per side to start from, as in cosmoloom weave 128"
        )
    yield Landed(scale=0, n=start.shape[0], corner=(0, 0, 0), density=start, share=1.0)
    low = start
    for scale, model in enumerate(models, start=1):
        n = low.shape[0] * model.generator.factor
        canvas = PatchCanvas(model, n=n, low=low, seed=seed, scale=scale, wrapped=wrapped)
        whole = np.empty((canvas.n,) * 3, dtype=np.float32)
        for piece in _patches(canvas, memory):
            whole[piece.where] = piece.density
            yield piece
        low = whole


def weave_from_nothing(
    n: int, model: PatchModel, *, seed: int, wrapped: bool = False, memory: int | None = None
) -> Iterator[Landed]:
    """Make a volume of n^3 voxels by a uni-scale model, which knows of neighbours alone.

    Parameters and errors are those of :func:`weave_patches`; all patches are of scale 1.
    """
    canvas = PatchCanvas(model, n=n, low=None, seed=seed, scale=1, wrapped=wrapped)
    yield from _patches(canvas, memory)


def _patches(canvas: PatchCanvas, memory: int | None) -> Iterator[Landed]:
    """Make all patches of a canvas front by front, and yield those that belong to the volume."""
    batch = affordable_batch(canvas.model.network, *canvas.example(), memory=memory)
    m, done = canvas.model.generator.patch, 0
    for front in wavefronts(canvas.first, canvas.stop):
        for begin in range(0, len(front), batch):
            places = front[begin : begin + batch]
            for place, density in zip(places, canvas.make(places), strict=True):
                if min(place) < 0:
                    continue
                done += 1
                i, j, k = place
                yield Landed(
                    scale=canvas.scale, n=canvas.n, corner=(i * m, j * m, k * m), density=density,
                    share=done / canvas.stop**3,
                )  # fmt: skip
