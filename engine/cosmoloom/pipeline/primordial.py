"""A trained collapse network with its card: from initial conditions, a redshift and kappa to a box."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from cosmoloom.errors import BrokenFileError, InvalidInputError
from cosmoloom.pipeline.fast_collapse import FastCollapse
from cosmoloom.pipeline.fast_generator import Precision, compute_dtype
from cosmoloom.pipeline.inversion.encoding import Encoding
from cosmoloom.pipeline.inversion.fit import require_fit
from cosmoloom.pipeline.lagrangian import Displaced, Lagrangian
from cosmoloom.pipeline.lagrangian_config import LagrangianConfig
from cosmoloom.pipeline.linear_power import LinearPower
from cosmoloom.pipeline.log_calibration import LogCalibration
from cosmoloom.pipeline.model import Model
from cosmoloom.pipeline.plane_waves import longest_waves
from cosmoloom.scaling.logarithmic import Logarithmic

if TYPE_CHECKING:
    from collections.abc import Callable

    from cosmoloom.box import Box
    from cosmoloom.models.primordial_card import PrimordialCard
    from cosmoloom.nets.collapse import Collapse
    from cosmoloom.nets.origins import Origins
    from cosmoloom.pipeline.directions import LatentDirections


class PrimordialModel(Model):
    """Sampler of universes whose latent is their initial conditions.

    Displacements of the last latent, and its displaced density at the last redshift, are kept: a redshift is painted
    without displacing again, and kappa asks the network alone.

    Parameters
    ----------
    card : PrimordialCard
        What the model is and where it holds.
    network : Collapse
        Trained network, in evaluation mode.
    device : str or torch.device
        Where to compute.
    precision : str
        "exact" for float32; "fast" for bfloat16 where the hardware multiplies it.
    read_encoder : callable, optional
        Reads the network that looks back, when it is first asked.

    Raises
    ------
    BrokenFileError
        If the card contradicts itself.
    """

    card: PrimordialCard

    def __init__(
        self,
        card: PrimordialCard,
        network: Collapse,
        *,
        device: str | torch.device = "cpu",
        precision: Precision = "exact",
        read_encoder: Callable[[], Origins] | None = None,
    ) -> None:
        self.card = card
        self.device = torch.device(device)
        self.dtype = compute_dtype(self.device, precision)
        try:
            self.grids = LagrangianConfig(**card.grids)
            self.power = LinearPower(k=card.linear_power.k, power=card.linear_power.power)
            table = card.calibration
            self.calibration = None if table is None else LogCalibration(**table.model_dump())
        except (TypeError, ValueError) as error:
            raise BrokenFileError(f"the card of {card.name} tells impossible initial conditions: {error}") from error
        said = (card.n, card.n, card.latent_size)
        if (self.grids.n, network.config.n, self.grids.latent_size) != said or card.box_size != self.grids.size:
            raise BrokenFileError(f"the card of {card.name}: n, box_size or latent_size are not those of its grids")
        self.network, self._read_encoder = network, read_encoder
        self._fast = FastCollapse(network, device=self.device, dtype=self.dtype)
        self.lagrangian = Lagrangian(self.grids, self.power, device=self.device)
        self._universe = card.universe
        self._displaced: tuple[Tensor, Displaced] | None = None
        self._painted: tuple[float, Tensor] | None = None

    @cached_property
    def directions(self) -> LatentDirections:
        """The longest waves of the initial conditions."""
        return longest_waves(self.grids, self.power)

    @cached_property
    def inversion(self) -> Encoding:
        """What finds latents of boxes.

        Raises
        ------
        InvalidInputError
            If the model has no encoder.
        """
        if self._read_encoder is None:
            raise InvalidInputError(f"model {self.card.name} has no encoder; train one, as the preset loom64-encoder")
        return Encoding(self._read_encoder(), self.lagrangian, self._universe, device=self.device)

    def encode(self, box: Box, *, kappa: float | None = None) -> Tensor:
        """Return the latent that grows into a box, shape (latent_size,), on the CPU: in one pass, without refinement.

        Parameters
        ----------
        box : Box
            Of the model's size and voxels; :func:`cosmoloom.pipeline.inversion.fitted` makes others so.
        kappa : float, optional
            At which it is to be grown again [cosmic mean]; by default the middle of the card's range.

        Raises
        ------
        InvalidInputError
            If the model has no encoder, or the box is of another size, unit or redshift.
        """
        kappa = self.card.default_kappa if kappa is None else kappa
        redshift = require_fit(box, self.card)
        self.check(redshift, kappa)
        return self.inversion(box.tensor(self.device), redshift=redshift, kappa=kappa).cpu()

    def scaling_at(self, kappa: float) -> Logarithmic:  # noqa: ARG002  the face of every model
        """Return the scaling of what the network writes, whatever kappa is."""
        return Logarithmic()

    @torch.no_grad()
    def network_field(self, latent: Tensor, redshift: float, kappa: float) -> Tensor:
        """Return ln of rho over the cosmic mean, shape (b, n, n, n), for latents of shape (b, latent_size).

        Raises
        ------
        InvalidInputError
            If redshift or kappa lies outside the trained range.
        """
        self.check(redshift, kappa)
        growth = float(self._universe.growth_factor(redshift))
        condition = torch.tensor([[growth], [float(np.log(kappa))]], device=self.device)
        fields = []
        for each in latent:
            displaced = self.displaced(each)
            inputs = (self._density(displaced, redshift), displaced.linear, displaced.white)
            fields.append(self._fast(*(field[None] for field in inputs), *condition))
        made = torch.cat(fields)
        if self.calibration is None:
            return made
        shift, stretch = self.calibration.at(growth, float(np.log(kappa)))
        return made.mul_(stretch).add_(shift)

    def differentiable_density(self, latent: Tensor, redshift: float, kappa: float) -> Tensor:
        """Return what :meth:`density` returns, such that derivatives go back to the latent."""
        self.check(redshift, kappa)
        growth, second, log_kappa = (
            float(self._universe.growth_factor(redshift)),
            float(self._universe.second_order_growth(redshift)),
            float(np.log(kappa)),
        )
        condition = torch.tensor([[growth], [log_kappa]], device=self.device)
        shift, stretch = (0.0, 1.0) if self.calibration is None else self.calibration.at(growth, log_kappa)
        made = []
        for each in latent:
            displaced = self.lagrangian.displace(each)
            density = self.lagrangian.density(displaced, growth=growth, second_growth=second)
            inputs = (density, displaced.linear, displaced.white)
            made.append(self._fast(*(field[None] for field in inputs), *condition))
        return (shift + stretch * torch.cat(made)).exp()

    def to_density(self, field: Tensor, redshift: float, kappa: float) -> Tensor:  # noqa: ARG002
        """Return the density that network fields mean."""
        return field.exp()

    def displaced(self, latent: Tensor) -> Displaced:
        """Return displacements and linear fields of one latent, shape (latent_size,)."""
        if self._displaced is None or not torch.equal(self._displaced[0], latent):
            self._displaced, self._painted = (latent.clone(), self.lagrangian.displace(latent)), None
        return self._displaced[1]

    def _density(self, displaced: Displaced, redshift: float) -> Tensor:
        """Return the displaced density of the latent that is kept."""
        if self._painted is None or self._painted[0] != redshift:
            growth, second = (
                float(grown(redshift)) for grown in (self._universe.growth_factor, self._universe.second_order_growth)
            )
            self._painted = redshift, self.lagrangian.density(displaced, growth=growth, second_growth=second)
        return self._painted[1]
