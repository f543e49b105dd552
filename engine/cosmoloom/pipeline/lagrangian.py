"""From white noise to displaced matter: the part of structure formation that needs no learning.

A latent is the noise of two grids (:class:`LagrangianConfig`).  Its long waves displace matter to second order, its
short ones to first; particles that start on the voxels of the region and of a padding around it are moved by
``D psi_1 + D_2 psi_2`` and painted.  Displacements do not depend on redshift, so one latent is displaced once and
painted at each redshift, always on the same voxels.

References
----------
Bouchet et al. (1995), A&A 296, 575 (second order); Crocce, Pueblas & Scoccimarro (2006), appendix D.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cosmoloom.data.paint import paint
from cosmoloom.pipeline.band_limited import BandLimited, indices, select_modes
from cosmoloom.pipeline.displaced_painting import paint_differentiably
from cosmoloom.pipeline.periodic_surroundings import add_periodic
from cosmoloom.simulate.fourier import wavenumbers
from cosmoloom.simulate.initial_conditions import second_order_source

if TYPE_CHECKING:
    from cosmoloom.pipeline.lagrangian_config import LagrangianConfig
    from cosmoloom.pipeline.linear_power import LinearPower

TINY = 1e-30
"""Stands in for k = 0, where nothing has power."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Displaced:
    """What a latent means at all redshifts.

    Attributes
    ----------
    first, second : Tensor, shape (padded, padded, padded, 3)
        psi_1 and psi_2 of the particles of the region and its padding, in voxels.
    linear : Tensor, shape (n, n, n)
        Linear overdensity of the region at z = 0 [1].
    white : Tensor, shape (n, n, n)
        The same with equal power at all waves, of variance 1.
    """

    first: Tensor
    second: Tensor
    linear: Tensor
    white: Tensor


