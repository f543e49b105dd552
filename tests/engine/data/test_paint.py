"""Painting shares mass by the overlap of clouds with cells, and loses none."""

import itertools

import numpy as np
import pytest
import torch

from cosmoloom.data.paint import neighbours, paint
from cosmoloom.data.paint_compiled import PARTICLES_PER_ROUND
from cosmoloom.errors import InvalidInputError

N = 24
SCHEMES = ("ngp", "cic", "tsc")
SHAPE = {
    "ngp": lambda d: 1.0 * ((d > -0.5) & (d <= 0.5)),
    "cic": lambda d: np.clip(1 - np.abs(d), 0, None),
    "tsc": lambda d: np.where(
        np.abs(d) <= 0.5, 0.75 - d**2, 0.5 * np.clip(1.5 - np.abs(d), 0, None) ** 2
    ),
}
"""Share of a particle at distance d (mesh point minus particle, in cells)."""


@pytest.fixture
def positions():
    """Particles anywhere, also outside of the mesh: it is periodic."""
    return (torch.rand((3000, 3), generator=torch.Generator().manual_seed(1)) * 3 - 1) * N


@pytest.mark.parametrize("n", [5, 8, N])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_particle_is_shared_by_the_shape_of_its_cloud(positions, scheme, n):
    masses = torch.linspace(0.5, 2.0, len(positions))
    expected = np.zeros((n, n, n))
    for x, mass in zip(positions[:300].double().numpy(), masses.numpy(), strict=False):
        for cell in itertools.product(*(np.floor(x)[:, None].astype(int) + np.arange(-1, 3))):
            expected[tuple(np.mod(cell, n))] += mass * np.prod(SHAPE[scheme](np.array(cell) - x))
    mesh = paint(positions[:300], n, scheme, masses=masses[:300])
    assert mesh.numpy() == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_mass_is_conserved_to_rounding(positions, scheme):
    masses = torch.linspace(0.5, 2.0, len(positions))
    assert float(paint(positions, N, scheme).double().sum()) == pytest.approx(len(positions), rel=1e-6)
    total = float(masses.double().sum())
    assert float(paint(positions, N, scheme, masses=masses).double().sum()) == pytest.approx(total, rel=1e-6)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_particles_may_come_in_parts(positions, scheme):
    mesh = paint(positions[:1000], N, scheme)
    assert paint(positions[1000:], N, scheme, onto=mesh) is mesh
    torch.testing.assert_close(mesh, paint(positions, N, scheme), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_result_does_not_depend_on_the_number_of_threads(scheme):
    many = torch.rand((PARTICLES_PER_ROUND + 5, 3), generator=torch.Generator().manual_seed(2)) * N
    before, meshes = torch.get_num_threads(), []
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            meshes.append(paint(many, N, scheme))
    finally:
        torch.set_num_threads(before)
    assert torch.equal(meshes[0], meshes[1])
    assert torch.equal(meshes[0], meshes[2])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_processors_and_devices_share_alike(positions, scheme):
    """What a device adds up, point by point, is what the compiled loops paint."""
    mesh = torch.zeros(N**3)
    for flat, weight in neighbours(positions, N, scheme):
        mesh.scatter_add_(0, flat, weight)
    torch.testing.assert_close(mesh.view(N, N, N), paint(positions, N, scheme), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_particle_on_a_mesh_point_belongs_mostly_to_it(scheme):
    mesh = paint(torch.tensor([[1.0, 2.0, 3.0]]), N, scheme)
    assert float(mesh[1, 2, 3]) == pytest.approx(0.75**3 if scheme == "tsc" else 1.0)


def test_counts_are_whole_numbers(positions):
    mesh = paint(positions, N, "ngp")
    assert torch.equal(mesh, mesh.round())


def test_no_particles_paint_an_empty_mesh():
    assert not paint(torch.empty((0, 3)), N).any()


def test_an_unknown_scheme_is_refused(positions):
    with pytest.raises(InvalidInputError, match="ngp, cic, tsc"):
        paint(positions, N, "pcs")


@pytest.mark.gpu
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_gpu_paints_the_same_mesh(positions, scheme):
    mesh = paint(positions.cuda(), N, scheme).cpu()
    torch.testing.assert_close(mesh, paint(positions, N, scheme), rtol=1e-5, atol=1e-5)
