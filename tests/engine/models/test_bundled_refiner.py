"""The bundled refiner: held-out boxes that were averaged get back the power and the densities that they had."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import cosmoloom as cl
from cosmoloom import models
from cosmoloom.data.pyramid import block_mean
from cosmoloom.errors import InvalidInputError
from cosmoloom.models.refiners import load_refiner
from cosmoloom.pipeline.multiscale.landed import put_together
from cosmoloom.pipeline.multiscale.seamless import Circumstances
from cosmoloom.pipeline.multiscale.weave_seamless import weave_seamless
from cosmoloom.statistics.power_spectrum import power_spectrum
from cosmoloom.train.lattice import steps_in_cells

Field = NDArray[np.float32]
DOUBLINGS = 2
"""From voxels of 4 Mpc/h to those of the reference boxes."""


@pytest.fixture(scope="module", params=[1.0, 0.0])
def pairs(request: pytest.FixtureRequest) -> list[tuple[Field, Field]]:
    """Held-out boxes of 64 Mpc/h at one redshift, and what is made of their block means."""
    refiner, card = load_refiner("seamless64")
    made = []
    for name in ("0010", "0011"):
        box = cl.open(f"reference::{name}@{request.param:g}")
        growth = float(card.universe.growth_factor(request.param))
        for seed in range(2):
            given = Circumstances(seed=seed, growth=growth, box_size=box.box_size, periodic=False)
            pieces = weave_seamless(block_mean(box.density, 2**DOUBLINGS), [refiner] * DOUBLINGS, given)
            made.append((box.density, put_together(pieces, scale=DOUBLINGS)))
    return made


def test_mass_stays_in_its_place(pairs: list[tuple[Field, Field]]) -> None:
    for real, fake in pairs:
        np.testing.assert_allclose(block_mean(fake, 4), block_mean(real, 4), rtol=1e-4)


def test_power_comes_back(pairs: list[tuple[Field, Field]]) -> None:
    real, fake = (power_spectrum(np.stack(boxes), box_size=64.0) for boxes in zip(*pairs, strict=True))
    ratio = fake.power.mean(0) / real.power.mean(0)
    coarse = power_spectrum(
        np.stack([block_mean(real, 4).repeat(4, 0).repeat(4, 1).repeat(4, 2) for real, _ in pairs]), box_size=64.0
    )
    fine = (real.k > 0.8) & (real.k < 1.5)  # beyond what voxels of 4 Mpc/h know
    assert (coarse.power.mean(0) / real.power.mean(0))[fine].max() < 0.5
    assert abs(np.log(ratio[fine])).mean() < 0.25
    assert abs(np.log(ratio[real.k < 0.8])).mean() < 0.1


def test_voxels_have_the_densities_that_they_had(pairs: list[tuple[Field, Field]]) -> None:
    edges = np.geomspace(0.1, 30.0, 16)
    real, fake = (np.histogram(np.stack(boxes), edges)[0] / np.size(boxes) for boxes in zip(*pairs, strict=True))
    assert 0.5 * np.abs(real - fake).sum() < 0.06


def test_the_coarse_grid_does_not_show(pairs: list[tuple[Field, Field]]) -> None:
    import torch

    fields = torch.from_numpy(np.log(np.stack([fake for _, fake in pairs]) + 0.1))
    within, between = steps_in_cells(fields).unbind(-1)
    assert (within / between).numpy() == pytest.approx(1.0, abs=0.2)


def test_it_is_listed_apart_from_what_can_be_sampled() -> None:
    assert "seamless64" in models.refiner_names()
    assert "seamless64" not in models.names()
    with pytest.raises(InvalidInputError, match="seamless64 is a refiner"):
        models.load("seamless64")
