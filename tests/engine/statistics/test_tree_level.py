"""Gravity of second order has the bispectrum that perturbation theory tells."""

from math import pi

import numpy as np
import torch

from cosmoloom.cosmology import Cosmology
from cosmoloom.simulate.initial_conditions import displacements, linear_field
from cosmoloom.statistics import bispectrum
from cosmoloom.statistics.low_modes import onto_mesh

COSMOLOGY, REDSHIFT, BOX_SIZE, N = Cosmology(), 3.0, 300.0, 24
K_F = 2 * pi / BOX_SIZE
REACH = 8


def second_order_density(seed, *, mirrored):
    """Particles displaced to second order, summed as waves: no mesh, so neither window nor aliasing."""
    linear = linear_field(N, box_size=BOX_SIZE, cosmology=COSMOLOGY, seed=seed, fixed=True, mirrored=mirrored)
    psi_1, psi_2 = displacements(linear, box_size=BOX_SIZE)
    D = float(COSMOLOGY.growth_factor(REDSHIFT))
    axis = torch.arange(N) * (BOX_SIZE / N)
    lattice = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), -1)
    phase = K_F * (lattice + D * psi_1 - 3 / 7 * D**2 * psi_2).reshape(-1, 3)
    whole = torch.cat([torch.arange(REACH + 1), torch.arange(-REACH, 0)]).float()
    modes = 0
    for part in phase.split(4096):
        x, y, z = (
            torch.exp(-1j * part[:, i, None] * wave) for i, wave in enumerate((whole, whole, whole[: REACH + 1]))
        )
        modes = modes + (x[:, :, None] * y[:, None]).flatten(1).T @ z
    mesh = 2 * REACH + 4
    modes = onto_mesh((modes / N**3).reshape(2 * REACH + 1, 2 * REACH + 1, REACH + 1), mesh)
    return torch.fft.irfftn(modes, s=(mesh,) * 3, norm="forward")


def tree_level(k1, k2, theta):
    """Average ``2 F2(k1, k2) P1 P2 + 2 permutations`` over the closed triangles of the same shells.

    Bernardeau, Colombi, Gaztanaga & Scoccimarro (2002), Phys. Rep. 367, 1, eq. 155.
    """
    D = float(COSMOLOGY.growth_factor(REDSHIFT))
    table = COSMOLOGY.linear_power(K_F * np.sqrt(np.arange(1, 1000))) * D**2
    axis = np.arange(-REACH, REACH + 1)
    lattice = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    radius = np.sqrt((lattice**2).sum(1))
    first, second = (lattice[(radius >= k / K_F - 1) & (radius < k / K_F + 1)] for k in (k1, k2))

    def kernel(a, b, c):  # of the squared sides, c opposite to the angle
        mu = (c - a - b) / (2 * np.sqrt(a * b))
        return 5 / 7 + mu / 2 * (np.sqrt(a / b) + np.sqrt(b / a)) + 2 / 7 * mu**2

    a, b = np.broadcast_arrays((first**2).sum(1)[:, None], (second**2).sum(1))
    c = a + b + 2 * first @ second.T
    result = []
    for k3 in np.sqrt(k1**2 + k2**2 + 2 * k1 * k2 * np.cos(theta)) / K_F:
        inside = (c > 0) & (c >= max(k3 - 1, 0) ** 2) & (c < (k3 + 1) ** 2)
        A, B, C = a[inside], b[inside], c[inside]
        P, Q, R = table[A - 1], table[B - 1], table[C - 1]
        result.append(2 * (kernel(A, B, C) * P * Q + kernel(B, C, A) * Q * R + kernel(C, A, B) * R * P).mean())
    return np.array(result)


def test_second_order_displacements_have_the_tree_level_bispectrum():
    theta = np.array([0.5, 1.0, 1.5, 2.0, 2.5])
    sides = {"k1": 3 * K_F, "k2": 4 * K_F, "theta": theta}
    n_pairs = 8
    boxes = torch.stack(
        [second_order_density(seed, mirrored=mirrored) for seed in range(n_pairs) for mirrored in (False, True)]
    )
    measured = bispectrum(boxes, box_size=BOX_SIZE, **sides).bispectrum.reshape(n_pairs, 2, len(theta))
    pairs = measured.mean(1).numpy()  # what the Gaussian part leaves is odd, and cancels
    expected = tree_level(**sides)
    error = pairs.std(0, ddof=1) / n_pairs**0.5
    assert (error < 0.15 * expected).all()
    assert (np.abs(pairs.mean(0) - expected) < 3.5 * error + 0.03 * expected).all()
    assert expected.max() > 1.5 * expected.min()  # so another angle or order of sides would be seen
