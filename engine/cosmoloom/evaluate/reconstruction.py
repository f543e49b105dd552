"""Simulated volumes beside what a model grows from the latents found for them: how well, and how well by chance.

References
----------
Ullmo, Decelle & Aghanim (2021), A&A 651, A46, section 5 (Dice of real and inferred fields, and of unrelated ones).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from cosmoloom.box import Box
from cosmoloom.evaluate.plain import plain
from cosmoloom.evaluate.samples import SampleStatistics, measure
from cosmoloom.pipeline.inversion.refinement import Refined, refine
from cosmoloom.statistics import DiceEnsemble, cross_power, dice_ensemble
from cosmoloom.statistics.density_classes import TOP_PERCENT

if TYPE_CHECKING:
    from cosmoloom.data.store import SimulationStore
    from cosmoloom.pipeline.primordial import PrimordialModel

Fields = NDArray[np.float32]
SHARES = (1.0, 2.0, *TOP_PERCENT)
"""Shares of the densest voxels that are compared [%]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How alike some fields and their originals are.

    Attributes
    ----------
    name : str
        What made them.
    dice : DiceEnsemble
        Overlap of the densest voxels, beside that of unrelated originals.
    k, correlation : array, shape (m,)
        Mean r(k) with the originals [h/Mpc, 1].
    statistics : SampleStatistics
        Of the fields themselves.
    """

    name: str
    dice: DiceEnsemble
    k: NDArray[np.float64]
    correlation: NDArray[np.float64]
    statistics: SampleStatistics


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconstruction:
    """Some originals at one redshift, and what was made of them.

    Attributes
    ----------
    redshift : float
        Of the originals [1].
    steps : int
        Of the refinement.
    originals : SampleStatistics
        Of the originals.
    kinds : tuple of Kind
        One pass of the encoder, the refinement after it, and, encoded, the model's own samples.
    variance : float
        Mean square of the refined latents over that of the prior [1].
    pictured : tuple of array, shape (n, n, n)
        The first original, encoded and refined.
    """

    redshift: float
    steps: int
    originals: SampleStatistics
    kinds: tuple[Kind, ...]
    variance: float
    pictured: tuple[Fields, ...]


def octants(store: SimulationStore, names: Sequence[str], redshift: float, n: int) -> list[Box]:
    """Return the volumes of n^3 voxels that tile some simulations."""
    boxes = []
    for name in names:
        whole = store[name].box(redshift)
        corners = range(0, whole.n - n + 1, n)
        boxes += [whole.crop((x, y, z), n) for x, y, z in product(corners, repeat=3)]
    return boxes


def reconstruct(
    model: PrimordialModel,
    boxes: Sequence[Box],
    *,
    steps: int,
    on_progress: Callable[[int, int], None],
) -> Reconstruction:
    """Encode and refine volumes of one redshift, and compare.

    Parameters
    ----------
    model : PrimordialModel
        With an encoder.
    boxes : sequence of Box
        Of the model's size, of one redshift; 3 or more.
    steps : int
        Of the refinement of each.
    on_progress : callable
        Called with (volumes done, volumes in all).

    Raises
    ------
    InvalidInputError
        If the model has no encoder or a box does not fit.
    """
    kappa, redshift = model.card.default_kappa, boxes[0].redshift
    assert redshift is not None  # the encoder refuses others
    encoded, refined, own, own_encoded, squares = [], [], [], [], []
    for done, box in enumerate(boxes):
        on_progress(done, len(boxes))
        latent = model.encode(box, kappa=kappa)
        encoded.append(model.density(latent[None], redshift, kappa)[0].cpu().numpy())
        best = lowest(refine(model, box, latent, kappa=kappa, steps=steps))
        refined.append(best.density.numpy())
        squares.append(float(best.latent.square().mean()) / model.latent_sigma**2)
        sample = model.sample(seed=done, redshift=redshift, kappa=kappa)
        assert isinstance(sample, Box)
        own.append(sample.density)
        own_encoded.append(model.density(model.encode(sample, kappa=kappa)[None], redshift, kappa)[0].cpu().numpy())
    on_progress(len(boxes), len(boxes))
    real, size = np.stack([box.density for box in boxes]), model.card.box_size
    kinds = (
        _kind("encoder", real, np.stack(encoded), size),
        _kind(f"encoder and {steps} steps", real, np.stack(refined), size),
        _kind("encoder, model's own samples", np.stack(own), np.stack(own_encoded), size),
    )
    return Reconstruction(
        redshift=redshift, steps=steps, originals=measure(torch.from_numpy(real), box_size=size), kinds=kinds,
        variance=float(np.mean(squares)), pictured=(real[0], encoded[0], refined[0]),
    )  # fmt: skip


def document(found: Reconstruction) -> dict[str, Any]:
    """Return all numbers as plain lists for JSON; undefined ones are None."""
    return {
        "redshift": found.redshift,
        "volumes": len(found.originals),
        "steps": found.steps,
        "mean_square_of_refined_latents": found.variance,
        "originals": plain(found.originals),
        **{
            kind.name: plain(replace(kind, dice=replace(kind.dice.numpy(), random=kind.dice.random.numpy())))
            for kind in found.kinds
        },
    }


def table(found: Reconstruction) -> str:
    """Return Dice of some shares, with the normalised one in brackets, as lines of text."""
    shares = (1.0, 5.0, 10.0, 20.0, 40.0, 60.0)
    lines = [f"z = {found.redshift:g}, {len(found.originals)} volumes; Dice (normalised) of the densest"]
    lines.append(f"{'':<30}" + "".join(f"{f'{share:g} %':>15}" for share in shares))
    for kind in found.kinds:
        dice = kind.dice.numpy()
        where = [list(SHARES).index(share) for share in shares]
        lines.append(f"{kind.name:<30}" + "".join(f"{dice.mean[i]:7.3f} ({dice.normalised[i]:.3f})" for i in where))
    random = found.kinds[0].dice.random.numpy()
    lines.append(f"{'random pairs':<30}" + "".join(f"{random.mean[i]:7.3f}        " for i in where))
    return "\n".join(lines)


def lowest(refinement: Iterator[Refined]) -> Refined:
    """Return the item of the lowest loss."""
    return min(refinement, key=lambda item: item.loss)


def _kind(name: str, real: Fields, made: Fields, box_size: float) -> Kind:
    crossed = cross_power(torch.from_numpy(real), torch.from_numpy(made), box_size=box_size)
    return Kind(
        name=name,
        dice=dice_ensemble(real, made, top_percent=SHARES),
        k=crossed.k.double().numpy(),
        correlation=np.nanmean(crossed.correlation.double().numpy(), axis=0),
        statistics=measure(torch.from_numpy(made), box_size=box_size),
    )
