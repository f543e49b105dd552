"""Other places to begin a refinement at: what their ends have in common the box decides, the rest it leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from cosmoloom.pipeline.inversion.bulk_flow import BulkFlow

if TYPE_CHECKING:
    from cosmoloom.pipeline.primordial import PrimordialModel

SCATTER = 0.3
"""How much of a draw of the prior is added to a start [1]."""


def elsewhere(model: PrimordialModel, start: Tensor, seed: int) -> Tensor:
    """Return a start beside another one: some of a draw, without its bulk flow, is added.

    Parameters
    ----------
    model : PrimordialModel
        Whose latents.
    start : Tensor, shape (latent_size,)
        Near which to begin.
    seed : int
        Of the draw.

    Returns
    -------
    Tensor, shape (latent_size,), on the CPU
    """
    drawn = BulkFlow(model.lagrangian).without(model.draw_latent(seed).to(model.device))[0].cpu()
    return start + SCATTER * drawn
