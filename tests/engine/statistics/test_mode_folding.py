"""Folding loses no mode, and compiled loops sum what tensor operations sum."""

import numpy as np
import pytest
import torch

from cosmoloom.statistics.mode_folding import fold_product
from cosmoloom.statistics.spherical_bins import spherical_bins


def modes(*shape, seed, dtype=torch.float64):
    values = torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)
    return torch.fft.rfftn(values, dim=(-3, -2, -1))


@pytest.mark.parametrize("n", [2, 3, 6, 7])
def test_an_octant_holds_all_modes_that_differ_in_signs(n):
    values = torch.randn(2, n, n, n, generator=torch.Generator().manual_seed(0), dtype=torch.float64).numpy()
    full = np.fft.fftn(values, axes=(1, 2, 3))
    products = (full[0] * full[1].conj()).real
    expected = np.zeros((n // 2 + 1,) * 3)
    for place in np.ndindex(products.shape):
        expected[tuple(min(i, n - i) for i in place)] += products[place]
    one, two = torch.fft.rfftn(torch.from_numpy(values), dim=(-3, -2, -1))
    np.testing.assert_allclose(fold_product(one, two), expected, atol=1e-10)
    np.testing.assert_allclose(fold_product(one.requires_grad_(), two).detach(), expected, atol=1e-10)


@pytest.mark.parametrize(("dtype", "rtol"), [(torch.float64, 1e-13), (torch.float32, 1e-6)])
@pytest.mark.parametrize("n", [2, 5, 24, 37])
def test_shells_sum_alike_with_and_without_gradients(n, dtype, rtol):
    a, b = modes(n, n, n, seed=1, dtype=dtype), modes(2, n, n, n, seed=2, dtype=dtype)
    bins = spherical_bins(n)
    for one, two in ((a, a), (a, b), (b, b[:1])):
        compiled = bins.total_product(one, two)
        by_tensors = bins.total_product(one.clone().requires_grad_(), two)
        assert by_tensors.requires_grad
        assert not compiled.requires_grad
        assert compiled.shape == by_tensors.shape
        assert compiled.dtype == torch.float64
        scale = (bins.total_product(one, one) * bins.total_product(two, two)).sqrt()
        assert ((compiled - by_tensors).abs() <= rtol * scale).all()
