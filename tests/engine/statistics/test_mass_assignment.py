"""Laws of windows and shot noise."""

import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import power_spectrum
from cosmoloom.statistics.mass_assignment import assignment_window


def cloud(distance, assignment):
    """Share of a particle's mass that goes to a mesh point at a distance in cells, along one axis."""
    d = distance.abs()
    if assignment == "ngp":
        return (d < 0.5).double()
    if assignment == "cic":
        return (1 - d).clamp(min=0)
    return torch.where(d < 0.5, 0.75 - d**2, (1.5 - d).clamp(min=0) ** 2 / 2)


def paint(positions, n, assignment):
    """Counts per cell of particles in cells, shape (count, 3), one axis at a time: slow, but plain to see."""
    apart = positions[:, :, None] - torch.arange(n, dtype=torch.float64)
    shares = cloud((apart + n / 2).remainder(n) - n / 2, assignment)
    return torch.einsum("px,py,pz->xyz", *shares.unbind(1))


@pytest.mark.parametrize("assignment", ["ngp", "cic", "tsc"])
def test_particles_at_random_places_have_no_power_once_shot_noise_is_taken_off(assignment):
    n, count, box_size = 16, 2000, 30.0
    positions = n * torch.rand(12, count, 3, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    fields = torch.stack([paint(one, n, assignment) for one in positions]) * (n**3 / count)
    result = power_spectrum(fields, box_size=box_size, n_particles=count, assignment=assignment)
    error = result.error.square().mean(0).sqrt() / len(fields) ** 0.5
    assert (result.power.mean(0).abs() < 4 * error).all()
    raw = power_spectrum(fields, box_size=box_size, assignment=assignment)
    assert torch.allclose(raw.power - result.shot_noise, result.power)
    if assignment != "ngp":  # without aliasing in the noise the spectrum would be off by far more
        assert ((raw.power.mean(0) - box_size**3 / count).abs() > 10 * error)[-1]


@pytest.mark.parametrize("assignment", ["ngp", "cic", "tsc"])
def test_dividing_by_the_window_restores_a_painted_wave(assignment):
    n, per_cell, wave = 12, 9, (1, 2, 0)
    fine = torch.arange(n * per_cell, dtype=torch.float64) / per_cell
    shares = cloud((fine[:, None] - torch.arange(n) + n / 2).remainder(n) - n / 2, assignment)
    modes = [torch.exp(2j * torch.pi * i * fine / n) for i in wave]
    painted = torch.einsum("a,b,c->abc", *(mode @ shares.to(mode.dtype) / per_cell for mode in modes))
    density = 1 + 0.1 * painted.real
    bare, restored = (power_spectrum(density, box_size=1.0, assignment=a) for a in (None, assignment))
    shell = 1  # |(1, 2, 0)| = 2.24
    total = 0.1**2 / 2 / bare.n_modes[shell]
    assert restored.power[shell] == pytest.approx(float(total), rel=3e-3)
    assert bare.power[shell] < 0.97 * total


def test_window_is_one_for_the_mean_and_falls_with_k():
    window = assignment_window("cic", 8)
    assert window[0, 0, 0] == 1
    assert window[4, 0, 0] == pytest.approx((2 / torch.pi) ** 2)
    assert torch.equal(window[5], window[3])


def test_gradient_flows_through_the_window():
    noise = torch.randn(4, 4, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    field = (1 + 0.1 * noise).requires_grad_()
    assert torch.autograd.gradcheck(
        lambda x: power_spectrum(x, box_size=4.0, assignment="tsc", n_particles=9).power, field
    )


def test_unfit_options_are_refused():
    with pytest.raises(InvalidInputError, match="ngp, cic, tsc"):
        power_spectrum(torch.rand(4, 4, 4), box_size=1.0, assignment="pcs")
    with pytest.raises(InvalidInputError, match="n_particles must be positive"):
        power_spectrum(torch.rand(4, 4, 4), box_size=1.0, n_particles=0)
