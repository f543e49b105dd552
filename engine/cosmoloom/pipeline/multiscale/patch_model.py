"""What makes patches: a network, the scaling in which it sees densities, and the prior of its latents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.published import decode

if TYPE_CHECKING:
    import torch
    from torch import nn

    from cosmoloom.pipeline.published import PublishedModel
    from cosmoloom.scaling.of_counts import OfCounts


class PatchGenerator(Protocol):
    """The face of a network that makes patches; :mod:`cosmoloom.data.patches` documents its borders."""

    latent_size: int
    """Components of a latent."""
    patch: int
    """m, voxels per side of what it makes."""
    factor: int
    """f, voxels of a patch along each axis per low-resolution voxel; 1 for a network that sees none."""

    def __call__(self, latent: Tensor, borders: Tensor, low: Tensor | None = None) -> Tensor:
        """Map latents (b, latent_size), borders (b, 7, m, m, m), low (b, m/f, m/f, m/f) to patches (b, m, m, m)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchModel:
    """One refinement of the published pipeline.

    Attributes
    ----------
    generator : PatchGenerator
        In network space, in evaluation mode.
    scaling : OfCounts
        Between rho over the cosmic mean and network space, the same at every scale; maps 0 to 0.
    nu : float, optional
        Degrees of freedom of the prior; Gaussian without.
    width : float
        Factor on the latents [1].
    """

    generator: PatchGenerator
    scaling: OfCounts
    nu: float | None = None
    width: float = 1.0

    @property
    def network(self) -> nn.Module:
        """The generator as what it is besides."""
        return cast("nn.Module", self.generator)

    @property
    def device(self) -> torch.device:
        """Where the network's weights are."""
        return next(self.network.parameters()).device

    def to_density(self, field: Tensor) -> Tensor:
        """Return rho over the cosmic mean, 0 or above, of network values."""
        return decode(field, self.scaling)


def patch_model(model: PublishedModel) -> PatchModel:
    """Return what the pipeline needs of a loaded model that makes patches.

    Raises
    ------
    InvalidInputError
        If the model makes whole volumes or maps.
    """
    card = model.card
    if card.makes != "patches":
        raise InvalidInputError(
            f"model {card.name} makes {card.makes}, not patches; it can be started from"
        )
    return PatchModel(
        generator=cast("PatchGenerator", model.generator), scaling=model.scaling, nu=card.latent_nu,
        width=card.latent_width,
    )  # fmt: skip
