"""A copy from a training box is found wherever it was cut and however it was turned."""

import numpy as np
import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.scores import memorisation, nearest_correlation


def web(seed, n=32):
    """A smooth log-normal field, periodic."""
    noise = torch.randn(n, n, n, generator=torch.Generator().manual_seed(seed))
    k = torch.fft.fftfreq(n)[:, None, None] ** 2 + torch.fft.fftfreq(n)[:, None] ** 2 + torch.fft.rfftfreq(n) ** 2
    smooth = torch.fft.irfftn(torch.fft.rfftn(noise) * torch.exp(-60 * k), s=(n, n, n))
    return (1.2 * smooth / smooth.std()).exp()


@pytest.fixture(scope="module")
def training():
    return [web(seed) for seed in range(3)]


@pytest.fixture(scope="module")
def held_out():
    return torch.stack([web(10 + i)[:16, :16, :16] for i in range(6)])


def test_copied_training_volumes_are_caught_and_new_ones_are_not(training, held_out):
    rolled = training[1].roll((27, 5, 11), (0, 1, 2))
    copy = rolled[:16, :16, :16].permute(2, 0, 1).flip(0)
    samples = torch.stack([web(20)[:16, :16, :16], copy, web(21)[:16, :16, :16]])
    found = memorisation(samples, held_out, training)
    assert found.samples[1] == pytest.approx(1.0, abs=1e-3)
    assert found.copies == 1
    assert found.samples[[0, 2]].max() < found.threshold < 1


def test_a_copy_is_found_at_odd_places_though_the_search_is_coarse():
    box = web(0, n=64)
    copy = box.roll((3, 62, 7), (0, 1, 2))[:32, :32, :32].flip(1)
    assert nearest_correlation(copy[None], [box])[0] == pytest.approx(1.0, abs=1e-3)
    assert nearest_correlation(web(1, n=64)[None, :32, :32, :32], [box])[0] < 0.8


def test_a_blurred_and_rescaled_copy_is_still_a_copy(training, held_out):
    copy = training[0][8:24, 8:24, 8:24] ** 1.2 + 0.05 * torch.rand(16, 16, 16)
    found = memorisation(torch.stack([copy, held_out[0]]), held_out[1:], training)
    assert found.copies == 1


def test_correlation_does_not_depend_on_the_orientation(training):
    field = web(30)[:16, :16, :16]
    turned = torch.stack([field, field.permute(1, 2, 0), field.flip(2), field.permute(0, 2, 1).flip(0, 1)])
    found = nearest_correlation(turned, training)
    assert np.allclose(found, found[0], atol=1e-4)


def test_nothing_to_search_is_refused(training, held_out):
    with pytest.raises(InvalidInputError, match="at least one"):
        memorisation(held_out, held_out, [])
    with pytest.raises(InvalidInputError, match="at least 2"):
        memorisation(held_out[:1], held_out, training)
    with pytest.raises(InvalidInputError, match=r"16\^3"):
        nearest_correlation(held_out, [training[0][:8, :8, :8]])
