"""Card of a seamless refiner."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field

from cosmoloom.models.card import ModelCard

FORMAT: Final = "cosmoloom-refiner"


class RefinerCard(ModelCard):
    """Card of a :class:`cosmoloom.nets.seamless.SeamlessRefiner`.

    ``n`` and ``box_size`` are those of the sub-volumes it was trained on; volumes may have any size.  It computes in
    density, so kappa is only a way of looking.
    """

    format: Literal["cosmoloom-refiner"] = FORMAT
    sizes: dict[str, Any] = Field(description="of the network")
    voxel_sizes: tuple[float, ...] = Field(description="of the fine grids of training [Mpc/h]")
    kappa_range: tuple[float, float] = (0.5, 50.0)

    def facts(self) -> dict[str, str]:
        """Return what a reader asks first, in words."""
        sizes = ", ".join(f"{size:g}" for size in self.voxel_sizes)
        return {
            **super().facts(),
            "refines": f"any coarse field by 2, trained towards voxels of {sizes} Mpc/h",
            "latent": "one normal number per voxel",
        }
