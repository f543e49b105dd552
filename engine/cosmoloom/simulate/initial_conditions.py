"""Gaussian initial conditions and second-order Lagrangian displacements."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import torch
from torch import Tensor

from cosmoloom.cosmology import Cosmology
from cosmoloom.simulate.fourier import gradient, inverse_laplacian, wavenumbers


def linear_field(
    n: int, *, box_size: float, cosmology: Cosmology, seed: int, fixed: bool = False, mirrored: bool = False,
    device: torch.device | str = "cpu",
) -> Tensor:
    """Return a realisation of the linear overdensity at z = 0, in Fourier space.

    Parameters
    ----------
    n : int
        Mesh cells per side.
    box_size : float
        Side of the box in [Mpc/h].
    cosmology : Cosmology
        Its linear power spectrum, at redshift zero.
    seed : int
        Seed of the white noise; the same on every device, as it is drawn on the CPU.
    fixed : bool
        Give every mode exactly its expected amplitude and only a random phase, which removes most
        of the sample variance of the power spectrum.
    mirrored : bool
        Turn the sign: the partner of a pair, whose average cancels odd errors.
    device : str
        Where the field shall live.

    Returns
    -------
    Tensor, shape (n, n, n // 2 + 1), complex64
        ``rfftn`` of the overdensity.

    References
    ----------
    Angulo & Pontzen (2016), MNRAS 462, L1 (fixed and paired fields).
    """
    white = torch.randn((n, n, n), generator=torch.Generator().manual_seed(seed))
    modes = torch.fft.rfftn(white.to(device))
    k = wavenumbers(n, box_size=box_size, device=device)
    magnitude = torch.sqrt(k[0] ** 2 + k[1] ** 2 + k[2] ** 2)
    magnitude[0, 0, 0] = 1.0
    if fixed:
        modes = modes / modes.abs().clamp_min(1e-20) * n**1.5
    grid = np.geomspace(float(2 * np.pi / box_size) * 0.99, float(magnitude.max()) * 1.01, 1024)
    log_power = np.log(cosmology.linear_power(grid))
    position = (torch.log(magnitude) - float(np.log(grid[0]))) / float(np.log(grid[1] / grid[0]))
    low = position.floor().long().clamp_(0, len(grid) - 2)
    table = torch.as_tensor(log_power, dtype=torch.float32, device=device)
    power = torch.exp(torch.lerp(table[low], table[low + 1], position - low))
    modes *= torch.sqrt(power * (n / box_size) ** 3)
    modes[0, 0, 0] = 0.0
    return -modes if mirrored else modes


def coarser(linear: Tensor, n: int) -> Tensor:
    """Return the same field on fewer cells: the modes that both meshes have.

    Parameters
    ----------
    linear : Tensor, shape (m, m, m // 2 + 1), complex
        ``rfftn`` of a field.
    n : int
        Cells per side, even and at most m.

    Returns
    -------
    Tensor, shape (n, n, n // 2 + 1), complex
        Without its Nyquist planes, which the finer mesh cannot tell.
    """
    m, half = linear.shape[0], n // 2
    rows = torch.cat([torch.arange(half), torch.arange(m - half, m)]).to(linear.device)
    modes = linear[rows][:, rows][:, :, : half + 1] * (n / m) ** 3
    modes[half], modes[:, half], modes[:, :, half] = 0.0, 0.0, 0.0
    return modes


def displacements(linear: Tensor, *, box_size: float) -> tuple[Tensor, Tensor]:
    """Return first- and second-order displacement fields at z = 0.

    Parameters
    ----------
    linear : Tensor, shape (n, n, n // 2 + 1), complex
        Linear overdensity in Fourier space.
    box_size : float
        Side of the box in [Mpc/h].

    Returns
    -------
    (Tensor, Tensor), each of shape (n, n, n, 3)
        psi_1 and psi_2 in [Mpc/h]: a particle moves by ``D psi_1 + D_2 psi_2`` with
        ``D_2 = -3/7 D^2 Omega_m(a)^(-1/143)``.

    References
    ----------
    Bouchet et al. (1995), A&A 296, 575; Crocce, Pueblas & Scoccimarro (2006), appendix D.
    """
    n = linear.shape[0]
    kernel = inverse_laplacian(n, box_size=box_size, device=linear.device)
    potential = linear * kernel
    source = second_order_source(potential, box_size=box_size)
    first, second = (torch.empty((n, n, n, 3), dtype=source.dtype, device=source.device) for _ in range(2))
    for axis, component in enumerate(gradient(potential, box_size=box_size)):
        first[..., axis] = -component
    potential = torch.fft.rfftn(source).mul_(kernel)
    for axis, component in enumerate(gradient(potential, box_size=box_size)):
        second[..., axis] = component
    return first, second


def second_order_source(potential: Tensor, *, box_size: float) -> Tensor:
    """Return the Laplacian of the potential whose gradient is psi_2: sum over i < j of phi_ii phi_jj - phi_ij^2 [1].

    Parameters
    ----------
    potential : Tensor, shape (n, n, n // 2 + 1), complex
        ``rfftn`` of the inverse Laplacian of the linear overdensity [(Mpc/h)^2].
    box_size : float
        Side of the box in [Mpc/h].

    Returns
    -------
    Tensor, shape (n, n, n)
    """
    n = potential.shape[0]
    k = wavenumbers(n, box_size=box_size, device=potential.device)

    def curvature(i: int, j: int) -> Tensor:
        return torch.fft.irfftn(-k[i] * k[j] * potential, s=(n, n, n))

    diagonal = [curvature(i, i) for i in range(3)]
    source = torch.zeros_like(diagonal[0])
    for i, j in combinations(range(3), 2):
        source += diagonal[i] * diagonal[j] - curvature(i, j) ** 2
    return source
