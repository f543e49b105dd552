"""Gaussian smoothing that keeps every third voxel, as ullmo2021 prepares cubes, in density or in network space.

References
----------
Ullmo, Decelle & Aghanim (2021), section 2.2.1: 768^3 counts are scaled (eq. 2) and then smoothed with a standard
deviation of three voxels and a stride of three voxels, to 256^3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cosmoloom.errors import InvalidInputError
from cosmoloom.scaling.interface import Scaling


@dataclass(frozen=True, slots=True, kw_only=True)
class Smoothing:
    """A step between a simulated field and the crops of it.

    Attributes
    ----------
    sigma : float
        Standard deviation of the Gaussian [voxels].
    stride : int
        Voxels along each axis of which one, the middle one, is kept.
    scaling : Scaling, optional
        Of densities over the mean.  The field is smoothed after this scaling and scaled back, so that scaling the
        result again gives the smoothed field in network space.  Without it the density is smoothed, which
        conserves mass.
    """

    sigma: float = 3.0
    stride: int = 3
    scaling: Scaling | None = None

    def __post_init__(self) -> None:
        if not (self.sigma > 0 and self.stride >= 1):
            raise InvalidInputError(
                f"smoothing needs sigma above 0 and a stride of 1 or more voxels, got {self.sigma} and {self.stride}"
            )

    def __call__(self, density: NDArray[np.float32]) -> NDArray[np.float32]:
        """Smooth a periodic density, rho over the cosmic mean, shape (n, n, n) to (n / stride, ...).

        Raises
        ------
        InvalidInputError
            If the stride does not divide n.
        """
        from scipy.ndimage import gaussian_filter1d

        if density.shape[-1] % self.stride:
            raise InvalidInputError(
                f"a stride of {self.stride} voxels does not divide a field of {density.shape[-1]} per side"
            )
        field = density if self.scaling is None else self.scaling.scale(density)
        for axis in range(field.ndim):  # what is not kept along one axis need not be smoothed along the next
            smooth = gaussian_filter1d(field, self.sigma, axis=axis, mode="wrap", truncate=6.0)
            kept = (*(slice(None),) * axis, slice(self.stride // 2, None, self.stride))
            field = np.ascontiguousarray(smooth[kept])
        return field if self.scaling is None else self.scaling.unscale(field).clip(min=0)
