"""A trained published network with its card: from a seed to a box or map, in the scaling of its paper."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.directions import LatentDirections, first_layer_directions
from cosmoloom.pipeline.fast_generator import Precision, compute_dtype
from cosmoloom.pipeline.model import Model
from cosmoloom.scaling.published import DENSEST

if TYPE_CHECKING:
    from cosmoloom.map import Map
    from cosmoloom.models.published_card import PublishedCard
    from cosmoloom.scaling.of_counts import OfCounts


class PublishedModel(Model):
    """Sampler of fields of a published network; kappa is nothing to it.

    Parameters
    ----------
    card : PublishedCard
        What the model is and where it holds.
    generator : Module
        Trained network of the card's architecture, in evaluation mode.
    encoder : Module, optional
        Trained network that inverts it.
    device : str or torch.device
        Where to compute.
    precision : str
        "exact" for float32; "fast" for bfloat16 where the hardware multiplies it.
    """

    card: PublishedCard

    def __init__(
        self,
        card: PublishedCard,
        generator: nn.Module,
        encoder: nn.Module | None = None,
        *,
        device: str | torch.device = "cpu",
        precision: Precision = "exact",
    ) -> None:
        self.card = card
        self.device = torch.device(device)
        self.dtype = compute_dtype(self.device, precision)
        self.generator = generator.to(self.device)
        self.encoder = None if encoder is None else encoder.to(self.device)
        self.scaling = card.density_scaling
        self._told_redshift = bool(getattr(getattr(generator, "config", None), "conditional", False))

    @cached_property
    def directions(self) -> LatentDirections:
        """Leading latent directions, from the strongest on; none where no layer reads the whole latent."""
        return first_layer_directions(self.generator, self.card.latent_size)

    def scaling_at(self, kappa: float) -> OfCounts:  # noqa: ARG002  the face of every model
        """Return the scaling in which the network was trained, whatever kappa is."""
        return self.scaling

    def network_field(self, latent: Tensor, redshift: float, kappa: float) -> Tensor:
        """Return network fields, shape (b, n, n, n), or (b, n, n) of maps, for latents of shape (b, latent_size).

        Raises
        ------
        InvalidInputError
            If the model was not trained at this redshift, or makes patches, which need their surroundings.
        """
        self.check(redshift, kappa)
        if self.card.makes == "patches":
            start = "COARSE" if getattr(self.generator, "factor", 1) > 1 else "128"
            raise InvalidInputError(
                f"model {self.card.name} makes patches beside their neighbours, of which volumes are woven: use "
                f"cosmoloom weave {start} --by MODEL"
            )
        conditions = [torch.full((len(latent),), redshift, device=self.device)] if self._told_redshift else []
        with torch.autocast(self.device.type, dtype=self.dtype, enabled=self.dtype != torch.float32):
            field = self.generator(latent.to(self.device), *conditions)
        return field.float()

    def to_density(self, field: Tensor, redshift: float, kappa: float) -> Tensor:  # noqa: ARG002
        """Return rho over the cosmic mean, 0 or above, that network fields mean."""
        return decode(field, self.scaling)

    def differentiable_density(self, latent: Tensor, redshift: float, kappa: float) -> Tensor:
        """Return what :meth:`density` returns; derivatives go back to the latent there, too."""
        return self.density(latent, redshift, kappa)

    def encode(self, field: Box | Map) -> Tensor:
        """Return the latent from which the generator makes the like of a field, shape (latent_size,), on the CPU.

        Parameters
        ----------
        field : Box or Map
            A volume, or a map, of the card's size.

        Raises
        ------
        InvalidInputError
            If the model has no encoder, or the field is not of its size.
        """
        card = self.card
        if self.encoder is None:
            raise InvalidInputError(f"model {card.name} has no encoder; train one, as the preset ullmo2021-3d-encoder")
        same = field.density.ndim == card.dimensions and field.n == card.n
        if not same or abs(field.box_size / card.box_size - 1) > 1e-3:
            raise InvalidInputError(
                f"model {card.name} encodes fields of {card.n}^{card.dimensions} voxels in {card.box_size:g} Mpc/h, "
                f"got {field.n}^{field.density.ndim} in {field.box_size:g} Mpc/h"
            )
        latent: Tensor = self.encoder(self.scaling.scale(field.tensor(self.device)[None]))
        return latent[0].cpu()


def decode(field: Tensor, scaling: OfCounts) -> Tensor:
    """Return rho over the cosmic mean that network fields mean, between 0 and the densest voxel ever published.

    A saturated tanh means infinite density in some scalings, and an untrained network anything at all.

    Parameters
    ----------
    field : Tensor
        Network fields, float32.
    scaling : OfCounts
        Of the training.
    """
    highest = scaling.scaling.scale(torch.tensor(DENSEST, dtype=torch.float64)).item()
    return scaling.unscale(field.clamp_max(highest)).clamp_min(0.0)
