"""A trained conditional generator with its card: from a seed, a redshift and kappa to a box."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, overload

import numpy as np
import torch
from torch import Tensor

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.directions import LatentDirections, leading_directions
from cosmoloom.pipeline.fast_generator import FastGenerator, Precision, compute_dtype
from cosmoloom.pipeline.latent import draw_latent, prior_sigma
from cosmoloom.scaling.rational import unscale
from cosmoloom.scaling.standardisation import Standardisation

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cosmoloom.models.card import ModelCard
    from cosmoloom.nets.conditional import ConditionalGenerator

TOLERANCE = 1e-6


class ConditionalModel:
    """Sampler of matter fields at any redshift and kappa of the trained ranges.

    Parameters
    ----------
    card : ModelCard
        What the model is and where it holds.
    generator : ConditionalGenerator
        Trained network.
    device : str or torch.device
        Where to compute.
    precision : str
        "exact" for float32; "fast" for bfloat16 where the hardware multiplies it, about 0.5 % off.
    """

    def __init__(
        self,
        card: ModelCard,
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

    @property
    def latent_sigma(self) -> float:
        """Standard deviation of one component of the prior [1]."""
        return prior_sigma(self.card.latent_nu, self.card.latent_width)

    def draw_latent(self, seed: int, count: int = 1) -> Tensor:
        """Return latents of the seeds seed, seed + 1, ..., shape (count, latent_size), on the CPU."""
        card = self.card
        return draw_latent(seed, count, size=card.latent_size, nu=card.latent_nu, width=card.latent_width)

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

    def density(self, latent: Tensor, redshift: float, kappa: float) -> Tensor:
        """Return rho over the cosmic mean [1], shape (b, n, n, n); arguments as in :meth:`scaled_field`."""
        return self.to_density(self.network_field(latent, redshift, kappa), redshift, kappa)

    def to_density(self, field: Tensor, redshift: float, kappa: float) -> Tensor:
        """Return the density that network fields of shape (b, n, n, n) mean at a redshift and kappa."""
        return unscale(self._to_scaled(field, redshift, kappa), kappa)

    @overload
    def sample(
        self,
        *,
        seed: int = ...,
        redshift: float = ...,
        kappa: float | None = ...,
        latent: ArrayLike | Tensor | None = ...,
    ) -> Box: ...

    @overload
    def sample(
        self, *, seed: int = ..., redshift: float = ..., kappa: float | None = ..., count: int
    ) -> list[Box]: ...

    def sample(
        self,
        *,
        seed: int = 0,
        redshift: float = 0.0,
        kappa: float | None = None,
        latent: ArrayLike | Tensor | None = None,
        count: int | None = None,
    ) -> Box | list[Box]:
        """Draw one box, or a list of ``count`` boxes.

        Parameters
        ----------
        seed : int
            Seed of the latent; box i of a list is the one that ``seed + i`` draws alone.
        redshift : float
            Redshift [1].
        kappa : float
            Condition of the network [cosmic mean]; by default the middle of the trained range.
        latent : array, shape (latent_size,), optional
            Used instead of a draw.
        count : int, optional
            Return a list of this many boxes.

        Raises
        ------
        InvalidInputError
            If redshift, kappa, seed or latent lies outside what the model knows.
        """
        if latent is not None and count is not None:
            raise InvalidInputError("give a latent or a count, not both: one latent is one box")
        if count is not None and count < 1:
            raise InvalidInputError(f"count must be 1 or more, got {count}")
        kappa = self.card.default_kappa if kappa is None else kappa
        self.check(redshift, kappa)
        if latent is not None:
            values = torch.as_tensor(np.asarray(latent, dtype=np.float32)).reshape(1, -1)
            return self._box(values, redshift, kappa, f"{self.card.name}, given latent")
        boxes = [
            self._box(self.draw_latent(seed + i), redshift, kappa, f"{self.card.name}, seed {seed + i}")
            for i in range(1 if count is None else count)
        ]
        return boxes[0] if count is None else boxes

    def check(self, redshift: float, kappa: float) -> None:
        """Raise InvalidInputError if redshift or kappa lies outside the trained range."""
        for name, value, (low, high) in (
            ("redshift", redshift, self.card.redshift_range),
            ("kappa", kappa, self.card.kappa_range),
        ):
            if not low - TOLERANCE <= value <= high + TOLERANCE:
                raise InvalidInputError(
                    f"{name} must lie in [{low:g}, {high:g}], where model {self.card.name} was trained, "
                    f"got {value:g}"
                )

    def _to_scaled(self, field: Tensor, redshift: float, kappa: float) -> Tensor:
        """Undo the standardisation of network fields."""
        return self.standardisation.to_scaled(field, *self._condition(len(field), redshift, kappa))

    def _condition(self, count: int, redshift: float, kappa: float) -> tuple[Tensor, Tensor]:
        """Return growth factor and ln kappa, each of shape (count,)."""
        self.check(redshift, kappa)
        growth = float(self._universe.growth_factor(redshift))
        pair = torch.tensor([[growth], [float(np.log(kappa))]], device=self.device).expand(2, count)
        return pair[0], pair[1]

    def _box(self, latent: Tensor, redshift: float, kappa: float, label: str) -> Box:
        if latent.shape != (1, self.card.latent_size) or not bool(torch.isfinite(latent).all()):
            raise InvalidInputError(
                f"a latent of model {self.card.name} holds {self.card.latent_size} finite numbers, "
                f"got shape {tuple(latent.shape[1:])}"
            )
        density = self.density(latent, redshift, kappa)[0]
        return Box(
            density=density.cpu().numpy(), box_size=self.card.box_size, redshift=float(redshift), label=label
        )
