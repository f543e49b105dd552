"""Laws of the covariance of an ensemble."""

import numpy as np
import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import covariance


def draws(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


TRUE = torch.tensor([[4.0, 1.5, 0.0], [1.5, 1.0, -0.3], [0.0, -0.3, 0.5]], dtype=torch.float64)


def correlated(*shape, seed=0):
    return 5.0 + draws(*shape, 3, seed=seed) @ torch.linalg.cholesky(TRUE).mT


def test_it_is_the_unbiased_covariance_of_numpy():
    samples = correlated(20).numpy()
    result = covariance(samples)
    np.testing.assert_allclose(result.covariance, np.cov(samples.T), rtol=1e-12)
    np.testing.assert_allclose(result.correlation, np.corrcoef(samples.T), rtol=1e-12)
    np.testing.assert_allclose(result.mean, samples.mean(0))
    assert result.n_samples == 20


def test_batch_equals_a_loop():
    samples = correlated(4, 20)
    together = covariance(samples)
    for i in range(4):
        assert torch.allclose(together.covariance[i], covariance(samples[i]).covariance)
        assert torch.allclose(together.precision()[i], covariance(samples[i]).precision())


def test_error_is_the_scatter_of_the_elements_among_ensembles():
    result = covariance(correlated(4000, 12))
    ratio = result.covariance.std(0) / result.error.square().mean(0).sqrt()
    # The estimate holds products of covariances, which are larger on average by (N + 1) / (N - 1).
    assert torch.allclose(ratio, torch.ones_like(ratio), atol=0.12)


def test_precision_is_unbiased_though_the_inverse_is_not():
    result = covariance(correlated(6000, 12))
    truth = torch.linalg.inv(TRUE)
    bare = torch.linalg.inv(result.covariance).mean(0)
    assert torch.allclose(result.precision().mean(0), truth, rtol=0.05, atol=0.05)
    assert (bare.diagonal() / truth.diagonal()).min() > 1.4  # (N - 1) / (N - p - 2) = 11 / 7


def test_numpy_results_have_errors_and_precision_too():
    result = covariance(correlated(20))
    arrays = result.numpy()
    assert isinstance(arrays.covariance, np.ndarray)
    assert torch.equal(arrays.precision(), result.precision())
    assert torch.equal(arrays.error, result.error)


@pytest.mark.parametrize("n_samples", [3, 5])
def test_precision_of_too_few_samples_is_refused(n_samples):
    result = covariance(correlated(n_samples))
    with pytest.raises(InvalidInputError, match=f"more than 5 samples, got {n_samples}"):
        result.precision()
    covariance(correlated(6)).precision()


def test_a_singular_covariance_is_refused():
    samples = correlated(20)
    samples[:, 1] = 3.0
    with pytest.raises(InvalidInputError, match="singular"):
        covariance(samples).precision()


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (draws(1, 3), "at least two samples"),
        (draws(3), "n_samples, n_bins"),
        (torch.full((4, 3), float("nan")), "NaN"),
    ],
)
def test_unfit_samples_are_refused(samples, message):
    with pytest.raises(InvalidInputError, match=message):
        covariance(samples)
