"""Classes by the leading bits equal those by sorting."""

import numpy as np
import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.density_classes import TOP_PERCENT, density_classes


def by_sorting(values, top_percent):
    flat = np.sort(values.numpy().ravel())
    ranks = [max(round(flat.size * (1 - percent / 100)) - 1, 0) for percent in top_percent]
    return sum((values.numpy() > flat[rank]).astype(int) for rank in ranks)


FIELDS = {
    "lognormal": lambda g: torch.randn(24, 24, 24, generator=g).exp(),
    "of both signs": lambda g: torch.randn(24, 24, 24, generator=g),
    "almost flat": lambda g: 1 + 1e-6 * torch.randn(24, 24, 24, generator=g),
    "of few levels": lambda g: torch.randint(-3, 4, (24, 24, 24), generator=g).float(),
    "mostly empty": lambda g: torch.randn(24, 24, 24, generator=g).relu() * (torch.rand(24, 24, 24, generator=g) > 0.7),
    "with both zeros": lambda g: torch.randint(-1, 2, (24, 24, 24), generator=g) * torch.tensor(0.0),
    "flat": lambda g: torch.ones(24, 24, 24),
    "of all magnitudes": lambda g: 10 ** (30 * torch.randn(24, 24, 24, generator=g).clamp(-1.2, 1.2)),
}


@pytest.mark.parametrize("kind", FIELDS)
@pytest.mark.parametrize("top_percent", [TOP_PERCENT, (0.01, 1.0, 50.0, 99.999)])
def test_classes_equal_those_by_sorting(kind, top_percent):
    values = FIELDS[kind](torch.Generator().manual_seed(1))
    expected = by_sorting(values, top_percent)
    np.testing.assert_array_equal(density_classes(values, top_percent), expected)
    np.testing.assert_array_equal(density_classes(values.double(), top_percent), expected)


def test_a_field_has_twenty_equal_classes():
    values = torch.randperm(8000, generator=torch.Generator().manual_seed(0)).float().reshape(20, 20, 20)
    assert torch.bincount(density_classes(values).flatten().int()).tolist() == [400] * 20


@pytest.mark.parametrize("top_percent", [(), (0.0, 5.0), (5.0, 100.0), (10.0, 5.0), (5.0, 5.0), (float("nan"),)])
def test_shares_out_of_range_are_refused(top_percent):
    with pytest.raises(InvalidInputError, match="between 0 and 100"):
        density_classes(torch.ones(4, 4, 4), top_percent)
