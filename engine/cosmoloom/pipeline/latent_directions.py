"""Directions of a latent space that are named by what they do: gradients of statistics, made orthonormal.

Among all steps of one length the gradient of a statistic raises it most; a step of one standard deviation along it
changes the statistic about as much as one draw differs from another.  A product of the transposed Jacobian of the
whole pipeline with the derivative of the statistic, one backward pass, is all that it takes.

References
----------
Loewdin (1950), J. Chem. Phys. 18, 365 (of all orthonormal sets the one that is nearest to the gradients).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.latent_paths import tangent, turn
from cosmoloom.pipeline.latent_prior import LatentPrior
from cosmoloom.pipeline.latent_statistics import ASKED

if TYPE_CHECKING:
    from cosmoloom.pipeline.model import Model


@dataclass(frozen=True, slots=True, eq=False)
class NamedDirections:
    """Orthonormal directions at one point of a latent space, tangent to the prior's sphere.

    Attributes
    ----------
    names : tuple of str
        Entries of :data:`cosmoloom.pipeline.latent_statistics.ASKED`.
    vectors : Tensor, shape (count, latent_size), float32
        Unit vectors in normal scores.
    response : Tensor, shape (count, count)
        How much a step of one standard deviation along direction i changes statistic j [1]; the diagonal is
        positive.
    values : Tensor, shape (count,)
        The statistics where the directions were found.
    """

    names: tuple[str, ...]
    vectors: Tensor
    response: Tensor
    values: Tensor

    def __len__(self) -> int:
        return len(self.names)

    def step(self, latent: Tensor, steps: Iterable[float], prior: LatentPrior) -> Tensor:
        """Return the latent that lies steps away along the directions [standard deviations], as typical as before."""
        sizes = torch.tensor(tuple(steps), dtype=torch.float64)
        if len(sizes) > len(self):
            raise InvalidInputError(f"there are {len(self)} directions, got {len(sizes)} steps")
        return turn(latent, sizes @ self.vectors[: len(sizes)].double(), prior)


def named_directions(
    model: Model, latent: Tensor, redshift: float, kappa: float, names: Iterable[str] = tuple(ASKED)
) -> NamedDirections:
    """Find directions by what they do to the field of a latent.

    Parameters
    ----------
    model : Model
        Of volumes.
    latent : Tensor, shape (latent_size,)
        Where to look.
    redshift : float
        Where to look [1].
    kappa : float
        Condition of the network [cosmic mean]; ignored where it reads none.
    names : iterable of str
        What the directions shall do, entries of :data:`cosmoloom.pipeline.latent_statistics.ASKED`.

    Returns
    -------
    NamedDirections

    Raises
    ------
    InvalidInputError
        If a name is unknown, redshift or kappa lies outside the trained range, or the model makes maps.
    """
    names = tuple(names)
    for name in names:
        if name not in ASKED:
            raise InvalidInputError(f"directions are known for {', '.join(ASKED)}; got {name!r}")
    if model.card.dimensions != 3:
        raise InvalidInputError(f"statistics of volumes are asked for, and model {model.card.name} makes maps")
    prior = LatentPrior.of(model.card)
    scores = prior.scores(latent)
    point = latent.detach()[None].clone().requires_grad_(True)
    density = model.differentiable_density(point, redshift, kappa)[0]
    seen = density.detach().requires_grad_(True)
    gradients, values = [], []
    for index, name in enumerate(names, 1):
        value = ASKED[name].measure(seen)
        (by_density,) = torch.autograd.grad(value, seen)
        (by_latent,) = torch.autograd.grad(density, point, by_density, retain_graph=index < len(names))
        gradients.append(by_latent[0].cpu().double() * prior.slope(scores))
        values.append(float(value.detach()))
    rows = tangent(torch.stack(gradients), scores)
    vectors = nearest_orthonormal(rows)
    return NamedDirections(names, vectors.float(), vectors @ rows.T, torch.tensor(values, dtype=torch.float64))


def nearest_orthonormal(rows: Tensor) -> Tensor:
    """Return the orthonormal set that is nearest to the directions of linearly independent rows, in their order.

    Parameters
    ----------
    rows : Tensor, shape (count, size)
        Any lengths.

    Returns
    -------
    Tensor, shape (count, size)
        Each has a positive product with its own row.

    Raises
    ------
    InvalidInputError
        If one row is zero or a combination of the others.
    """
    lengths = rows.norm(dim=1, keepdim=True)
    if not bool(torch.isfinite(lengths).all() and (lengths > 0).all()):
        raise InvalidInputError("a statistic does not change in any direction of the latent: leave it out")
    units = rows / lengths
    values, vectors = torch.linalg.eigh(units @ units.T)
    if float(values.min()) < 1e-6:
        raise InvalidInputError("two statistics change along the same direction: leave one of them out")
    return (vectors / values.sqrt()) @ vectors.T @ units
