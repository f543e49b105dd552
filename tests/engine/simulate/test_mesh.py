import pytest
import torch

from cosmoloom.data.paint import paint
from cosmoloom.simulate.mesh import read_cloud_in_cell

N = 8


@pytest.fixture
def positions():
    """Particles anywhere, also outside of the mesh: it is periodic."""
    return (torch.rand((500, 3), generator=torch.Generator().manual_seed(1)) * 3 - 1) * N


def test_reading_interpolates_a_linear_field_exactly():
    ramp = torch.arange(N, dtype=torch.float32)[:, None, None, None].expand(N, N, N, 3).contiguous()
    inside = torch.tensor([[2.25, 1.5, 6.75], [5.5, 0.125, 3.0]])
    assert read_cloud_in_cell(ramp, inside)[:, 0].tolist() == pytest.approx([2.25, 5.5])


def test_reading_is_the_transpose_of_painting(positions):
    """<field, paint(particles)> = sum of the field read at the particles: no particle pulls on itself."""
    field = torch.rand((N, N, N, 3), generator=torch.Generator().manual_seed(2))
    painted = (field[..., 0] * paint(positions, N)).sum()
    assert float(painted) == pytest.approx(float(read_cloud_in_cell(field, positions)[:, 0].sum()), rel=1e-5)
