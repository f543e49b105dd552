"""Editing: more or less mass in a region, or a halo at a point, while everything around it is held.

The latent is optimised through the whole pipeline.  What is wished is the mean density of the region; what is held
is the correlation r(k) of the rest with what it was before, and the length of the latent's scores, so that the
result is as typical of the prior as its beginning.  Descent is by conjugate gradients in normal scores, where equal
steps are equally probable.

References
----------
Polak & Ribiere (1969); Hoffman & Ribak (1991), ApJ 380, L5 (constrained realisations of initial conditions, of which
the first step is one).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.latent_paths import tangent, turn
from cosmoloom.pipeline.latent_prior import LatentPrior
from cosmoloom.statistics.cross_power import measure_pair

if TYPE_CHECKING:
    from cosmoloom.pipeline.model import Model

MASS_TOLERANCE = 0.03
"""Deviation of ln(mass) from what was asked for that counts as one [1]."""
HELD_TOLERANCE = 0.05
"""Deviation of r(k) outside from 1 that counts as much [1]."""
LONGEST = 4.0
"""Longest arc of a step [standard deviations]."""
SHORTENINGS = 4
"""How often a step is made three times shorter before the descent is over."""
SETTLED = 0.02
"""An edit is over when the mass is reached and a step lowers the loss by less than this share."""
HALO_RADIUS, HALO_DENSITY = 2.0, 60.0
"""A halo that is asked for: mean density over the cosmic mean, within a radius in voxels."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edited:
    """An edit as it stands after some steps.

    Attributes
    ----------
    step : int
        Steps made; 0 is the beginning.
    latent : Tensor, shape (latent_size,)
        Where it stands.
    density : Tensor, shape (n, n, n)
        Field of that latent, over the cosmic mean [1].
    ratio : float
        Mass in the region over that before [1].
    wanted : float
        What was asked for [1].
    k : Tensor, shape (n_bins,)
        Wavenumbers [h/Mpc].
    held : Tensor, shape (n_bins,)
        r(k) outside of the region with the field before [1].
    moved : float
        Arc from where it began [standard deviations].
    loss : float
        What is minimised [1].
    """

    step: int
    latent: Tensor
    density: Tensor
    ratio: float
    wanted: float
    k: Tensor
    held: Tensor
    moved: float
    loss: float

    @property
    def least_held(self) -> float:
        """Lowest r(k) outside [1]."""
        return float(self.held.min())

    @property
    def reached(self) -> bool:
        """Whether the mass is what was asked for, within :data:`MASS_TOLERANCE`."""
        return abs(self.ratio / self.wanted - 1.0) <= MASS_TOLERANCE


def edit(
    model: Model,
    latent: Tensor,
    region: Tensor,
    factor: float,
    *,
    redshift: float,
    kappa: float,
    steps: int = 40,
    hold: float = 1.0,
) -> Iterator[Edited]:
    """Change the mass of a region, and as little else as can be.

    Parameters
    ----------
    model : Model
        Of volumes.
    latent : Tensor, shape (latent_size,)
        Where to begin.
    region : Tensor, shape (n, n, n)
        Weight of each voxel in [0, 1]: 1 inside of what is to change.
    factor : float
        Mass wanted over that before; above 0 [1].
    redshift, kappa : float
        At which the mass is measured [1; cosmic mean].
    steps : int
        At most so many.
    hold : float
        How much r(k) outside counts beside the mass; 0 lets everything go [1].

    Yields
    ------
    Edited
        The beginning, then each step that came closer, so that the last one is the best; closing the iterator
        cancels.  It ends where no step comes closer, or once the mass is reached.

    Raises
    ------
    InvalidInputError
        If the region is empty, holds everything or has another shape, or the factor is not positive.
    """
    n = model.card.n
    if tuple(region.shape) != (n, n, n):
        raise InvalidInputError(f"a region of model {model.card.name} has {n}^3 voxels, got {tuple(region.shape)}")
    if not 0 < float(region.sum()) < 0.9 * n**3:
        raise InvalidInputError(
            f"a region holds some voxels, and leaves a tenth of the volume to be held; got {float(region.sum()):g} of "
            f"{n**3}: paint where mass shall change"
        )
    if not factor > 0 or not factor < float("inf"):
        raise InvalidInputError(f"the mass wanted is a positive multiple of that before, got {factor}")
    task = _Task(model, latent, region, factor, redshift, kappa, hold)
    return _descend(task, latent.float(), steps)


def halo_at(density: Tensor, voxel: tuple[int, int, int]) -> tuple[Tensor, float]:
    """Return region and factor that ask for a halo at a voxel.

    Parameters
    ----------
    density : Tensor, shape (n, n, n)
        The field as it is, over the cosmic mean [1].
    voxel : (int, int, int)
        Where.

    Returns
    -------
    (Tensor, float)
        A ball around it, and how much more mass it takes there to be a halo; at least twice as much.
    """
    region = ball(density.shape[-1], voxel, HALO_RADIUS).to(density)
    before = float((region * density).sum() / region.sum())
    return region, max(2.0, HALO_DENSITY / max(before, 1e-3))


