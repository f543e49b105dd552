"""A refiner under judgement: what it makes of held-out simulations that are seen at low resolution."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cosmoloom.data.pyramid import block_mean
from cosmoloom.evaluate.sub_volumes import sub_volumes
from cosmoloom.models import load, read_card
from cosmoloom.models.refiner_card import RefinerCard
from cosmoloom.models.refiners import load_refiner
from cosmoloom.nets.seamless import SeamlessRefiner
from cosmoloom.pipeline.model import Model
from cosmoloom.pipeline.multiscale.landed import put_together
from cosmoloom.pipeline.multiscale.seamless import Circumstances
from cosmoloom.pipeline.multiscale.weave_seamless import weave_seamless

if TYPE_CHECKING:
    from cosmoloom.data.store import StoredSimulation
    from cosmoloom.evaluate.simulations import Selection

WIDER = 2
"""Side of the sub-volumes that are judged, over those of the training: patterns that no critic saw shall show [1]."""


class RefinedBoxes:
    """A refiner, asked for all the doublings that it was trained on.

    Parameters
    ----------
    refiner : SeamlessRefiner
        In evaluation mode.
    card : RefinerCard
        Its card.
    n : int, optional
        Voxels per side of the sub-volumes that are judged.
    """

    dtype = torch.float32

    def __init__(self, refiner: SeamlessRefiner, card: RefinerCard, *, n: int | None = None) -> None:
        n = WIDER * card.n if n is None else n
        self.refiner, self.doublings = refiner, len(card.voxel_sizes)
        self.card = card.model_copy(update={"n": n, "box_size": n * min(card.voxel_sizes)})

    def check(self, redshift: float, kappa: float) -> None:
        """Raise InvalidInputError if the redshift lies outside the trained range; as a model does."""
        self.card.check(redshift, kappa)

    def drawn(self, selection: Selection, seeds: range) -> Iterator[dict[float, Tensor]]:
        """Yield sub-volumes of refined boxes, a box at a time, with the same noise at every redshift.

        Parameters
        ----------
        selection : Selection
            Redshifts, and the held-out boxes that are averaged and refined again.
        seeds : range
            As many as sub-volumes; the first ones become seeds of noise.

        Yields
        ------
        dict
            From redshift to rho / cosmic mean, shape (b, n, n, n).
        """
        rounds, share = selection.turns(len(seeds))
        left = len(seeds)
        for seed, box in product(seeds[:rounds], selection.held_out):
            taken = min(share, left)
            left -= taken
            if taken:
                yield {z: self._refined(selection, box, z, seed)[:taken] for z in selection.drawn}

    def _refined(self, selection: Selection, box: StoredSimulation, redshift: float, seed: int) -> Tensor:
        whole = selection.whole(box, redshift).numpy()
        given = Circumstances(
            seed=seed, growth=float(self.card.universe.growth_factor(redshift)), box_size=box.box_size, periodic=True
        )
        coarse = block_mean(whole, 2**self.doublings)
        pieces = weave_seamless(coarse, [self.refiner] * self.doublings, given)
        return torch.from_numpy(sub_volumes(put_together(pieces, scale=self.doublings), selection.n))


Judged = Model | RefinedBoxes
"""What can be judged beside simulations."""


def load_judged(name_or_folder: str, *, device: str) -> Judged:
    """Load whatever can be judged: as :func:`cosmoloom.models.load`, and refiners."""
    if isinstance(read_card(name_or_folder), RefinerCard):
        refiner, card = load_refiner(name_or_folder)
        return RefinedBoxes(refiner.to(device), card)
    return load(name_or_folder, device=device)
