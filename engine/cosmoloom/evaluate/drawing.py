"""Fields of a model to measure, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.data.pyramid import block_mean
from cosmoloom.evaluate.refined import Judged, RefinedBoxes
from cosmoloom.evaluate.sub_volumes import sub_volumes
from cosmoloom.pipeline.multiscale.landed import put_together
from cosmoloom.pipeline.multiscale.patch_model import patch_model
from cosmoloom.pipeline.multiscale.patchwise import weave_from_nothing, weave_patches
from cosmoloom.pipeline.published import PublishedModel

if TYPE_CHECKING:
    from cosmoloom.evaluate.simulations import Selection

BATCH = 8


def draw_samples(model: Judged, selection: Selection, kappa: float, seeds: range) -> Iterator[dict[float, Tensor]]:
    """Yield samples of the same latents at every redshift, batch by batch.

    A model of patches, or a refiner, adds detail to the held-out boxes themselves, seen at its low resolution, and
    samples are the sub-volumes of what it makes: it is judged at its own scale.

    Parameters
    ----------
    model : Model or RefinedBoxes
        What is judged.
    selection : Selection
        Redshifts, and the held-out boxes.
    kappa : float
        Condition of the network [cosmic mean].
    seeds : range
        One per sample.

    Yields
    ------
    dict
        From redshift to rho / cosmic mean, shape (b, n, n, n).
    """
    if isinstance(model, RefinedBoxes):
        yield from model.drawn(selection, seeds)
        return
    if isinstance(model, PublishedModel) and model.card.makes == "patches":
        (redshift,) = selection.drawn
        woven = _woven_sub_volumes(model, selection, redshift, seeds)
        for start in range(0, len(woven), BATCH):
            yield {redshift: torch.from_numpy(woven[start : start + BATCH])}
        return
    for start in range(0, len(seeds), BATCH):
        batch = seeds[start : start + BATCH]
        latent = model.draw_latent(batch[0], len(batch))
        yield {z: model.density(latent, z, kappa) for z in selection.drawn}


def _woven_sub_volumes(
    model: PublishedModel, selection: Selection, redshift: float, seeds: range
) -> NDArray[np.float32]:
    """Weave as many volumes as needed, each box in turn, and return as many sub-volumes of each as of any other."""
    patches = patch_model(model)
    boxes = [selection.whole(simulation, redshift).numpy() for simulation in selection.held_out]
    rounds, share = selection.turns(len(seeds))
    parts: list[NDArray[np.float32]] = []
    for _ in range(rounds):
        for box in boxes:
            seed = seeds[0] + len(parts)
            if patches.generator.factor == 1:
                pieces = weave_from_nothing(box.shape[0], patches, seed=seed)
            else:
                pieces = weave_patches(block_mean(box, patches.generator.factor), [patches], seed=seed)
            parts.append(sub_volumes(put_together(pieces, scale=1), selection.n)[:share])
    return np.concatenate(parts)[: len(seeds)]
