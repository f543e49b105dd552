"""What every loaded model can do, whatever network it holds: draw latents, decode them, sample."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, overload

import numpy as np
import torch
from torch import Tensor

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.map import Map
from cosmoloom.pipeline.latent import draw_latent, prior_sigma

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cosmoloom.models.card import ModelCard
    from cosmoloom.pipeline.directions import LatentDirections
    from cosmoloom.scaling.interface import Scaling


class Model(ABC):
    """Sampler of matter fields within the ranges of its card.

    Attributes
    ----------
    card : ModelCard
        What the model is and where it holds.
    device : torch.device
        Where it computes.
    dtype : torch.dtype
        In which precision it multiplies.
    """

    card: ModelCard
    device: torch.device
    dtype: torch.dtype

    @property
    @abstractmethod
    def directions(self) -> LatentDirections:
        """Leading latent directions, from the strongest on."""

    @abstractmethod
    def network_field(self, latent: Tensor, redshift: float, kappa: float) -> Tensor:
        """Return network fields, shape (b, n, n, n), or (b, n, n) of maps, for latents of shape (b, latent_size)."""

    @abstractmethod
    def to_density(self, field: Tensor, redshift: float, kappa: float) -> Tensor:
        """Return rho over the cosmic mean [1], 0 or above, that network fields mean at a redshift and kappa."""

    @abstractmethod
    def scaling_at(self, kappa: float) -> Scaling:
        """Return the scaling between rho over the cosmic mean and what the network decodes at a kappa."""

    @property
    def latent_sigma(self) -> float:
        """Standard deviation of one component of the prior [1]."""
        return prior_sigma(self.card.latent_nu, self.card.latent_width)

    def draw_latent(self, seed: int, count: int = 1) -> Tensor:
        """Return latents of the seeds seed, seed + 1, ..., shape (count, latent_size), on the CPU."""
        card = self.card
        return draw_latent(seed, count, size=card.latent_size, nu=card.latent_nu, width=card.latent_width)

    def density(self, latent: Tensor, redshift: float, kappa: float) -> Tensor:
        """Return rho over the cosmic mean [1], shape (b, n, n, n), or (b, n, n) of maps.

        Parameters
        ----------
        latent : Tensor, shape (b, latent_size)
            Points of the latent space [1].
        redshift : float
            Within the card's range [1].
        kappa : float
            Condition of the network, within the card's range [cosmic mean]; ignored where it reads none.

        Raises
        ------
        InvalidInputError
            If redshift or kappa lies outside the trained range.
        """
        return self.to_density(self.network_field(latent, redshift, kappa), redshift, kappa)

    @abstractmethod
    def differentiable_density(self, latent: Tensor, redshift: float, kappa: float) -> Tensor:
        """Return what :meth:`density` returns, in single precision and such that derivatives go back to the latent."""

    @overload
    def sample(
        self,
        *,
        seed: int = ...,
        redshift: float | None = ...,
        kappa: float | None = ...,
        latent: ArrayLike | Tensor | None = ...,
    ) -> Box | Map: ...

    @overload
    def sample(
        self, *, seed: int = ..., redshift: float | None = ..., kappa: float | None = ..., count: int
    ) -> list[Box | Map]: ...

    def sample(
        self,
        *,
        seed: int = 0,
        redshift: float | None = None,
        kappa: float | None = None,
        latent: ArrayLike | Tensor | None = None,
        count: int | None = None,
    ) -> Box | Map | list[Box | Map]:
        """Draw one box, or a list of ``count`` boxes; maps of a model in two dimensions.

        Parameters
        ----------
        seed : int
            Seed of the latent; box i of a list is the one that ``seed + i`` draws alone.
        redshift : float, optional
            Redshift [1]; by default the latest of the training.
        kappa : float, optional
            Condition of the network [cosmic mean]; by default the middle of the card's range.
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
        redshift = self.card.default_redshift if redshift is None else redshift
        kappa = self.card.default_kappa if kappa is None else kappa
        self.check(redshift, kappa)
        if latent is not None:
            values = torch.as_tensor(np.asarray(latent, dtype=np.float32)).reshape(1, -1)
            return self._field(values, redshift, kappa, f"{self.card.name}, given latent")
        drawn = [
            self._field(self.draw_latent(seed + i), redshift, kappa, f"{self.card.name}, seed {seed + i}")
            for i in range(1 if count is None else count)
        ]
        return drawn[0] if count is None else drawn

    def check(self, redshift: float, kappa: float) -> None:
        """Raise InvalidInputError if redshift, or a kappa that the network reads, lies outside the trained range."""
        self.card.check(redshift, kappa)

    def _field(self, latent: Tensor, redshift: float, kappa: float, label: str) -> Box | Map:
        if latent.shape != (1, self.card.latent_size) or not bool(torch.isfinite(latent).all()):
            raise InvalidInputError(
                f"a latent of model {self.card.name} holds {self.card.latent_size} finite numbers, "
                f"got shape {tuple(latent.shape[1:])}"
            )
        density, card = self.density(latent, redshift, kappa)[0].cpu().numpy(), self.card
        if card.dimensions == 2:
            return Map(
                density=density, box_size=card.box_size, thickness=card.thickness, redshift=float(redshift),
                label=label,
            )  # fmt: skip
        return Box(density=density, box_size=card.box_size, redshift=float(redshift), label=label)