class Lagrangian:
    """Displaces and paints matter for latents.

    Parameters
    ----------
    config : LagrangianConfig
        Sizes.
    power : LinearPower
        Of the cosmology.
    device : str
        Where to compute.
    """

    def __init__(
        self, config: LagrangianConfig, power: LinearPower, *, device: torch.device | str = "cpu"
    ) -> None:
        self.config, self.device = config, torch.device(device)
        n, modes, voxel = config.n, config.long_modes, config.voxel_size
        k, squared = _waves(modes, config.long_size)
        long = ((squared > 0) & (squared < config.k_split**2)).double()
        # The coefficients of unit white noise have variance 1 / cells; those of a field of power P, P / volume.
        share = (config.long_n / config.long_size) ** 3
        amplitude = long * torch.sqrt(power.at(squared.sqrt()) * share) / config.long_n**3
        whiten = long * (share * voxel**3) ** 0.5 / config.long_n**3
        self._long = self._kept(torch.stack([amplitude, whiten]))
        self._long_move = self._kept(1j * _pull(k, squared) * amplitude / voxel)
        laplacian = -amplitude / squared.clamp(min=TINY)
        self._potential = self._kept(laplacian.permute(1, 2, 0) * config.mesh_n**3)  # of a half space along z
        self._second_move = self._kept(-1j * _pull(*_waves(2 * modes, config.long_size)) / (voxel * config.mesh_n**3))

        k = wavenumbers(n, box_size=config.size)
        squared = k[0].double() ** 2 + k[1].double() ** 2 + k[2].double() ** 2
        short = (squared >= config.k_split**2).double()
        short[n // 2], short[:, n // 2], short[..., n // 2] = 0.0, 0.0, 0.0  # no derivative is known there
        amplitude = short * torch.sqrt(power.at(squared.sqrt()) / voxel**3)
        self._short = self._kept(torch.stack([amplitude, short]))
        self._short_move = self._kept(1j * _pull(k, squared) * amplitude / voxel)

        start, step = config.corner / config.long_size, voxel / config.long_size
        far = start - config.padding * step
        self._on_region = BandLimited(modes, points=n, start=start, step=step, device=self.device)
        self._first_on_lattice, self._second_on_lattice = (
            BandLimited(m, points=config.padded, start=far, step=step, device=self.device) for m in (modes, 2 * modes)
        )

    def displace(self, latent: Tensor) -> Displaced:
        """Return displacements and linear fields of one latent, shape (latent_size,)."""
        config = self.config
        long, short = self._noises(latent)
        waves = select_modes(torch.fft.rfftn(long, dim=(1, 2, 0)), config.long_modes)
        first = self._first_on_lattice(waves * self._long_move)
        second = self._second_on_lattice(self._second_order(long))
        linear, white = self._on_region(waves * self._long).unbind(-1)
        ripples = torch.fft.rfftn(short)
        shape = (config.n,) * 3
        moved = torch.stack([torch.fft.irfftn(ripples * move, s=shape) for move in self._short_move], dim=-1)
        first = add_periodic(first, moved)
        fine, noise = (torch.fft.irfftn(ripples * kept, s=shape) for kept in self._short)
        return Displaced(first=first, second=second, linear=linear + fine, white=white + noise)

    def white(self, latent: Tensor) -> Tensor:
        """Return the noise of the region alone, ``displace(latent).white``; it is linear in the latent."""
        long, short = self._noises(latent)
        waves = select_modes(torch.fft.rfftn(long, dim=(1, 2, 0)), self.config.long_modes)
        ripples = torch.fft.rfftn(short) * self._short[1]
        return self._on_region(waves * self._long[1:])[..., 0] + torch.fft.irfftn(ripples, s=short.shape)

    def density(self, displaced: Displaced, *, growth: float, second_growth: float) -> Tensor:
        """Return rho over the cosmic mean of the region, shape (n, n, n), by cloud-in-cell.

        Parameters
        ----------
        displaced : Displaced
            What a latent means.
        growth, second_growth : float
            D and D_2 at a redshift [1].
        """
        config = self.config
        if self.device.type == "cpu":
            mesh = paint_differentiably(
                displaced.first, displaced.second, growth=growth, second_growth=second_growth, n=config.n
            )
            margin = 1
        else:
            axis = torch.arange(config.padded, dtype=torch.float32, device=self.device)
            lattice = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1)
            positions = lattice.add_(displaced.first, alpha=growth).add_(displaced.second, alpha=second_growth)
            mesh = paint(positions.view(-1, 3), config.padded)
            margin = config.padding
        inner = slice(margin, margin + config.n)
        return mesh[inner, inner, inner].contiguous()

    def _noises(self, latent: Tensor) -> tuple[Tensor, Tensor]:
        """Return the noise of long and of short waves on their grids."""
        sides = (self.config.long_n, self.config.n)
        parts = latent.to(self.device).split([side**3 for side in sides])
        long, short = (noise.view(side, side, side) for noise, side in zip(parts, sides, strict=True))
        return long, short

    def _second_order(self, long: Tensor) -> Tensor:
        """Return the coefficients of psi_2 in voxels, with the half space along x."""
        n, modes = self.config.mesh_n, self.config.long_modes
        rows = indices(modes).to(self.device)
        waves = torch.fft.rfftn(long)[rows][:, rows][..., : modes + 1]
        potential = waves.new_zeros((n, n, n // 2 + 1))
        potential[rows[:, None], rows, : modes + 1] = waves * self._potential
        source = second_order_source(potential, box_size=self.config.long_size)
        return select_modes(torch.fft.rfftn(source, dim=(1, 2, 0)), 2 * modes) * self._second_move

    def _kept(self, filters: Tensor) -> Tensor:
        """Return filters in single precision on the device."""
        return filters.to(torch.complex64 if filters.is_complex() else torch.float32).to(self.device)


def _waves(modes: int, box_size: float) -> tuple[tuple[Tensor, Tensor, Tensor], Tensor]:
    """Return kx, ky, kz and k^2 of the modes of :func:`select_modes` [h/Mpc]."""
    k = indices(modes).double() * (2 * torch.pi / box_size)
    parts = (k[: modes + 1, None, None], k[:, None], k)
    return parts, parts[0] ** 2 + parts[1] ** 2 + parts[2] ** 2


def _pull(k: tuple[Tensor, Tensor, Tensor], squared: Tensor) -> Tensor:
    """Return k / k^2 of three axes, which makes of an overdensity the first-order displacement, but for a factor i."""
    return torch.stack([component.expand(squared.shape) for component in k]) / squared.clamp(min=TINY)
