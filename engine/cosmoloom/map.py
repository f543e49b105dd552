"""A square of the universe seen flat: a slab's mean density, or a thin slice, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cosmoloom.errors import InvalidInputError

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Map:
    """A square density field.

    Attributes
    ----------
    density : array, shape (n, n), float32
        rho over the cosmic mean [1], averaged along the line of sight; axes in the order of the box.
    box_size : float
        Comoving side in [Mpc/h].
    thickness : float or None
        Comoving depth that was averaged over in [Mpc/h]; None for a field that has only two dimensions.
    redshift : float or None
        Redshift [1]; None where unknown.
    periodic : bool
        Whether opposite edges are neighbours.
    label : str
        Where the field comes from, for titles and legends.
    """

    density: NDArray[np.float32]
    box_size: float
    thickness: float | None = None
    redshift: float | None = None
    periodic: bool = False
    label: str = ""

    def __post_init__(self) -> None:
        shape = self.density.shape
        if self.density.ndim != 2 or len(set(shape)) != 1 or shape[0] < 2:
            raise InvalidInputError(f"a map is a square of at least 2^2 pixels, got an array of shape {shape}")
        if self.density.dtype != np.float32:
            raise InvalidInputError(f"density must be float32, got {self.density.dtype}; Map.from_array converts")
        for name, length in (("box_size", self.box_size), ("thickness", self.thickness)):
            if length is not None and not (np.isfinite(length) and length > 0):
                raise InvalidInputError(f"{name} must be positive, in Mpc/h, got {length}")
        if self.redshift is not None and not (np.isfinite(self.redshift) and self.redshift >= 0):
            raise InvalidInputError(f"redshift must be 0 or above, got {self.redshift}")
        lowest, highest = float(self.density.min()), float(self.density.max())
        if not (lowest >= 0 and np.isfinite(highest)):
            raise InvalidInputError(
                f"density must be finite and not negative, it reaches from {lowest:.4g} to {highest:.4g}"
            )

    @classmethod
    def from_array(
        cls,
        array: ArrayLike,
        *,
        box_size: float,
        thickness: float | None = None,
        redshift: float | None = None,
        periodic: bool = False,
        label: str = "",
    ) -> Map:
        """Make a map of any numeric array of shape (n, n), rho over the cosmic mean; see the attributes."""
        values = np.asarray(array)
        if values.dtype.kind not in "fiub":
            raise InvalidInputError(f"density must be numeric, got an array of type {values.dtype}")
        return cls(
            density=np.ascontiguousarray(values, dtype=np.float32),
            box_size=float(box_size),
            thickness=thickness,
            redshift=redshift,
            periodic=periodic,
            label=label,
        )

    @property
    def n(self) -> int:
        """Pixels per side."""
        return int(self.density.shape[0])

    @property
    def voxel_size(self) -> float:
        """Side of a pixel in [Mpc/h]."""
        return self.box_size / self.n

    def tensor(self, device: Any = "cpu") -> Tensor:
        """Return the density as a torch tensor, shape (n, n), float32."""
        import torch

        # torch knows no read-only tensors and warns about arrays that are, as those mapped from a file.
        density = self.density if self.density.flags.writeable else self.density.copy()
        return torch.as_tensor(density, device=device)
