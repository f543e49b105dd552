"""Leading directions are the orthonormal axes along which the first layer reacts most."""

from __future__ import annotations

import torch
from torch import nn

from cosmoloom import models
from cosmoloom.pipeline.directions import first_layer_directions, leading_directions


def test_directions_are_orthonormal(tiny_model_folder):
    directions = models.load(tiny_model_folder).directions
    product = directions.vectors @ directions.vectors.T
    torch.testing.assert_close(product, torch.eye(len(directions)), rtol=0.0, atol=1e-5)


def test_explained_shares_fall_and_all_add_up_to_one():
    weight = torch.randn(100, 12, generator=torch.Generator().manual_seed(0))
    shares = leading_directions(weight, count=99).explained
    assert len(shares) == 12
    assert float(shares.sum()) == torch.tensor(1.0)
    assert (shares.diff() <= 0).all()


def test_no_other_direction_moves_the_first_layer_more():
    generator = torch.Generator().manual_seed(1)
    weight = torch.randn(100, 12, generator=generator)
    directions = leading_directions(weight)
    reaction = (weight @ directions.vectors[0]).norm()
    others = torch.nn.functional.normalize(torch.randn(500, 12, generator=generator), dim=1)
    assert ((weight @ others.T).norm(dim=0) < reaction).all()


def test_a_planted_direction_is_found_with_its_sense():
    axis = torch.nn.functional.normalize(torch.tensor([0.1, -0.2, 3.0, 0.5]), dim=0)
    weight = torch.outer(torch.linspace(-2, 5, 50), axis) + 1e-3 * torch.randn(
        50, 4, generator=torch.Generator().manual_seed(2)
    )
    torch.testing.assert_close(leading_directions(weight).vectors[0], axis, rtol=0.0, atol=1e-3)


def test_the_first_layer_that_reads_the_whole_latent_gives_the_directions():
    torch.manual_seed(3)
    dense, convolution = nn.Linear(12, 40), nn.ConvTranspose3d(12, 5, kernel_size=4)
    for layer, matrix in ((dense, dense.weight), (convolution, convolution.weight.reshape(12, -1).T)):
        found = first_layer_directions(nn.Sequential(nn.Linear(3, 7), layer, nn.ReLU()), 12)
        torch.testing.assert_close(found.vectors, leading_directions(matrix).vectors)


def test_a_redshift_beside_the_latent_is_no_direction():
    torch.manual_seed(4)
    layer = nn.Linear(13, 40)
    assert first_layer_directions(layer, 12).vectors.shape == (12, 12)


def test_a_generator_without_such_a_layer_has_no_directions():
    assert len(first_layer_directions(nn.Conv3d(1, 4, 3), 12)) == 0
