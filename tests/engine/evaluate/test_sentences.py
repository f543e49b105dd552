"""Sentences say what the numbers say, of good models and of bad ones."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from cosmoloom.evaluate.comparison import Comparison
from cosmoloom.evaluate.samples import SampleStatistics, measure
from cosmoloom.evaluate.sentences import (
    covariance_sentence,
    mass_sentence,
    mean_density_sentence,
    peak_sentence,
    power_clause,
    power_sentence,
    within_reach,
)


@pytest.fixture(scope="module")
def truth() -> SampleStatistics:
    noise = torch.randn(8, 16, 16, 16, generator=torch.Generator().manual_seed(0))
    return measure((0.5 * noise).exp() / np.exp(0.125), box_size=32.0)


def row(truth, redshift=0.0, **changes) -> Comparison:
    return Comparison(redshift=redshift, trained=True, model=replace(truth, **changes), simulation=truth)


def with_power(truth, factor, redshift=0.0) -> Comparison:
    return row(truth, redshift, power=truth.power * factor)


def test_reach_ends_at_the_first_shell_beyond_the_level():
    k = np.array([0.1, 0.2, 0.3, 0.4])
    assert within_reach(k, np.array([0.01, 0.02, 0.5, 0.01]), 0.05) == 0.2
    assert within_reach(k, np.array([0.5, 0.0, 0.0, 0.0]), 0.05) == 0
    assert within_reach(k, np.zeros(4), 0.05) == 0.4
    assert within_reach(k, np.array([0.0, np.nan, 0.0, 0.0]), 0.05) == 0.1  # what is unknown does not agree


@pytest.mark.parametrize(
    ("error", "words"),
    [(0.0, "within 2 %"), (0.04, "within 5 %"), (-0.07, "within 10 %"), (0.4, "within 50 %")],
)
def test_a_uniform_error_is_told_by_the_level_that_holds_it(truth, error, words):
    clause = power_clause(with_power(truth, 1 + error))
    assert clause == f"{words} up to k = {truth.k[-1]:.2g} h/Mpc"


def test_errors_beyond_the_scales_judged_only_shorten_the_reach(truth):
    factor = np.where(truth.k > 1.2, 3.0, 1.0)
    last = truth.k[truth.k <= 1.2][-1]
    assert last > 1.0
    assert power_clause(with_power(truth, factor)) == f"within 2 % up to k = {last:.2g} h/Mpc"


def test_a_bad_model_is_told_its_worst_error_place_and_sign(truth):
    factor = np.ones(len(truth.k))
    factor[3] = 0.12
    clause = power_clause(with_power(truth, factor))
    assert f"within 20 % only up to k = {truth.k[2]:.2g} h/Mpc" in clause
    assert f"88 % too low (at k = {truth.k[3]:.2g} h/Mpc)" in clause
    hopeless = power_clause(with_power(truth, 1e4))
    assert hopeless.startswith("up to 999900 % too high")


def test_worst_and_best_redshift_are_named_if_they_are_others(truth):
    rows = [with_power(truth, 1.04, 3.0), with_power(truth, 0.05, 1.0), with_power(truth, 1.28, 0.0)]
    said = power_sentence(rows)
    assert said.startswith("Mean P(k) at z = 0 is within 30 %")
    assert "worst at z = 1: up to 95 % too low" in said
    assert "best at z = 3: within 5 %" in said
    assert "worst" not in power_sentence(rows[:1])


def test_scatter_and_correlation_of_power_are_told(truth):
    wild = row(truth, power=truth.power.mean(0) * (1 + np.linspace(-0.9, 0.9, 8)[:, None]))
    said = covariance_sentence([wild])
    assert "mean correlation of 1.00" in said
    scatter = float(np.median(wild.power_scatter_ratio.value[wild.judged]))
    assert f"{scatter:.2f} times" in said


def test_shares_of_voxels_peaks_and_densities_are_those_of_the_comparison(truth):
    moved = truth.mass.copy()
    moved[:, int(moved.mean(0).argmax())] -= 410
    moved[:, 0] += 410
    assert mass_sentence([row(truth, mass=moved)]).startswith("10.0 % of the voxels at z = 0 lie in the wrong bin")
    assert peak_sentence([row(truth, peaks=truth.peaks * 1.25)]) == (
        "Peaks at z = 0 number 25.0 % more than in the simulations."
    )
    assert "as many as in the simulations" in peak_sentence([row(truth)])
    said = mean_density_sentence([row(truth, mean_density=truth.mean_density * 0.9)])
    assert "10.0 % less dense" in said
    assert "0.90 times as much" in said
