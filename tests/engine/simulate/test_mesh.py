import itertools

import numpy as np
import pytest
import torch

from cosmoloom.simulate.mesh import cloud_in_cell, nearest_grid_point, read_cloud_in_cell

N = 8


@pytest.fixture
def positions():
    """Particles anywhere, also outside of the mesh: it is periodic."""
    return (torch.rand((500, 3), generator=torch.Generator().manual_seed(1)) * 3 - 1) * N


def test_every_particle_is_counted_once(positions):
    assert int(nearest_grid_point(positions, N).sum()) == len(positions)
    assert float(cloud_in_cell(positions, N).sum()) == pytest.approx(len(positions), rel=1e-5)


def test_counts_are_those_of_a_histogram_around_the_mesh_points(positions):
    shifted = np.mod(positions.double().numpy() + 0.5, N)
    expected, _ = np.histogramdd(shifted, bins=N, range=[(0, N)] * 3)
    assert (nearest_grid_point(positions, N).numpy() == expected).all()


def test_cloud_in_cell_shares_by_overlap_of_unit_cubes(positions):
    expected = np.zeros((N, N, N))
    for x in positions.double().numpy():
        low = np.floor(x).astype(int)
        for corner in itertools.product((0, 1), repeat=3):
            cell = low + corner
            expected[tuple(cell % N)] += np.prod(1 - np.abs(x - cell))
    assert cloud_in_cell(positions, N).numpy() == pytest.approx(expected, abs=2e-5)


def test_a_particle_on_a_mesh_point_belongs_to_it_alone():
    mesh = cloud_in_cell(torch.tensor([[1.0, 2.0, 3.0]]), N)
    assert float(mesh[1, 2, 3]) == 1.0
    assert int(nearest_grid_point(torch.tensor([[1.0, 2.0, 3.0]]), N)[1, 2, 3]) == 1


def test_reading_interpolates_a_linear_field_exactly():
    ramp = torch.arange(N, dtype=torch.float32)[:, None, None, None].expand(N, N, N, 3).contiguous()
    inside = torch.tensor([[2.25, 1.5, 6.75], [5.5, 0.125, 3.0]])
    assert read_cloud_in_cell(ramp, inside)[:, 0].tolist() == pytest.approx([2.25, 5.5])


def test_reading_is_the_transpose_of_sharing(positions):
    """<field, paint(particles)> = sum of the field read at the particles: no particle pulls on itself."""
    field = torch.rand((N, N, N, 3), generator=torch.Generator().manual_seed(2))
    painted = (field[..., 0] * cloud_in_cell(positions, N)).sum()
    assert float(painted) == pytest.approx(float(read_cloud_in_cell(field, positions)[:, 0].sum()), rel=1e-5)


@pytest.mark.gpu
def test_a_gpu_counts_the_same_particles(positions):
    assert torch.equal(nearest_grid_point(positions.cuda(), N).cpu(), nearest_grid_point(positions, N))
