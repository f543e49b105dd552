"""The prior is a Student-t distribution that a seed alone decides."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.latent import LARGEST_SEED, draw_latent, prior_sigma


def test_components_follow_the_student_t_distribution():
    draws = draw_latent(0, 400, size=128, nu=10.0).numpy().ravel()
    assert stats.kstest(draws, stats.t(10.0).cdf).pvalue > 0.01


@pytest.mark.parametrize("nu", [6.0, 10.0, 40.0])
def test_the_variance_is_nu_over_nu_minus_two(nu):
    draws = draw_latent(3, 1000, size=128, nu=nu, width=1.1)
    assert float(draws.var()) == pytest.approx(1.1**2 * nu / (nu - 2), rel=0.02)
    assert prior_sigma(nu, 1.1) ** 2 == pytest.approx(1.1**2 * nu / (nu - 2))


def test_components_and_successive_seeds_are_independent():
    draws = draw_latent(0, 2000, size=32, nu=10.0).numpy()
    correlation = np.corrcoef(draws, rowvar=False) - np.eye(32)
    assert np.abs(correlation).max() < 0.12
    between = np.corrcoef(draws[:-1].ravel(), draws[1:].ravel())[0, 1]
    assert abs(between) < 0.02


def test_row_i_is_the_draw_of_seed_plus_i_alone():
    batch = draw_latent(11, 5, size=24, nu=10.0)
    for i in range(5):
        assert torch.equal(batch[i], draw_latent(11 + i, size=24, nu=10.0)[0])


def test_a_draw_is_the_same_for_ever():
    draw = draw_latent(1, size=4, nu=10.0)[0]
    torch.testing.assert_close(
        draw, torch.tensor([-0.53081137, 1.08690500, -1.06417739, -2.09870148]), rtol=1e-6, atol=0.0
    )


@pytest.mark.parametrize("seed", [-1, LARGEST_SEED])
def test_a_seed_that_cannot_be_typed_in_is_refused(seed):
    with pytest.raises(InvalidInputError, match="seed"):
        draw_latent(seed, size=4, nu=10.0)
