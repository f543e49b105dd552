"""Seams of volumes that were made patch by patch: steps across the faces of the patches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.fields import Field, as_density
from cosmoloom.statistics.scores.vectors import Values

SIGNIFICANCE = 5.0
"""Standard deviations by which steps across faces must differ from the others to count as a seam."""


@dataclass(frozen=True, slots=True)
class Seams:
    """Steps of ln(1 + density) across patch faces, over those elsewhere.

    Attributes
    ----------
    gradient_ratio : float
        Mean squared step between neighbouring voxels across faces, over that in the interior [1].
    significance : float
        Ratio less 1 in standard deviations, from the scatter among layers [1]; below 0 where faces are smoothed over.
    wavenumber : array, shape (m,)
        In the plane of a face, in units of 2 pi / box [1].
    power_ratio : array, shape (m,)
        Power of the steps across faces over that in the interior, per wavenumber [1].
    n_faces : int
        Planes of faces that were looked at, over all axes and fields.
    """

    gradient_ratio: float
    significance: float
    wavenumber: Values
    power_ratio: Values
    n_faces: int

    @property
    def visible(self) -> bool:
        """Whether there are seams: steps that are too large, or too small."""
        return abs(self.significance) > SIGNIFICANCE


def seams(field: Field, *, patch: int, periodic: bool = False) -> Seams:
    """Compare steps across the faces of patches with those inside.

    Parameters
    ----------
    field : Box, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1], made of cubes of ``patch`` voxels whose first begins at voxel 0.
    patch : int
        Voxels per side of a patch.
    periodic : bool
        Whether the outer faces of bare densities meet; a :class:`Box` knows.

    Returns
    -------
    Seams

    Raises
    ------
    InvalidInputError
        If the field is unfit, or the patches do not tile it or have no faces inside.

    References
    ----------
    Perraudin et al. (2019), Comput. Astrophys. Cosmol. 6, 5, sec. 5, name visible patch borders as an open problem.
    """
    density = as_density(field, periodic=periodic)
    n = density.values.shape[-1]
    if not 2 <= patch < n or n % patch:
        raise InvalidInputError(
            f"patches of at least 2 voxels must tile {n} voxels, at least 2 to a side, got {patch}"
        )
    logs = torch.log1p(density.values.detach()).reshape(-1, n, n, n)
    at_face = torch.arange(1, n + (1 if density.periodic else 0), device=logs.device) % patch == 0
    faces, inside, spectra = [], [], []
    for axis in (1, 2, 3):
        layers = logs.movedim(axis, 1)
        after = torch.roll(layers, -1, 1)
        steps = (after - layers)[:, : len(at_face)]
        faces.append(steps[:, at_face].square().mean((2, 3)).flatten())
        inside.append(steps[:, ~at_face].square().mean((2, 3)).flatten())
        spectra.append(torch.stack([_plane_power(steps[:, chosen]) for chosen in (at_face, ~at_face)]))
    crossing, within = (torch.cat(parts).double().cpu().numpy() for parts in (faces, inside))
    ratio = float(crossing.mean() / within.mean())
    relative = within.std(ddof=1) / within.mean()
    error = float(relative * np.sqrt(1 / len(crossing) + 1 / len(within)))
    power = torch.stack(spectra).mean(0).double().cpu().numpy()
    return Seams(
        gradient_ratio=ratio,
        significance=(ratio - 1) / error,
        wavenumber=np.arange(1, len(power[0]) + 1, dtype=np.float64),
        power_ratio=power[0] / power[1],
        n_faces=len(crossing),
    )


def _plane_power(steps: Tensor) -> Tensor:
    """Return the mean power of layers (b, l, n, n) in rings of width 1 around wavenumbers 1, 2 ... n // 2."""
    n = steps.shape[-1]
    squared = torch.fft.rfft2(steps, norm="forward").abs().square().mean((0, 1))
    full = torch.fft.fftfreq(n, 1 / n, device=steps.device)
    half = torch.fft.rfftfreq(n, 1 / n, device=steps.device)
    ring = (full[:, None].square() + half.square()).sqrt().round().long().flatten()
    weight = torch.where((half == 0) | (2 * half == n), 1.0, 2.0).expand(n, -1).flatten()
    total = torch.bincount(ring, squared.flatten() * weight)
    return (total / torch.bincount(ring, weight))[1 : n // 2 + 1]
