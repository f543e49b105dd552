"""A trained conditional generator with its card: from a seed, a redshift and kappa to a box."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from cosmoloom.pipeline.directions import LatentDirections, leading_directions
from cosmoloom.pipeline.fast_generator import FastGenerator, Precision, compute_dtype
from cosmoloom.pipeline.model import Model
from cosmoloom.scaling.rational import Rational, unscale
from cosmoloom.scaling.standardisation import Standardisation

if TYPE_CHECKING:
    from cosmoloom.models.conditional_card import ConditionalCard
    from cosmoloom.nets.conditional import ConditionalGenerator


class ConditionalModel(Model):
    """Sampler of matter fields at any redshift and kappa of the trained ranges.

    Parameters
    ----------
    card : ConditionalCard
        What the model is and where it holds.
    generator : ConditionalGenerator
        Trained network.
    device : str or torch.device
        Where to compute.
    precision : str
        "exact" for float32; "fast" for bfloat16 where the hardware multiplies it, about 0.5 % off.
    """

    card: ConditionalCard

    def __init__(
        self,
        card: ConditionalCard,
        generator: ConditionalGenerator,
        *,
        device: str | torch.device = "cpu",
        precision: Precision = "exact",
    ) -> None:
        self.card = card
        self.generator = generator
        self.device = torch.device(device)
        self.dtype = compute_dtype(self.device, precision)
        self.standardisation = Standardisation(**card.standardisation.model_dump()).to(self.device)
        self._network = FastGenerator(generator, device=self.device, dtype=self.dtype)
        self._universe = card.universe

    @cached_property
    def directions(self) -> LatentDirections:
        """Leading latent directions, from the strongest on."""
        return leading_directions(self.generator.first.weight, latent_size=self.card.latent_size)

    def scaling_at(self, kappa: float) -> Rational:
        """Return the scaling between the density and what the network decodes at a kappa [cosmic mean]."""
        return Rational(kappa=kappa)

    def network_field(self, latent: Tensor, redshift: float, kappa: float) -> Tensor:
        """Return standardised network fields, shape (b, n, n, n), for latents of shape (b, latent_size)."""
        growth, log_kappa = self._condition(len(latent), redshift, kappa)
        return self._network(latent.to(self.device), growth, log_kappa)

    def scaled_field(self, latent: Tensor, redshift: float, kappa: float) -> Tensor:
        """Return scaled fields x in [-1, 1), shape (b, n, n, n).

        Parameters
        ----------
        latent : Tensor, shape (b, latent_size)
            Points of the latent space [1].
        redshift : float
            Within the card's range [1].
        kappa : float
            Condition of the network, within the card's range [cosmic mean].

        Raises
        ------
        InvalidInputError
            If redshift or kappa lies outside the trained range, or the latent has another size.
        """
        return self._to_scaled(self.network_field(latent, redshift, kappa), redshift, kappa)

    def to_density(self, field: Tensor, redshift: float, kappa: float) -> Tensor:
        """Return the density that network fields of shape (b, n, n, n) mean at a redshift and kappa."""
        return unscale(self._to_scaled(field, redshift, kappa), kappa)

    def differentiable_density(self, latent: Tensor, redshift: float, kappa: float) -> Tensor:
        """Return what :meth:`density` returns, such that derivatives go back to the latent."""
        field = self.generator(latent.to(self.device), *self._condition(len(latent), redshift, kappa))
        return self.to_density(field, redshift, kappa)

    def _to_scaled(self, field: Tensor, redshift: float, kappa: float) -> Tensor:
        """Undo the standardisation of network fields."""
        return self.standardisation.to_scaled(field, *self._condition(len(field), redshift, kappa))

    def _condition(self, count: int, redshift: float, kappa: float) -> tuple[Tensor, Tensor]:
        """Return growth factor and ln kappa, each of shape (count,)."""
        self.check(redshift, kappa)
        growth = float(self._universe.growth_factor(redshift))
        pair = torch.tensor([[growth], [float(np.log(kappa))]], device=self.device).expand(2, count)
        return pair[0], pair[1]
