"""The two grids of white noise that are the initial conditions of a region, and the lattice that is displaced."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import ceil, pi
from typing import Any

from cosmoloom.errors import InvalidInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class LagrangianConfig:
    """Sizes of a region and of the noise that decides it.

    Long waves live in a larger periodic box around the region, so that tides and flows from outside are there;
    short waves are periodic over the region itself.  A sharp split by wavenumber leaves each wave to one grid.

    Attributes
    ----------
    n : int
        Voxels per side of the region.
    voxel_size : float
        Side of a voxel in [Mpc/h].
    long_n : int
        Cells per side of the noise of long waves.
    long_size : float
        Side of the periodic box of long waves in [Mpc/h]; the region lies in its middle.
    k_split : float
        Waves below it are long, the others short [h/Mpc].
    padding : int
        Voxels around the region from which matter may flow in; displacements beyond it are missed.
    """

    n: int = 64
    voxel_size: float = 1.0
    long_n: int = 32
    long_size: float = 128.0
    k_split: float = 0.6
    padding: int = 16

    def __post_init__(self) -> None:
        for name, least in (("n", 8), ("long_n", 4)):
            if getattr(self, name) < least or getattr(self, name) % 2:
                raise InvalidInputError(f"{name} must be even and at least {least}, got {getattr(self, name)}")
        if min(self.voxel_size, self.long_size) <= 0:
            raise InvalidInputError(
                f"lengths are positive, got voxel_size {self.voxel_size}, long_size {self.long_size}"
            )
        if not 1 <= self.padding <= self.n:
            raise InvalidInputError(f"padding must lie in [1, n = {self.n}] voxels, got {self.padding}")
        if self.padded * self.voxel_size > self.long_size * (1 + 1e-9):
            raise InvalidInputError(
                f"the region and its padding, {self.padded * self.voxel_size:g} Mpc/h, must fit into the box of long "
                f"waves of {self.long_size:g} Mpc/h; make padding smaller or long_size larger"
            )
        low, high = 2 * pi / self.size, min(pi * self.long_n / self.long_size, pi / self.voxel_size)
        if not low <= self.k_split <= high:
            raise InvalidInputError(
                f"k_split must lie in [{low:.4g}, {high:.4g}] h/Mpc, between the longest wave of the region and the "
                f"shortest of the coarser grid, got {self.k_split:g}"
            )

    @property
    def size(self) -> float:
        """Side of the region in [Mpc/h]."""
        return self.n * self.voxel_size

    @property
    def padded(self) -> int:
        """Voxels per side of the region with its padding."""
        return self.n + 2 * self.padding

    @property
    def corner(self) -> float:
        """First voxel of the region in the box of long waves, along each axis, in [Mpc/h]."""
        return (self.long_size - self.size) / 2

    @property
    def latent_size(self) -> int:
        """Numbers of both grids: long waves first, each grid in C order."""
        return self.long_n**3 + self.n**3

    @property
    def long_modes(self) -> int:
        """Largest index along an axis of a long wave [1]."""
        return ceil(self.k_split * self.long_size / (2 * pi)) - 1

    @property
    def mesh_n(self) -> int:
        """Cells per side of the mesh on which products of two long waves fit without aliasing."""
        from scipy.fft import next_fast_len

        n = 4 * self.long_modes + 2
        while (n := next_fast_len(n, real=True)) % 2:
            n += 1
        return n

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a JSON card."""
        return asdict(self)
