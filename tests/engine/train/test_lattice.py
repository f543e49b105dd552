"""What a network's cells leave in a field: seen where it is, absent where it is not."""

from __future__ import annotations

import pytest
import torch

from cosmoloom.train.lattice import lattice_error, steps_in_cells


def test_steps_within_cells_are_told_from_those_between() -> None:
    stairs = torch.arange(8.0).div(2, rounding_mode="floor")[:, None, None].expand(8, 8, 8)  # climbs between cells only
    steps = steps_in_cells(stairs[None])
    torch.testing.assert_close(steps[0], torch.tensor([0.0, 1.0]))
    torch.testing.assert_close(steps[1:], torch.zeros(2, 2))


def test_noise_has_no_lattice_and_a_weakened_half_shows() -> None:
    noise = torch.randn(4, 32, 32, 32, generator=torch.Generator().manual_seed(0))
    assert float(lattice_error(steps_in_cells(noise))) < 1e-3
    smeared = noise.clone()
    smeared[..., 0::2] += 0.5 * (smeared[..., 1::2] - smeared[..., 0::2])  # within cells along the last axis
    within, between = steps_in_cells(smeared)[2]
    assert float(within / between) == pytest.approx(0.5 / 1.5, rel=0.05)
    assert float(lattice_error(steps_in_cells(smeared))) > 1


def test_its_slope_points_out_of_it() -> None:
    field = torch.randn(1, 8, 8, 8, generator=torch.Generator().manual_seed(1)).requires_grad_()
    before = lattice_error(steps_in_cells(field))
    (slope,) = torch.autograd.grad(before, field)
    assert lattice_error(steps_in_cells(field - 0.1 / slope.norm() * slope)) < before
