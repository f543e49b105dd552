"""Other places to begin a refinement at: what their ends have in common the box decides, the rest it leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cosmoloom.pipeline.inversion.bulk_flow import BulkFlow
from cosmoloom.pipeline.inversion.lift import lift

if TYPE_CHECKING:
    from cosmoloom.pipeline.primordial import PrimordialModel

SCATTER = 0.3
"""How much of a draw of the prior is added to what the box sees of a start [1]; of all else, a whole draw is."""


def elsewhere(model: PrimordialModel, start: Tensor, seed: int) -> Tensor:
    """Return a start beside another one: a draw of what lies around the box, some of one within, no bulk flow.

    The encoder leaves noise that the box does not hold at zero.  Filled with a draw, it pulls at the box from outside
    as a universe does, and each restart has another universe around the same box.

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
    lagrangian = model.lagrangian
    drawn = model.draw_latent(seed).to(model.device)
    with torch.no_grad():
        within = lift(lagrangian.white(drawn[0]), lagrangian)
    return start + BulkFlow(lagrangian).without(drawn - (1 - SCATTER) * within)[0].cpu()