def ball(n: int, voxel: tuple[int, int, int], radius: float) -> Tensor:
    """Return 1 within a radius [voxels] of a voxel and 0 elsewhere, shape (n, n, n)."""
    axis = torch.arange(n, dtype=torch.float32)
    x, y, z = ((axis - centre) ** 2 for centre in voxel)
    return (x[:, None, None] + y[:, None] + z <= radius**2).float()


@dataclass(frozen=True, slots=True, eq=False)
class _Looked:
    """An edit at one latent, and the graph from there to its loss: a step asks for it without another pass."""

    edited: Edited
    point: Tensor
    loss: Tensor


class _Task:
    """What is minimised: deviations of the region's mass and of r(k) outside."""

    def __init__(
        self, model: Model, latent: Tensor, region: Tensor, factor: float, redshift: float, kappa: float, hold: float
    ) -> None:
        self.model, self.prior, self.wanted, self.hold = model, LatentPrior.of(model.card), factor, hold
        self._where = redshift, kappa
        self._size = model.card.box_size
        self._region = (region / region.sum()).to(model.device)
        self._outside = (1.0 - region / region.max()).to(model.device)
        self._start = self.prior.scores(latent)
        before = model.density(latent[None], *self._where)[0]
        self._mass = self._inside(before)
        self._before = self._masked(before)

    def look(self, latent: Tensor, step: int) -> _Looked:
        """Return how a latent does, and what its gradient follows from."""
        point = latent.to(self.model.device)[None].clone().requires_grad_(True)
        with torch.enable_grad():
            density = self.model.differentiable_density(point, *self._where)[0]
            loss, ratio, k, held = self._loss(density)
        scores = self.prior.scores(latent)
        cosine = scores @ self._start / (scores.norm() * self._start.norm()).clamp(min=1e-12)
        edited = Edited(
            step=step, latent=latent, density=density.detach(), ratio=float(ratio.detach()), wanted=self.wanted, k=k,
            held=held.detach(), moved=float(cosine.clamp(-1, 1).acos() * scores.norm()), loss=float(loss.detach()),
        )  # fmt: skip
        return _Looked(edited, point, loss)

    def gradient(self, looked: _Looked) -> Tensor:
        """Return the gradient of the loss in scores, tangent to the prior's sphere; only once of each look."""
        scores = self.prior.scores(looked.edited.latent)
        (slope,) = torch.autograd.grad(looked.loss, looked.point)
        return tangent(slope[0].cpu().double() * self.prior.slope(scores), scores)

    def _loss(self, density: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        ratio = self._inside(density) / self._mass
        pair = measure_pair(self._before, self._masked(density), box_size=self._size)
        held = pair.correlation
        missed = (ratio / self.wanted).log() / MASS_TOLERANCE
        let_go = (1.0 - held).clamp(min=0.0) / HELD_TOLERANCE
        return missed.square() + self.hold * let_go.square().mean(), ratio, pair.k, held

    def _inside(self, density: Tensor) -> Tensor:
        return (density * self._region).sum()

    def _masked(self, density: Tensor) -> Tensor:
        return 1.0 + (density - 1.0) * self._outside


def _descend(task: _Task, latent: Tensor, steps: int) -> Iterator[Edited]:
    looked = task.look(latent, 0)
    best = looked.edited
    yield best
    slope = task.gradient(looked)
    along = -slope
    longest, gain = LONGEST, 1.0
    while best.step < steps and not (best.reached and gain < SETTLED):
        # Where the loss is a square that vanishes ahead, it does so at this distance: no need to look beyond.
        arc = min(longest, 2.0 * best.loss / float(slope.norm().clamp(min=1e-30)))
        found = None
        for _ in range(SHORTENINGS + 1):
            step = along * (arc / along.norm().clamp(min=1e-30))
            tried = task.look(turn(best.latent, step, task.prior), best.step + 1)
            if tried.edited.loss < best.loss:
                found = tried
                break
            arc /= 3
        if found is not None:
            gain, best = 1.0 - found.edited.loss / best.loss, found.edited
            longest = min(2.0 * arc, LONGEST)
            yield best
            before, slope = slope, task.gradient(found)
            along = _conjugate(slope, before, along)
        elif torch.equal(along, -slope):
            return
        else:
            along, longest = -slope, LONGEST  # begin anew from the gradient alone


def _conjugate(slope: Tensor, before: Tensor, along: Tensor) -> Tensor:
    """Return the next direction of descent; the gradient's own where the other one does not descend."""
    share = max(float((slope @ (slope - before)) / before.square().sum().clamp(min=1e-30)), 0.0)
    found = share * along - slope
    return found if float(found @ slope) < 0 else -slope
