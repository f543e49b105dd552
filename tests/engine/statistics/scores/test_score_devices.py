"""A GPU finds what the CPU finds."""

import numpy as np
import pytest
import torch

from cosmoloom.statistics.scores import diversity, nearest_correlation, published_statistics, seams

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]


@pytest.fixture
def fields():
    return torch.randn(4, 32, 32, 32, generator=torch.Generator().manual_seed(0)).exp()


def test_scores_of_fields_agree(fields):
    there = fields.cuda()
    assert np.allclose(diversity(there, box_size=32.0).mean, diversity(fields, box_size=32.0).mean, atol=1e-5)
    assert seams(there, patch=8).gradient_ratio == pytest.approx(seams(fields, patch=8).gradient_ratio, rel=1e-4)
    assert np.array_equal(published_statistics(there).peaks, published_statistics(fields).peaks)
    parts = fields[:, :16, :16, :16]
    found = nearest_correlation(parts.cuda(), list(there))
    assert np.allclose(found, nearest_correlation(parts, list(fields)), atol=1e-4)
