import pytest
import torch

from cosmoloom.data.paint import paint
from cosmoloom.simulate.mesh import read_cloud_in_cell

N = 8


@pytest.fixture
def positions():
    """Particles anywhere, also outside of the mesh: it is periodic."""
    return (torch.rand((500, 3), generator=torch.Generator().manual_seed(1)) * 3 - 1) * N


def read(field, positions):
    out = torch.empty(len(positions))
    read_cloud_in_cell(field, positions, out)
    return out


def test_reading_interpolates_a_linear_field_exactly():
    x, y, z = torch.meshgrid(*[torch.arange(N, dtype=torch.float32)] * 3, indexing="ij")
    inside = torch.tensor([[2.25, 1.5, 6.75], [5.5, 0.125, 3.0]])
    expected = inside @ torch.tensor([1.0, 10.0, 100.0])
    assert read(x + 10 * y + 100 * z, inside).tolist() == pytest.approx(expected.tolist())


def test_reading_is_the_transpose_of_painting(positions):
    """<field, paint(particles)> = sum of the field read at the particles: no particle pulls on itself."""
    field = torch.rand((N, N, N), generator=torch.Generator().manual_seed(2))
    painted = (field * paint(positions, N)).sum()
    assert float(painted) == pytest.approx(float(read(field, positions).sum()), rel=1e-5)


def test_a_periodic_mesh_reads_alike_in_every_image(positions):
    """Positions are shifted by whole boxes; float32 rounds them to some 1e-6 cells."""
    field = torch.rand((N, N, N), generator=torch.Generator().manual_seed(2))
    assert read(field, positions + N).numpy() == pytest.approx(read(field, positions).numpy(), abs=1e-4)


def test_reading_does_not_depend_on_the_number_of_threads(positions):
    field = torch.rand((N, N, N), generator=torch.Generator().manual_seed(2))
    one = read(field, positions)
    threads = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        assert torch.equal(read(field, positions), one)
    finally:
        torch.set_num_threads(threads)
