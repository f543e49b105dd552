"""Derivatives go back from a density to the latent, whatever network lies between."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional

import cosmoloom as cl
from cosmoloom.pipeline.conditional import ConditionalModel
from cosmoloom.pipeline.displaced_painting import paint_differentiably
from cosmoloom.pipeline.frozen_convolution import doubling, halving, same_size
from cosmoloom.pipeline.model import Model
from cosmoloom.pipeline.periodic_surroundings import add_periodic


@pytest.fixture(params=["tiny_primordial_folder", "tiny_model_folder"])
def model(request: pytest.FixtureRequest) -> Model:
    folder: Path = request.getfixturevalue(request.param)
    return cl.load(folder)


def slopes(function: Callable[[Tensor], Tensor], start: Tensor, *, step: float) -> tuple[float, float]:
    """Return the slope along the steepest way up, by derivative and by difference."""
    free = start.clone().requires_grad_(True)
    (slope,) = torch.autograd.grad(function(free), free)
    way = slope / slope.norm()
    with torch.no_grad():
        difference = (function(start + step * way) - function(start - step * way)) / (2 * step)
    return float((slope * way).sum()), float(difference)


def test_it_is_the_density_that_is_drawn(model: Model) -> None:
    latent = model.draw_latent(1, 2)
    drawn, again = model.density(latent, 1.0, 6.0), model.differentiable_density(latent, 1.0, 6.0)
    torch.testing.assert_close(again, drawn, rtol=1e-3, atol=1e-4)


def test_the_derivative_of_a_density_is_that_of_differences(model: Model) -> None:
    latent = model.draw_latent(3)
    weight = torch.rand(model.density(latent, 0.0, 6.0).shape, generator=torch.Generator().manual_seed(2))

    def measured(z: Tensor) -> Tensor:
        return (torch.log(model.differentiable_density(z, 0.0, 6.0) + 0.1).double() * weight).mean()

    derivative, difference = slopes(measured, latent, step=0.03)
    assert derivative > 0
    assert difference == pytest.approx(derivative, rel=0.05)


def test_a_slider_still_needs_no_derivatives(model: Model) -> None:
    assert not model.density(model.draw_latent(1).requires_grad_(isinstance(model, ConditionalModel)), 0.0, 6.0).grad_fn


def test_painting_knows_how_voxels_change_as_particles_move() -> None:
    generator = torch.Generator().manual_seed(4)
    first, second = (torch.rand((12, 12, 12, 3), generator=generator) for _ in range(2))
    weight = torch.rand((10, 10, 10), generator=generator)

    def painted(a: Tensor) -> Tensor:
        mesh = paint_differentiably(a, second, growth=0.7, second_growth=-0.2, n=8)
        return (mesh[1:-1, 1:-1, 1:-1].double() * weight[1:-1, 1:-1, 1:-1]).sum()

    derivative, difference = slopes(painted, first, step=1e-2)
    assert difference == pytest.approx(derivative, rel=0.01)


@pytest.mark.parametrize(
    ("frozen", "shape", "usual"),
    [
        (same_size, (5, 3, 3, 3, 3), lambda x, w, b: functional.conv3d(x, w, b, padding=1)),
        (halving, (5, 3, 2, 2, 2), lambda x, w, b: functional.conv3d(x, w, b, stride=2)),
        (doubling, (3, 5, 2, 2, 2), lambda x, w, b: functional.conv_transpose3d(x, w, b, stride=2)),
    ],
)
def test_frozen_convolutions_make_and_pass_on_what_the_usual_ones_do(frozen, shape, usual) -> None:
    generator = torch.Generator().manual_seed(5)
    x, weight, bias = (torch.randn(size, generator=generator) for size in ((1, 3, 8, 8, 8), shape, (5,)))
    made, slopes = [], []
    for convolution in (frozen, usual):
        free = x.clone().requires_grad_(True)
        made.append(convolution(free, weight, bias))
        slopes.append(torch.autograd.grad(made[-1].square().sum(), free)[0])
    torch.testing.assert_close(*made, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(*slopes, rtol=1e-4, atol=1e-3)


def test_what_is_repeated_around_a_region_gathers_from_all_its_images() -> None:
    periodic = torch.rand((4, 4, 4, 3), requires_grad=True)
    weight = torch.rand((8, 8, 8, 3))
    (slope,) = torch.autograd.grad((add_periodic(torch.zeros(8, 8, 8, 3), periodic) * weight).sum(), periodic)
    images = weight.roll((2, 2, 2), (0, 1, 2)).view(2, 4, 2, 4, 2, 4, 3).sum(dim=(0, 2, 4))
    torch.testing.assert_close(slope, images)
