"""Independent fields correlate with nothing; repeated ones and collapsed sets are found."""

import numpy as np
import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import cross_power
from cosmoloom.statistics.scores import diversity


def fields(count=12, n=16, seed=0):
    return 1 + 0.2 * torch.randn(count, n, n, n, generator=torch.Generator().manual_seed(seed))


def test_independent_fields_have_no_cross_power_within_the_error():
    found = diversity(fields(16), box_size=16.0)
    assert len(found.pairs) == 120
    assert np.abs(found.mean / found.error).max() < 4
    assert found.repeated == []
    mean, error = found.average(0.0, 100.0)
    assert abs(mean) < 3 * error


def test_one_repeated_sample_is_named():
    repeated = fields()
    repeated[7] = repeated[2]
    assert diversity(repeated, box_size=16.0).repeated == [(2, 7)]


def test_a_collapsed_set_correlates_everywhere():
    collapsed = fields(1) + 0.02 * fields(12, seed=1)
    found = diversity(collapsed, box_size=16.0)
    assert (found.mean > 0.9).all()
    assert len(found.repeated) == len(found.pairs)


def test_a_pattern_common_to_all_samples_is_found_at_its_scale():
    pattern = torch.cos(2 * torch.pi * 4 * torch.arange(16) / 16)[:, None, None]
    found = diversity(fields() + 0.05 * pattern, box_size=16.0)
    significance = found.mean / found.error
    assert int(significance.argmax()) == 3  # shell of wavenumber 4
    assert significance[3] > 6


def test_pairs_are_what_cross_power_gives():
    few = fields(3)
    found = diversity(few, box_size=16.0)
    pair = cross_power(few[0], few[2], box_size=16.0).numpy()
    weight = pair.n_modes / pair.n_modes.sum()
    assert found.pair_names.tolist() == [[0, 1], [0, 2], [1, 2]]
    assert found.pairs[1] == pytest.approx(float(weight @ pair.correlation), abs=1e-6)
    every = [cross_power(few[a], few[b], box_size=16.0).correlation.numpy() for a, b in found.pair_names]
    assert np.allclose(found.mean, np.mean(every, 0), atol=1e-6)


@pytest.mark.parametrize(
    ("wrong", "message"), [(fields(2), "at least 3"), (torch.ones(4, 8, 8, 8), "without structure")]
)
def test_sets_that_show_no_diversity_are_refused(wrong, message):
    with pytest.raises(InvalidInputError, match=message):
        diversity(wrong, box_size=16.0)
