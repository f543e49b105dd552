"""A cube of the universe: its density and what that density means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cosmoloom.errors import InvalidInputError

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Box:
    """A cubic density field.

    Attributes
    ----------
    density : array, shape (n, n, n), float32
        rho over the cosmic mean [1], axes (x, y, z); a sub-volume's own mean may differ from 1.
    box_size : float
        Comoving side in [Mpc/h].
    redshift : float or None
        Redshift [1]; None where unknown.
    periodic : bool
        Whether opposite faces are neighbours: true for a whole simulation, false for a part.
    label : str
        Where the field comes from, for titles and legends.
    """

    density: NDArray[np.float32]
    box_size: float
    redshift: float | None = None
    periodic: bool = False
    label: str = ""

    def __post_init__(self) -> None:
        shape = self.density.shape
        if self.density.ndim != 3 or len(set(shape)) != 1 or shape[0] < 2:
            raise InvalidInputError(f"a box is a cube of at least 2^3 voxels, got an array of shape {shape}")
        if self.density.dtype != np.float32:
            raise InvalidInputError(
                f"density must be float32, got {self.density.dtype}; Box.from_array converts"
            )
        if not np.isfinite(self.box_size) or self.box_size <= 0:
            raise InvalidInputError(f"box_size must be positive, in Mpc/h, got {self.box_size}")
        if self.redshift is not None and not (np.isfinite(self.redshift) and self.redshift >= 0):
            raise InvalidInputError(f"redshift must be 0 or above, got {self.redshift}")
        lowest = float(self.density.min())
        if not (np.isfinite(lowest) and np.isfinite(float(self.density.max()))):
            bad = int(np.count_nonzero(~np.isfinite(self.density)))
            raise InvalidInputError(f"density holds {bad} voxels that are NaN or infinite; mend them first")
        if lowest < 0:
            raise InvalidInputError(
                f"density must not be negative, its lowest value is {lowest:.4g}; "
                "an overdensity needs 1 added to it first"
            )

    @classmethod
    def from_array(
        cls,
        array: ArrayLike,
        *,
        box_size: float,
        redshift: float | None = None,
        mean_count: float | None = None,
        periodic: bool = False,
        label: str = "",
    ) -> Box:
        """Make a box of any numeric array.

        Parameters
        ----------
        array : array, shape (n, n, n)
            rho over the cosmic mean, or particle counts when ``mean_count`` is given.
        box_size : float
            Comoving side in [Mpc/h].
        redshift : float, optional
            Redshift [1].
        mean_count : float, optional
            Cosmic mean number of particles per voxel, by which counts are divided.
        periodic : bool
            Whether opposite faces are neighbours.
        label : str
            Where the field comes from.

        Raises
        ------
        InvalidInputError
            For anything but a cube of finite numbers of 0 or above.
        """
        values = np.asarray(array)
        if values.dtype.kind not in "fiub":
            raise InvalidInputError(f"density must be numeric, got an array of type {values.dtype}")
        if mean_count is not None:
            if not mean_count > 0:
                raise InvalidInputError(f"mean_count must be positive, got {mean_count}")
            values = values / mean_count
        return cls(
            density=np.ascontiguousarray(values, dtype=np.float32),
            box_size=float(box_size),
            redshift=redshift,
            periodic=periodic,
            label=label,
        )

    @property
    def n(self) -> int:
        """Voxels per side."""
        return int(self.density.shape[0])

    @property
    def voxel_size(self) -> float:
        """Side of a voxel in [Mpc/h]."""
        return self.box_size / self.n

    def tensor(self, device: Any = "cpu") -> Tensor:
        """Return the density as a torch tensor, shape (n, n, n), float32."""
        import torch

        # torch knows no read-only tensors and warns about arrays that are, as those mapped from a file.
        density = self.density if self.density.flags.writeable else self.density.copy()
        return torch.as_tensor(density, device=device)

    def crop(self, corner: tuple[int, int, int], n: int) -> Box:
        """Return a sub-volume of n^3 voxels; a periodic box wraps around, another refuses."""
        if not 2 <= n <= self.n:
            raise InvalidInputError(f"a crop of this box has 2 to {self.n} voxels per side, got {n}")
        if not self.periodic and any(not 0 <= c <= self.n - n for c in corner):
            raise InvalidInputError(
                f"corner {corner} with {n} voxels leaves this box of {self.n} voxels, which is not periodic"
            )
        index = [np.arange(c, c + n) % self.n for c in corner]
        return Box(
            density=np.ascontiguousarray(self.density[np.ix_(*index)]),
            box_size=self.voxel_size * n,
            redshift=self.redshift,
            periodic=self.periodic and n == self.n,
            label=self.label,
        )
