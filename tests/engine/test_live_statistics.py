"""Live statistics put a field beside simulations without changing either."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cosmoloom.engine import Engine
from cosmoloom.evaluate.reference import HeldOut
from cosmoloom.live_statistics import compare, measure


@pytest.fixture(scope="module")
def held_out(tiny_model_folder) -> HeldOut:
    found = Engine(device="cpu").held_out(str(tiny_model_folder))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def simulated(held_out):
    return measure(held_out.box(0, 0.0).tensor(), box_size=held_out.box_size)


def test_a_field_beside_itself_overlaps_fully(simulated, held_out):
    statistics = compare(simulated, redshift=0.0, reference=simulated, held_out=held_out)
    np.testing.assert_allclose(statistics.dice.generated, 1.0)
    np.testing.assert_array_equal(statistics.power.generated, statistics.power.reference)
    assert statistics.mean_density == statistics.reference_mean_density


def test_an_unrelated_field_overlaps_as_chance_does(simulated, held_out):
    noise = torch.rand(16, 16, 16, generator=torch.Generator().manual_seed(0))
    statistics = compare(measure(noise, box_size=16.0), redshift=0.0, reference=simulated, held_out=held_out)
    np.testing.assert_allclose(statistics.dice.generated, statistics.dice.median, atol=0.03)


def test_the_band_encloses_the_median_and_counts_the_sub_volumes(simulated, held_out):
    statistics = compare(simulated, redshift=0.0, held_out=held_out)
    for curves in (statistics.power, statistics.ratio, statistics.mass, statistics.peaks):
        assert (curves.low <= curves.median).all()
        assert (curves.median <= curves.high).all()
        assert len(curves.x) == len(curves.generated) == len(curves.median)
    assert statistics.n_samples == 64
    assert not statistics.interpolated


def test_the_held_out_median_over_itself_is_one(simulated, held_out):
    ratio = compare(simulated, redshift=0.6, held_out=held_out).ratio
    np.testing.assert_allclose(ratio.median, 1.0)
    assert compare(simulated, redshift=0.6, held_out=held_out).interpolated


def test_the_mass_histogram_integrates_to_one(simulated, held_out):
    mass = compare(simulated, redshift=0.0, reference=simulated, held_out=held_out).mass
    width = mass.x[1] - mass.x[0]
    assert float(mass.generated.sum() * width) == pytest.approx(1.0)
    assert float(mass.reference.sum() * width) == pytest.approx(1.0)


def test_without_simulations_there_is_no_band(simulated):
    statistics = compare(simulated, redshift=0.0)
    assert statistics.ratio is None
    assert statistics.power.low is None
    assert (statistics.n_samples, statistics.interpolated) == (0, False)


def test_one_voxel_in_a_thousand_is_denser_than_the_densest_are_said_to_be(simulated, held_out):
    density = held_out.box(0, 0.0).density
    denser = np.count_nonzero(density >= simulated.dense)
    assert denser == round(density.size * 1e-3)


def test_the_power_is_trusted_as_far_as_that_of_the_worst_simulation(simulated, held_out):
    from cosmoloom.simulate.trusted import least_trusted_k

    statistics = compare(simulated, redshift=0.0, held_out=held_out)
    assert statistics.trusted_k == least_trusted_k([source.plan for source in held_out.sources], 0.0)
    assert compare(simulated, redshift=0.0).trusted_k is None
